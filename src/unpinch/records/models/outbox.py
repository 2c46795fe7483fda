"""Messages that wait to be sent, written in the transaction of what they speak about."""

from __future__ import annotations

from django.db import models

from unpinch.records.models.booking import Appointment
from unpinch.records.models.practice import OfPractice


class MessageState(models.TextChoices):
    """Waiting messages are tried when they are due; a sending one is in the hands of a worker until it is due."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Given up"
    UNCERTAIN = "uncertain", "Perhaps sent"
    DROPPED = "dropped", "No longer needed"


class Message(OfPractice):
    """One message to one person. Nothing medical is ever in it."""

    idempotency_key = models.CharField(max_length=100)
    kind = models.CharField(max_length=30)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    by = models.CharField(max_length=4, choices=[("mail", "E-mail"), ("sms", "Text message")], default="mail")
    to = models.CharField(max_length=254)
    """An e-mail address, or a telephone number with its country."""
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    ics = models.TextField(blank=True)
    ics_method = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    useful_until = models.DateTimeField(null=True, blank=True)
    """From then on it is not sent any more: a reminder after the start helps nobody."""
    appointment_sequence = models.PositiveIntegerField(null=True, blank=True)
    """If set, it speaks of the appointment as it then was, and is not sent once that has changed."""
    due_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_fault = models.CharField(max_length=100, blank=True)
    """The kind of error of the last try, without its words."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "idempotency_key"], name="message_once")]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="message_due",
                condition=models.Q(state__in=[MessageState.WAITING, MessageState.SENDING]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

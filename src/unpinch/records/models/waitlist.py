"""People who wait for a time, or for a whole course, to become free."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from unpinch.records.models.intake import StoredAssessment
from unpinch.records.models.people import Client, Therapist
from unpinch.records.models.practice import Location, OfPractice, Service


class WaitState(models.TextChoices):
    """Waiting ones are offered what fits; an offered one has places held in its name until the offer ends."""

    WAITING = "waiting", "Waiting"
    OFFERED = "offered", "Offered a place"
    BOOKED = "booked", "Booked"
    LEFT = "left", "Left the list"
    LAPSED = "lapsed", "Did not answer"
    OVER = "over", "The days wished for are over"


class WaitlistEntry(OfPractice):
    """One wish: a service on some local days, at some hours by the local clock, once or as a whole course.

    ``sessions`` above one is a course, all or none, with the gaps of whole days between its sessions. Whoever
    queued first is asked first; an offer that was not answered costs the turn.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="waits")
    assessment = models.ForeignKey(StoredAssessment, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    therapist = models.ForeignKey(
        Therapist, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    not_before = models.TimeField(null=True, blank=True)
    not_after = models.TimeField(null=True, blank=True)
    """The latest time at which a session may start."""
    weekdays = models.CharField(max_length=7, default="0123456")
    """The days of the week that suit, 0 is Monday."""
    sessions = models.PositiveSmallIntegerField(default=1)
    gap_min_days = models.PositiveSmallIntegerField(default=0)
    gap_max_days = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=WaitState, default=WaitState.WAITING)
    queued_at = models.DateTimeField()
    look_at = models.DateTimeField()
    """When the calendar is searched for this wish next; a place that becomes free brings it forward."""
    offer_number = models.PositiveSmallIntegerField(default=0)
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    offers_missed = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="waitlist_in_order"),
            models.CheckConstraint(condition=Q(sessions__gte=1, sessions__lte=30), name="waitlist_sessions"),
            models.CheckConstraint(
                condition=Q(sessions=1) | Q(gap_min_days__gte=1, gap_max_days__gte=F("gap_min_days")),
                name="waitlist_gaps",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offer_expires_at__isnull=False), name="waitlist_offer_ends"
            ),
        ]
        indexes = [
            models.Index(
                fields=["practice", "state", "queued_at"],
                name="waitlist_queue",
                condition=Q(state__in=["waiting", "offered"]),
            )
        ]

    def __str__(self) -> str:
        return f"wait {self.pk}"

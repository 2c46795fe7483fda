"""Questions to doctors, their answers, and the appointments that an answer has stopped."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from unpinch.records.encrypted import EncryptedJSONField, EncryptedTextField
from unpinch.records.models.booking import Appointment
from unpinch.records.models.intake import StoredAssessment
from unpinch.records.models.people import User
from unpinch.records.models.practice import OfPractice

_LIVE = ("requested", "opened", "answered")


class Clearance(OfPractice):
    """One question to one doctor about one set of answers.

    Link, code and browser are kept as hashes alone: who reads the table cannot answer for the doctor.
    ``version`` grows with each answer, so that of two answers written at once only one counts.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    assessment = models.ForeignKey(StoredAssessment, on_delete=models.PROTECT, related_name="clearances")
    state = models.CharField(max_length=12)
    way = models.CharField(max_length=10)
    """How the doctor is asked: ``mail``, ``letter``, or ``staff`` when the practice wrote the answer down unasked."""
    doctor_name = EncryptedTextField(blank=True)
    doctor_email = EncryptedTextField(blank=True)
    person_name = EncryptedTextField()
    person_email = EncryptedTextField(blank=True)
    person_born = EncryptedTextField(blank=True)
    """As 1980-02-29, for the doctor to know who asks; may be empty."""
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    code_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    person_token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    browser_hash = models.CharField(max_length=64, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was revoked or superseded."""
    link_expires_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    """When the last answer stops to hold; a no holds until a doctor says otherwise."""
    letter_copy = EncryptedTextField(blank=True)
    """The letter as the person took it away, without its code: a PDF in base64."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment"], condition=Q(state__in=_LIVE), name="clearance_one_live"
            )
        ]

    def __str__(self) -> str:
        return f"clearance {self.pk}"


class ClearanceAnswer(OfPractice):
    """One answer of a doctor. Never changed: who thinks again answers again, and the last answer counts."""

    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField()
    word = EncryptedJSONField()
    answered_at = models.DateTimeField()
    by_name = EncryptedTextField()
    how = models.CharField(max_length=10)
    """``link`` when the doctor wrote it, ``paper`` or ``phone`` when the practice did."""
    said_on = models.DateField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clearance", "number"], name="clearance_answer_number")
        ]

    def __str__(self) -> str:
        return f"answer {self.number} to clearance {self.clearance_id}"


class AppointmentBlock(OfPractice):
    """A booked appointment that must not take place until somebody has settled it."""

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="block")
    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, null=True, related_name="blocks")
    """The question behind it; None when what the client said on the day stopped it."""
    reason = models.CharField(max_length=20)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"block of appointment {self.appointment_id}"

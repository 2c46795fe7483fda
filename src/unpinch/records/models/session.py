"""What belongs to one session: the check on the day, what happened in the room, the notes, the day after."""

from __future__ import annotations

from django.db import models

from unpinch.records.encrypted import EncryptedJSONField
from unpinch.records.models.booking import Appointment
from unpinch.records.models.intake import StoredAssessment
from unpinch.records.models.people import User
from unpinch.records.models.practice import OfPractice


class SessionCheck(OfPractice):
    """What somebody said on the day of a session, and what followed. Never changed: the last one counts.

    ``assessment`` is the whole picture as it is now, when it is another one than before.
    """

    key = models.UUIDField()
    """Made once per form, so that a second press of the button says nothing new."""
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="checks")
    state = models.CharField(max_length=5)
    """``clear``, ``open`` or ``stop``."""
    said = EncryptedJSONField()
    verdict = EncryptedJSONField()
    assessment = models.ForeignKey(StoredAssessment, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    """The therapist who asked; None when the client answered by link."""
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "key"], name="session_check_key")]

    def __str__(self) -> str:
        return f"check {self.pk}"

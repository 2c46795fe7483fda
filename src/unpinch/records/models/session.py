"""What belongs to one session: the check on the day, what happened in the room, the notes, the day after."""

from __future__ import annotations

from django.db import models

from unpinch.records.encrypted import EncryptedJSONField, EncryptedTextField
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


class RoomSession(OfPractice):
    """A session under way or over. ``plan`` is what was on the therapist's screen when it began.

    ``last`` is the number of the last event; whoever adds one locks this row first, so that the numbers of a session
    have no gap and become visible in their order, on every database.
    """

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="room_session")
    phase = models.CharField(max_length=8)
    """``running``, ``stopped`` or ``finished``."""
    code = EncryptedTextField(blank=True)
    code_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    """Of the code with which the client's own phone joins; None once the session is over."""
    plan = EncryptedJSONField()
    last = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"session {self.pk}"


class RoomEvent(OfPractice):
    """One thing that client or therapist did in the room. Rows are added and never changed."""

    session = models.ForeignKey(RoomSession, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    """From 1 within the session, without a gap."""
    what = EncryptedJSONField()
    by = models.CharField(max_length=9)
    """``client`` or ``therapist``."""
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="room_event_number")]

    def __str__(self) -> str:
        return f"event {self.number} of session {self.session_id}"


class SessionNote(OfPractice):
    """The note of one session. Its text is in its versions; the last one is what stands."""

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="note")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"note of appointment {self.appointment_id}"


class NoteVersion(OfPractice):
    """One state of a draft. Rows are added and never changed, so that nothing typed is lost."""

    note = models.ForeignKey(SessionNote, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = EncryptedJSONField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="note_version_number")]

    def __str__(self) -> str:
        return f"version {self.number} of note {self.note_id}"


class NoteAmendment(OfPractice):
    """What was added to a signed note, by whom and why. Rows are added and never changed."""

    note = models.ForeignKey(SessionNote, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveIntegerField()
    text = EncryptedTextField()
    reason = EncryptedTextField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="note_amendment_number")]

    def __str__(self) -> str:
        return f"amendment {self.number} of note {self.note_id}"


class DayAfter(OfPractice):
    """What the client said on the day after, and what followed. Never changed: the last one counts."""

    key = models.UUIDField()
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="days_after")
    outcome = models.CharField(max_length=8)
    """``fine``, ``expected``, ``call`` or ``alarm``."""
    said = EncryptedJSONField()
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "key"], name="day_after_key")]

    def __str__(self) -> str:
        return f"day after appointment {self.appointment_id}"

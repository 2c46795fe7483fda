"""How people say it is going, and what a review of their course ended with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from unpinch.records.encrypted import EncryptedJSONField, EncryptedTextField
from unpinch.records.models.booking import Appointment
from unpinch.records.models.course import Course
from unpinch.records.models.people import Client
from unpinch.records.models.practice import OfPractice


class Moment(models.TextChoices):
    """When a person was asked. What is said at the start is what everything later is measured against."""

    START = "start", "At the start"
    SESSION = "session", "Before a session"
    WEEK_6 = "week-6", "After six weeks"
    WEEK_12 = "week-12", "After twelve weeks"


class ReliefReading(OfPractice):
    """What a person said about pain, what is hard to do, and change, at one time. Never changed."""

    key = models.UUIDField()
    """Made once per form, so that a second press says nothing twice."""
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="readings")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="readings")
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="readings"
    )
    """The session before which it was said."""
    moment = models.CharField(max_length=10, choices=Moment)
    answers = EncryptedJSONField()
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "key"], name="reading_key"),
            models.UniqueConstraint(fields=["course"], condition=Q(moment="start"), name="reading_one_start"),
        ]
        indexes = [models.Index(fields=["course", "said_at"], name="reading_by_course")]

    def __str__(self) -> str:
        return f"reading {self.pk}"


class CourseReview(OfPractice):
    """One look back at a course. ``given`` is what the rules say, ``decided`` what was done."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="reviews")
    after_session = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10)
    given = models.CharField(max_length=12)
    decided = models.CharField(max_length=12)
    because = EncryptedJSONField(default=list)
    reason = EncryptedTextField(blank=True, default="")
    """Why the therapist decided otherwise than the rules."""
    actor = models.CharField(max_length=60)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "after_session"], name="review_once_per_session"),
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"

"""Courses: series of appointments for one plan."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from unpinch.records.encrypted import EncryptedJSONField
from unpinch.records.models.intake import StoredAssessment
from unpinch.records.models.people import Client
from unpinch.records.models.practice import OfPractice


class CourseState(models.TextChoices):
    """Where a course stands. A stopped or finished one has given its later sessions back."""

    UNDER_WAY = "under-way", "Under way"
    TAPERING = "tapering", "More days between"
    CHANGED = "changed", "Done another way"
    FINISHED = "finished", "Finished"
    STOPPED = "stopped", "Stopped"


ENDED = (CourseState.FINISHED, CourseState.STOPPED)


class Course(OfPractice):
    """A series of appointments for one plan, booked in one go.

    ``plan`` is the plan as it was on the day (``services.course_plan`` reads it). The spacing is kept beside it,
    in the open, for whoever moves a session: the days from one session to the next lie within ``gap_min_days``
    and ``gap_max_days``. ``review_after`` is the number of the review session.
    """

    key = models.UUIDField(null=True)
    """Chosen by the one who books, so that a second press of the button books nothing new."""
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="courses")
    assessment = models.ForeignKey(StoredAssessment, on_delete=models.PROTECT, null=True, related_name="+")
    plan = EncryptedJSONField(default=dict, blank=True)
    sessions = models.PositiveSmallIntegerField(default=0)
    gap_min_days = models.PositiveSmallIntegerField(null=True, blank=True)
    gap_max_days = models.PositiveSmallIntegerField(null=True, blank=True)
    review_after = models.PositiveSmallIntegerField(null=True, blank=True)
    price_minor = models.PositiveIntegerField(default=0)
    """What the whole course costs as it was booked."""
    is_package = models.BooleanField(default=False)
    """Whether it was sold as a package, which is paid before the first session."""
    link_uid = models.UUIDField(null=True, unique=True)
    """What the course's link is made from, together with the server's secret; another one revokes the link."""
    state = models.CharField(max_length=10, choices=CourseState, default=CourseState.UNDER_WAY)
    has_changed = models.BooleanField(default=False)
    """Whether the way of working was changed, which happens once at most."""
    needs_doctor = models.BooleanField(default=False)
    """Whether it ended with "go back to the doctor"."""
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "key"], name="course_key"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False, state__in=ENDED)
                | (Q(ended_at__isnull=True) & ~Q(state__in=ENDED)),
                name="course_ended_by_state",
            ),
        ]

    def __str__(self) -> str:
        return f"course {self.pk}"

"""Appointments."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from unpinch.records.constraints import NoOverlap
from unpinch.records.models.course import Course
from unpinch.records.models.intake import StoredAssessment
from unpinch.records.models.people import Client, Therapist
from unpinch.records.models.practice import Location, OfPractice, Room, Service
from unpinch.records.models.waitlist import WaitlistEntry


class Status(models.TextChoices):
    """Where an appointment stands. Cancelled and expired ones have given their time back."""

    HELD = "held", "Held"
    BOOKED = "booked", "Booked"
    COMPLETED = "completed", "Completed"
    NO_SHOW = "no-show", "Did not come"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"


RELEASED = (Status.CANCELLED, Status.EXPIRED)


class Appointment(OfPractice):
    """One session with one therapist in one room.

    ``starts_at`` to ``ends_at`` is the session; ``busy_from`` to ``busy_until`` adds the turnover and is what
    therapist and room are taken for. ``local_start`` and ``time_zone`` keep what was meant by the clock on
    the wall, should a zone change its law. A row holds its time while ``released_at`` is null.

    A held row (``HELD``) keeps the place while a form is filled in or an offer stands, until ``hold_expires_at``;
    it may have no client yet. Of two that lie side by side in one double room, one has the room and the other
    names that one in ``shares_room_with``.
    """

    key = models.UUIDField()
    """Chosen by the one who books, so that a second press of the button books nothing new."""
    therapist = models.ForeignKey(
        Therapist, on_delete=models.PROTECT, related_name="appointments", db_index=False
    )
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, related_name="appointments", db_index=False
    )
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, related_name="appointments", db_index=False
    )
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+", db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", db_index=False)
    assessment = models.ForeignKey(
        StoredAssessment, on_delete=models.PROTECT, null=True, related_name="appointments"
    )
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    group = models.UUIDField(null=True, blank=True)
    """The same for people who come together, side by side."""
    shares_room_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    waitlist_entry = models.ForeignKey(
        WaitlistEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    course_session = models.PositiveSmallIntegerField(null=True, blank=True)
    """Which session of the course it is, from 1."""
    is_review = models.BooleanField(default=False)
    """Whether this session looks back and decides how the course goes on."""
    is_tentative = models.BooleanField(default=False)
    """Whether it waits for what the review says. It holds its time all the same."""
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    busy_from = models.DateTimeField()
    busy_until = models.DateTimeField()
    local_start = models.CharField(max_length=16)
    """The wall clock, as 2026-11-24T14:30."""
    time_zone = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status, default=Status.BOOKED)
    released_at = models.DateTimeField(null=True, blank=True)
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    may_overlap = models.BooleanField(default=False)
    """Staff put it over another appointment knowingly; the reason is in ``override_reason``, always."""
    override_reason = models.CharField(max_length=300, blank=True)
    """Why staff went against a rule: a clash, closed hours, notice."""
    late_minutes = models.PositiveSmallIntegerField(default=0)
    """By how much the client came late."""
    price_minor = models.PositiveIntegerField(default=0)
    cancel_fee_minor = models.PositiveIntegerField(default=0)
    """What the cancellation policy kept of the price."""
    cancel_token_hash = models.CharField(max_length=64, unique=True)
    calendar_uid = models.UUIDField(default=uuid.uuid4, unique=True)
    calendar_sequence = models.PositiveIntegerField(default=0)
    booked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "key"], name="appointment_key"),
            models.CheckConstraint(
                condition=Q(busy_from__lte=F("starts_at"))
                & Q(starts_at__lt=F("ends_at"))
                & Q(ends_at__lte=F("busy_until")),
                name="appointment_in_order",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=False, status__in=RELEASED)
                | (Q(released_at__isnull=True) & ~Q(status__in=RELEASED)),
                name="appointment_released_by_status",
            ),
            models.CheckConstraint(
                condition=Q(client__isnull=False) | Q(status__in=[Status.HELD, Status.EXPIRED]),
                name="appointment_of_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.HELD) | Q(hold_expires_at__isnull=False),
                name="appointment_hold_ends",
            ),
            models.CheckConstraint(
                condition=Q(may_overlap=False) | ~Q(override_reason=""),
                name="appointment_overlap_has_reason",
            ),
            NoOverlap(
                name="therapist_free",
                resource="therapist",
                start="busy_from",
                end="busy_until",
                released="released_at",
                exempt="may_overlap",
            ),
            NoOverlap(
                name="room_free",
                resource="room",
                start="busy_from",
                end="busy_until",
                released="released_at",
                exempt="may_overlap",
            ),
            NoOverlap(
                name="client_free",
                resource="client",
                start="starts_at",
                end="ends_at",
                released="released_at",
                exempt="may_overlap",
            ),
        ]
        indexes = [
            models.Index(
                fields=["therapist", "busy_from"],
                name="appointment_by_therapist",
                condition=Q(released_at__isnull=True),
            ),
            models.Index(
                fields=["room", "busy_from"],
                name="appointment_by_room",
                condition=Q(released_at__isnull=True),
            ),
            models.Index(
                fields=["client", "starts_at"],
                name="appointment_by_client",
                condition=Q(released_at__isnull=True),
            ),
            models.Index(
                fields=["practice", "busy_from"],
                name="appointment_by_day",
                condition=Q(released_at__isnull=True),
            ),
            models.Index(
                fields=["practice", "hold_expires_at"],
                name="appointment_holds",
                condition=Q(status=Status.HELD),
            ),
        ]

    def __str__(self) -> str:
        return f"appointment {self.pk}"

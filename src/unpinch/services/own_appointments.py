"""A client's own appointments, for the client alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import Appointment, Course, Status
from unpinch.services import course_link
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.links import token_of

if TYPE_CHECKING:
    from datetime import datetime

MOST = 50


@dataclass(frozen=True, slots=True)
class Own:
    """One appointment with the token of its page. ``is_over`` says that it lies in the past."""

    appointment: AppointmentView
    token: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """One course with the token of its pages. ``booked`` is on the practice's clock."""

    token: str
    booked: datetime


def courses_of(client_id: int) -> tuple[OwnCourse, ...]:
    """The courses of a client that have a page of their own, the latest first."""
    rows = Course.objects.filter(client_id=client_id, link_uid__isnull=False).order_by("-created_at", "-pk")
    found = rows.values_list("link_uid", "created_at", "practice__time_zone")[:MOST]
    return tuple(
        OwnCourse(course_link.token_of(uid), made.astimezone(ZoneInfo(zone)))
        for uid, made, zone in found
        if uid is not None
    )


def appointments_of(client_id: int, *, clock: Clock = SYSTEM_CLOCK) -> tuple[Own, ...]:
    """The last fifty appointments of a client, the latest first."""
    now: datetime = clock.now()
    mine = with_names(Appointment.objects).filter(client_id=client_id)
    rows = mine.exclude(status__in=[Status.HELD, Status.EXPIRED]).order_by("-starts_at")[:MOST]
    return tuple(Own(view(row), token_of(row.calendar_uid), row.ends_at <= now) for row in rows)

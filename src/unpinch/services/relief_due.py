"""The reviews that a therapist's courses wait for, in one look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Max, OuterRef, Q

from unpinch.clinical import progress
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import ENDED, Appointment, Course, Status
from unpinch.services import permissions
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from unpinch.services.access import Caller


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """A course on whose page a decision is waited for, after so many sessions."""

    course_id: int
    client_name: str
    after_session: int


def of_therapist(
    therapist_id: int, caller: Caller, *, clock: Clock = SYSTEM_CLOCK
) -> tuple[WaitingReview, ...]:
    """The courses with this therapist that a review is due for, by the client's name; one query.

    Only those whose health record the caller may read: the others have nothing to decide there.
    """
    if not permissions.can_read_health(caller, Thing(caller.practice_id, therapist_id=therapist_id)):
        return ()
    now = clock.now()
    took_place = Q(
        appointments__status__in=[Status.COMPLETED, Status.BOOKED], appointments__starts_at__lte=now
    )
    with_therapist = Appointment.objects.filter(
        course=OuterRef("pk"), therapist_id=therapist_id, released_at__isnull=True
    )
    rows = (
        Course.objects.filter(Exists(with_therapist), practice_id=caller.practice_id)
        .exclude(state__in=ENDED)
        .exclude(review_after=None)
        .annotate(done=Count("appointments", filter=took_place, distinct=True))
        .annotate(reviewed=Max("reviews__after_session"))
        .values_list("pk", "client__name", "done", "review_after", "sessions", "reviewed")
        .order_by("client__name", "pk")
    )
    return tuple(
        WaitingReview(number, name, done)
        for number, name, done, every, planned, reviewed in rows
        if every is not None and progress.is_review_due(done, every, planned) and (reviewed or 0) < done
    )

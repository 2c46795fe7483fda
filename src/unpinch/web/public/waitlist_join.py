"""Joining the waitlist when nothing suits: for one session of a service, or for a whole course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from unpinch.kernel.errors import InputError
from unpinch.services import course, practice, waitlist
from unpinch.services.course import NoTimes
from unpinch.services.outcomes import Refused
from unpinch.services.waitlist import JoinCommand, Wait
from unpinch.web.context import local_now
from unpinch.web.private import private
from unpinch.web.public import course_state, door
from unpinch.web.public.waitlist_form import MOST_DAYS, WaitForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.practice import PracticeView

_FAULTY = 422
_USUAL_DAYS = 28
_FIELD_OF = {"days": "last_day", "weekdays": "days_not", "not_after": "latest"}
"""Which field of the form a fault of the service belongs to, where the names differ."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """For what somebody waits, on which stored answers. More than one session is a course."""

    service_code: str
    service: str
    minutes: int
    stored: str
    address: str
    back: str
    sessions: int = 1
    gap_min_days: int = 0
    gap_max_days: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
@private
def for_service(request: HttpRequest, service: str) -> HttpResponse:
    """Wait for one session of a service."""
    path, said = door.standing(request)
    if elsewhere := door.turned_away(request, path, said):
        return elsewhere
    offered = practice.current_practice()
    wanted = next((one for one in offered.services if one.code == service), None)
    if wanted is None:
        raise Http404
    wish = _Wish(
        service_code=wanted.code,
        service=wanted.name,
        minutes=wanted.minutes,
        stored=door.stored_for_waiting(request, path, said),
        address=reverse("wait-join", args=[wanted.code]),
        back=reverse("times", args=[wanted.code]),
    )
    today = local_now().date()
    usual = {
        "first_day": today,
        "last_day": today + timedelta(days=_USUAL_DAYS),
        "therapist": request.GET.get("therapist", ""),
        "place": request.GET.get("place", ""),
    }
    return _page(request, wish, offered, usual)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def for_course(request: HttpRequest) -> HttpResponse:
    """Wait for a whole course, at the hours that were wished for when dates were looked for."""
    draft = course_state.of_request(request)
    if isinstance(draft, str):
        return redirect(draft)
    offered = practice.current_practice()
    found = course.propose(draft.question(offered.id))
    if not isinstance(found, NoTimes):
        # There are dates after all, or a refusal that the page of the dates explains.
        return redirect("course-dates")
    wish = _Wish(
        service_code=found.service_code,
        service=found.service,
        minutes=found.minutes,
        stored=draft.stored,
        address=reverse("course-wait"),
        back=reverse("course-dates"),
        sessions=found.spacing.sessions,
        gap_min_days=found.spacing.gap_min,
        gap_max_days=found.spacing.gap_max,
    )
    first = max(found.spacing.not_before or date.min, local_now().date())
    usual = {**draft.when, "first_day": first, "last_day": first + timedelta(days=MOST_DAYS - 1)}
    return _page(request, wish, offered, usual)


def _page(request: HttpRequest, wish: _Wish, offered: PracticeView, usual: dict[str, Any]) -> HttpResponse:
    if request.method != "POST":
        return _show(request, wish, offered, _form(wish, offered, initial=usual))
    form = _form(wish, offered, data=request.POST)
    if not form.is_valid():
        return _show(request, wish, offered, form)
    path, said = door.standing(request)
    try:
        door.keep_under(UUID(wish.stored), path, said, offered.id)
    except InputError as error:
        # What was said about the doctor's agreement cannot be: back to where it was said.
        messages.warning(request, error.message)
        return redirect("doctor")
    try:
        outcome = waitlist.join(_command(wish, form, offered))
    except InputError as error:
        field = _FIELD_OF.get(error.code, error.code)
        form.add_error(field if field in form.fields else None, error.message)
        return _show(request, wish, offered, form)
    if isinstance(outcome, Refused):
        return _show(request, wish, offered, form, refused=outcome)
    return redirect("wait", token=outcome.token)


def _form(wish: _Wish, offered: PracticeView, **kwargs: Any) -> WaitForm:
    shortest = (wish.sessions - 1) * wish.gap_min_days + 1
    return WaitForm(kwargs.pop("data", None), offered=offered, shortest=shortest, **kwargs)


def _command(wish: _Wish, form: WaitForm, offered: PracticeView) -> JoinCommand:
    given = form.cleaned_data
    return JoinCommand(
        practice_id=offered.id,
        assessment_key=UUID(wish.stored),
        service_code=wish.service_code,
        wait=Wait(
            first_day=given["first_day"],
            last_day=given["last_day"],
            location_code=given["place"] or None,
            therapist_code=given["therapist"] or None,
            not_before=time.fromisoformat(given["earliest"]) if given["earliest"] else None,
            not_after=_latest_start(given["latest"], wish.minutes),
            weekdays=frozenset(range(7)) - frozenset(given["days_not"]),
            sessions=wish.sessions,
            gap_min_days=wish.gap_min_days,
            gap_max_days=wish.gap_max_days,
        ),
        name=given["name"],
        email=given["email"],
        phone=given["phone"],
        agrees_to_terms=given["terms"],
    )


def _latest_start(done_by: str, minutes: int) -> time | None:
    """When a session must begin at the latest to be done by then; midnight when it never could."""
    if not done_by:
        return None
    done = time.fromisoformat(done_by)
    start = max(done.hour * 60 + done.minute - minutes, 0)
    return time(start // 60, start % 60)


def _show(
    request: HttpRequest,
    wish: _Wish,
    offered: PracticeView,
    form: WaitForm,
    *,
    refused: Refused | None = None,
) -> HttpResponse:
    context = {"form": form, "wish": wish, "offered": offered, "refused": refused}
    is_faulty = bool(form.errors) or refused is not None
    return render(request, "web/public/waitlist_join.html", context, status=_FAULTY if is_faulty else 200)

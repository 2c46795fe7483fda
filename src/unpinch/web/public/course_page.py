"""The page of a booked course, reached by the secret of its link alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from unpinch.services import course, money
from unpinch.web.private import private
from unpinch.web.public import course_grid

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from unpinch.services.course import CourseView, SessionView


@dataclass(frozen=True, slots=True)
class _Placed:
    """A session that stands, for the calendar picture."""

    number: int
    starts: datetime
    is_review: bool
    is_tentative: bool


@require_safe
@private
def page(request: HttpRequest, token: str) -> HttpResponse:
    """All sessions; the calendar file; giving the rest back."""
    found = course.find(token)
    standing = [_placed(one) for one in found.sessions if not one.appointment.is_cancelled]
    context = {
        "course": found,
        "token": token,
        "weeks": course_grid.weeks(standing) if standing else (),
        "review": _review(found),
        "money": money.of_course(found.id),
    }
    return render(request, "web/public/course/course.html", context)


@require_safe
@private
def calendar(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 - every view takes it
    """All sessions as a file for the person's calendar."""
    response = HttpResponse(course.calendar_file(token), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointments.ics"'
    return response


@require_POST
@private
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Give back every session that is still to come."""
    count = course.cancel_rest(token)
    if count:
        said = ngettext(
            "%(count)s appointment is cancelled. We have sent you an e-mail.",
            "%(count)s appointments are cancelled. We have sent you an e-mail.",
            count,
        )
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("There was nothing left to cancel."))
    return redirect("course", token=token)


def _placed(one: SessionView) -> _Placed:
    return _Placed(one.number, one.appointment.starts, one.is_review, one.is_tentative)


def _review(found: CourseView) -> SessionView | None:
    """The review session, while sessions after it still wait for it."""
    if not any(one.is_tentative and not one.appointment.is_cancelled for one in found.sessions):
        return None
    return next((one for one in found.sessions if one.is_review), None)

"""One appointment for the desk: move it, cancel it, say how it went, see what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from unpinch.kernel.errors import InputError
from unpinch.scheduling.calendar import moment
from unpinch.services import by_staff, desk, permissions, practice
from unpinch.services.alternatives import Taken
from unpinch.services.outcomes import Refused
from unpinch.services.permissions import Thing
from unpinch.services.place import Wish
from unpinch.web.callers import for_staff
from unpinch.web.desk.forms import CancelForm, MarkForm, MoveForm
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller
    from unpinch.services.availability import FreeTime
    from unpinch.services.desk import AppointmentSheet

FAULTY = 422


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that came and could not be carried out, with why, and what is free instead."""

    move: MoveForm | None = None
    cancel: CancelForm | None = None
    mark: MarkForm | None = None
    fault: str = ""
    others: tuple[FreeTime, ...] = ()


@require_safe
@private
@for_staff
def appointment(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """The appointment with everything that can be done with it."""
    return _page(request, caller, desk.sheet(caller, number))


@require_POST
@private
@for_staff
def move(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Another time: from the form, or from the calendar by mouse or keys."""
    sheet = desk.sheet(caller, number)
    form = MoveForm(request.POST, therapists=_therapists(caller, sheet))
    if not form.is_valid():
        return _page(request, caller, sheet, Sent(move=form))
    data = form.cleaned_data
    zone = sheet.appointment.starts.tzinfo
    assert isinstance(zone, ZoneInfo)
    starts = moment(data["day"], data["time"], zone)
    wish = Wish(sheet.location_code, data["therapist"], starts)
    try:
        outcome = by_staff.move(caller, number, wish, override_reason=data["reason"])
    except InputError as error:
        form.add_error("reason", error.message)
        return _page(request, caller, sheet, Sent(move=form))
    match outcome:
        case Taken(alternatives=others):
            fault = _("%(time)s is not free.") % {
                "time": dateformat.format(starts.astimezone(zone), "l j F, H:i")
            }
            return _page(request, caller, sheet, Sent(move=form, fault=fault, others=others))
        case Refused(reason=reason):
            return _page(request, caller, sheet, Sent(move=form, fault=reason))
    when = outcome.appointment.starts
    messages.success(
        request,
        _("Moved to %(time)s. The client is told by e-mail.")
        % {"time": dateformat.format(when, "l j F, H:i")},
    )
    return redirect(f"{reverse('calendar-staff')}?day={when.date().isoformat()}")


@require_POST
@private
@for_staff
def cancel(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Give it back."""
    form = CancelForm(request.POST, auto_id="cancel-%s")
    if not form.is_valid():
        return _page(request, caller, desk.sheet(caller, number), Sent(cancel=form))
    outcome = by_staff.cancel(caller, number, **form.cleaned_data)
    if isinstance(outcome, Refused):
        messages.warning(request, outcome.reason)
    else:
        messages.success(request, _("Cancelled. The client is told by e-mail, and the place is free again."))
    return redirect("desk-appointment", number=number)


@require_POST
@private
@for_staff
def mark(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Say how it went."""
    form = MarkForm(request.POST, auto_id="mark-%s")
    if not form.is_valid():
        return _page(request, caller, desk.sheet(caller, number), Sent(mark=form))
    data = form.cleaned_data
    outcome = by_staff.mark(caller, number, data["status"], late_minutes=data["late_minutes"] or 0)
    if isinstance(outcome, Refused):
        messages.warning(request, outcome.reason)
    else:
        messages.success(request, _("It is kept."))
    return redirect("desk-appointment", number=number)


def _page(
    request: HttpRequest, caller: Caller, sheet: AppointmentSheet, sent: Sent | None = None
) -> HttpResponse:
    shown, was = sheet.appointment, sent or Sent()
    thing = Thing(caller.practice_id, client_id=sheet.client_id, therapist_id=None)
    start = {"day": shown.starts.date(), "time": shown.starts.time(), "therapist": sheet.therapist_code}
    now = {"status": shown.status, "late_minutes": sheet.late_minutes}
    context = {
        "caller": caller,
        "here": "calendar",
        "sheet": sheet,
        "one": shown,
        "reads_health": caller.is_owner or caller.is_therapist,
        "is_at_desk": permissions.can_work_at_desk(caller, thing),
        "move": was.move or MoveForm(initial=start, therapists=_therapists(caller, sheet)),
        "cancel": was.cancel or CancelForm(auto_id="cancel-%s"),
        "mark": was.mark or MarkForm(initial=now, auto_id="mark-%s"),
        "fault": was.fault,
        "others": was.others,
    }
    return render(request, "web/desk/appointment.html", context, status=FAULTY if sent else 200)


def _therapists(caller: Caller, sheet: AppointmentSheet) -> list[tuple[str, str]]:
    """With whom it may be: for the desk anybody, for a therapist the one who has it."""
    if not caller.is_at_desk:
        return [(sheet.therapist_code, sheet.appointment.therapist)]
    active = [(one.code, one.name) for one in practice.current_practice().therapists]
    if sheet.therapist_code not in {code for code, _name in active}:
        active.append((sheet.therapist_code, sheet.appointment.therapist))
    return active

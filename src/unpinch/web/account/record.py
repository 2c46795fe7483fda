"""The record book: the lines about oneself, and all lines for the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from unpinch.services import record_lines
from unpinch.web.callers import for_callers, for_owners
from unpinch.web.context import local_now
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import Promise

    from unpinch.services.access import Caller
    from unpinch.services.record_lines import Line, Page

_ACTIONS: dict[str, str | Promise] = {
    "account.close": _("closed the account"),
    "account.make": _("made the account"),
    "account.open": _("opened the account again"),
    "account.password": _("changed the password"),
    "account.reset": _("gave the account a new password, from the machine itself"),
    "agreement.record-unverified": _("noted that a doctor agrees"),
    "appointment.book": _("booked an appointment"),
    "appointment.cancel": _("cancelled an appointment"),
    "appointment.free": _("gave a kept place back"),
    "appointment.hold": _("kept a place for a short while"),
    "appointment.mark": _("noted whether the appointment took place"),
    "appointment.move": _("moved an appointment"),
    "assessment.store": _("kept the answers to the questions"),
    "clearance.answer": _("kept a doctor’s answer"),
    "clearance.ask": _("asked a doctor"),
    "clearance.fresh-link": _("sent the doctor a new link"),
    "clearance.open": _("opened the question"),
    "clearance.read": _("read the answers to the questions"),
    "clearance.refuse-browser": _("tried the doctor’s link in another browser and was refused"),
    "clearance.revoke": _("took the question to the doctor back"),
    "clearance.supersede": _("put a newer question in the place of an older one"),
    "backup.restore": _("put a backup back"),
    "client.erase": _("erased a client’s data"),
    "client.export": _("took a copy of everything kept about a client"),
    "client.claim": _("took bookings into the account"),
    "client.phone": _("changed the phone number"),
    "consent.give": _("gave a consent"),
    "consent.withdraw": _("withdrew a consent"),
    "course.book": _("booked a course of appointments"),
    "course.cancel": _("cancelled a course"),
    "course.confirm": _("confirmed a course"),
    "invitation.accept": _("accepted an invitation"),
    "invitation.revoke": _("took an invitation back"),
    "invitation.send": _("sent an invitation"),
    "login": _("logged in"),
    "login.end": _("logged out a browser"),
    "passkey.add": _("added a passkey"),
    "passkey.remove": _("removed a passkey"),
    "practice.second-factor": _("changed whether a second factor is needed"),
    "retention.apply": _("let go what was kept long enough"),
    "second-factor.add": _("set up an authenticator app"),
    "second-factor.recovery-code-used": _("used a recovery code"),
    "second-factor.recovery-codes": _("made new recovery codes"),
    "second-factor.remove": _("removed a second factor"),
    "note.amend": _("added to a signed note"),
    "note.begin": _("began a note"),
    "note.read": _("read the note of a session"),
    "note.sign": _("signed a note"),
    "room.begin": _("began a session"),
    "room.end": _("ended a session"),
    "room.read": _("looked at the screen of a session"),
    "session.check": _("answered the questions of the day"),
    "session.day-after": _("told how the day after was"),
    "session.free": _("freed a session that had been stopped"),
    "session.stop": _("stopped a session because of what was said on the day"),
    "session.read": _("read the health record before a session"),
}
_ROLES: dict[str, str | Promise] = {
    "you": _("You"),
    "visitor": _("A visitor without a login"),
    "doctor": _("The doctor, by the link"),
    "system": _("unpinch itself"),
}


@require_safe
@private
@for_callers
def own(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Who did and read what about the client who asks."""
    page = record_lines.lines_about(caller, before=_before(request))
    return render(
        request, "web/account/record.html", {"page": _shown(page), "is_own": True, "caller": caller}
    )


@require_safe
@private
@for_owners
def book(request: HttpRequest, caller: Caller) -> HttpResponse:
    """All lines of the practice."""
    page = record_lines.all_lines(caller, before=_before(request))
    return render(
        request, "web/account/record.html", {"page": _shown(page), "is_own": False, "caller": caller}
    )


def action_words(action: str) -> str:
    """What was done, in plain words; an action without words of its own in the words of its name."""
    if action in _ACTIONS:
        return str(_ACTIONS[action])
    what, _dot, verb = action.partition(".")
    return f"{what}: {verb}".replace("-", " ") if verb else what.replace("-", " ")


def _shown(page: Page) -> dict[str, object]:
    zone = local_now().tzinfo
    rows = [(line, line.at.astimezone(zone), _who(line), action_words(line.action)) for line in page.lines]
    return {"rows": rows, "older": page.older}


def _who(line: Line) -> str:
    if line.role in _ROLES:
        return str(_ROLES[line.role])
    if not line.who:
        return line.role or gettext("Somebody")
    return f"{line.who} ({line.role})" if line.role else line.who


def _before(request: HttpRequest) -> int | None:
    given = request.GET.get("before", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else None

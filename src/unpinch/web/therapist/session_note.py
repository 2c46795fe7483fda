"""The note of a session: four fields that are filled in already, saved by themselves, signed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from unpinch.clinical.note_states import FIELDS
from unpinch.services import session_note
from unpinch.services.outcomes import Refused
from unpinch.web.callers import for_staff
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller

_LABELS = {
    "subjective": gettext_lazy("What the client says (S)"),
    "objective": gettext_lazy("What was done (O)"),
    "assessment": gettext_lazy("Reaction (A)"),
    "plan": gettext_lazy("Home care and next (P)"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_staff
def note(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Read and write the note; save or sign it."""
    if request.method != "POST":
        return _page(request, number, caller)
    text, base = _sent(request)
    is_signing = request.POST.get("do") == "sign"
    act = session_note.sign if is_signing else session_note.save
    outcome = act(number, base, text, caller)
    if isinstance(outcome, Refused):
        if outcome.code == "changed":
            messages.warning(request, outcome.reason)
            return redirect("note", number=number)
        return _page(request, number, caller, text=text, refused=outcome)
    if outcome.clashed:
        messages.warning(request, _("Two windows wrote in the same field. Both texts are kept: please look."))
    elif is_signing:
        messages.success(request, _("Signed. The client gets a page about the visit."))
    else:
        messages.success(request, _("Saved."))
    return redirect("note", number=number)


@require_POST
@private
@for_staff
def autosave(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Keep the draft while it is written; tells the version, and the text when another window has changed it."""
    text, base = _sent(request)
    outcome = session_note.save(number, base, text, caller)
    if isinstance(outcome, Refused):
        return JsonResponse({"refused": outcome.reason}, status=409)
    return JsonResponse(
        {"number": outcome.number, "text": dict(outcome.text), "clashed": list(outcome.clashed)}
    )


@require_POST
@private
@for_staff
def amend(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Add to a signed note."""
    outcome = session_note.amend(number, request.POST.get("text", ""), request.POST.get("reason", ""), caller)
    if isinstance(outcome, Refused):
        messages.warning(request, outcome.reason)
    else:
        messages.success(request, _("The amendment is added."))
    return redirect("note", number=number)


def _sent(request: HttpRequest) -> tuple[dict[str, str], int]:
    base = request.POST.get("base", "0")
    number = int(base) if base.isascii() and base.isdigit() and len(base) < 7 else 0
    return {name: request.POST.get(name, "") for name in FIELDS}, number


def _page(
    request: HttpRequest,
    number: int,
    caller: Caller,
    *,
    text: dict[str, str] | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    found = session_note.read(number, caller)
    shown: Any = found.text if text is None else text
    context = {
        "note": found,
        "number": number,
        "fields": [(name, _LABELS[name], shown[name]) for name in FIELDS],
        "refused": refused,
    }
    return render(request, "web/session/note.html", context, status=422 if refused else 200)

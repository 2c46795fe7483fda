"""How a page of the set-up is filled in: one form, one call of a service, and faults beside their fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render

from unpinch.kernel.errors import InputError
from unpinch.web.desk.hit import tell_of_hits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller

FAULTY = 422


@dataclass(frozen=True, slots=True)
class Page:
    """What the page around a form says. ``back`` and ``done`` are names of addresses, or addresses."""

    title: str
    back: str
    back_to: str
    done: str
    said: str
    template: str = "web/owner/edit.html"
    lead: str = ""
    can_hit: bool = False
    """Whether the change can leave booked sessions without their time; then the owner is told."""
    more: Mapping[str, Any] = field(default_factory=dict)


def edit(
    request: HttpRequest, caller: Caller, form: Form, page: Page, save: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    """Show the form, or carry it out and go on to ``page.done``."""
    if request.method == "POST" and form.is_valid() and saved(form, lambda: save(form.cleaned_data)):
        messages.success(request, page.said)
        if page.can_hit:
            tell_of_hits(request, caller)
        return redirect(page.done)
    context = {"form": form, "page": page, "caller": caller, "here": "practice", **page.more}
    return render(request, page.template, context, status=FAULTY if form.errors else 200)


def saved(form: Form, save: Callable[[], object]) -> bool:
    """Call a service; what it cannot use is said beside the field."""
    try:
        save()
    except InputError as error:
        form.add_error(error.code if error.code in form.fields else None, error.message)
        return False
    return True

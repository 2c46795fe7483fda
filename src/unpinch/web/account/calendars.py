"""Calendars outside: what others may subscribe to here, and what a therapist's own calendar blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from unpinch.kernel.errors import InputError
from unpinch.services import calendar_feeds, private_calendars
from unpinch.web.callers import for_callers, for_staff
from unpinch.web.forms import PlainForm
from unpinch.web.plain_fields import text
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest

    from unpinch.services.access import Caller

FAULTY = 422


class AddressForm(PlainForm):
    """A private calendar."""

    name = text(gettext_lazy("Name"), most=60, note=gettext_lazy("As you know it: family, football."))
    address = text(
        gettext_lazy("Secret address of the calendar (ICS)"),
        most=1000,
        need=gettext_lazy("Paste the address; your calendar program calls it secret or private address."),
        inputmode="url",
    )


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A calendar for a calendar program; nothing if it has not changed."""
    found = calendar_feeds.read(token)
    is_same = request.headers.get("If-None-Match") == found.etag
    response = HttpResponse(
        b"" if is_same else found.text,
        status=304 if is_same else 200,
        content_type="text/calendar; charset=utf-8",
    )
    response["ETag"] = found.etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_callers
def calendars(request: HttpRequest, caller: Caller) -> HttpResponse:
    """All that somebody may subscribe to, and a therapist's own calendars."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            private_calendars.add(caller, form.cleaned_data["name"], form.cleaned_data["address"])
        except InputError as error:
            form.add_error(error.code if error.code in form.fields else None, error.message)
        else:
            messages.success(request, _("It is read within a minute, and then every quarter of an hour."))
            return redirect("calendars")
    context = {
        "caller": caller,
        "here": "account",
        "feeds": calendar_feeds.of(caller),
        "own": private_calendars.of(caller) if caller.is_therapist else (),
        "form": form,
    }
    return render(request, "web/account/calendars.html", context, status=FAULTY if form.errors else 200)


@require_POST
@private
@for_callers
def renew(request: HttpRequest, caller: Caller, kind: str, number: int) -> HttpResponse:
    """A new secret address."""
    calendar_feeds.renew(caller, kind, number)
    messages.success(request, _("The address is new. One that there was before leads nowhere now."))
    return redirect("calendars")


@require_POST
@private
@for_callers
def stop(request: HttpRequest, caller: Caller, kind: str, number: int) -> HttpResponse:
    """No address any more."""
    calendar_feeds.stop(caller, kind, number)
    messages.success(request, _("The address leads nowhere now."))
    return redirect("calendars")


@require_POST
@private
@for_staff
def remove(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """A private calendar blocks nothing any more."""
    private_calendars.remove(caller, number)
    messages.success(request, _("It is removed, and the time it blocked is free."))
    return redirect("calendars")

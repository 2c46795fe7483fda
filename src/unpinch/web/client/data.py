"""What the practice keeps about a client: take it along, see who read it, have it erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from unpinch.gateways.clock import SYSTEM_CLOCK
from unpinch.services import erasure, privacy_export
from unpinch.services.outcomes import Refused
from unpinch.web.callers import for_callers
from unpinch.web.forms import PlainForm
from unpinch.web.private import private
from unpinch.web.sign_in import for_fresh, log_out

if TYPE_CHECKING:
    from django.http import HttpRequest

    from unpinch.services.access import Caller


class EraseForm(PlainForm):
    """One's own address, written out: nobody does that by mistake."""

    email = forms.CharField(
        label=_("Write your e-mail address, to be sure"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the e-mail address that you log in with.")},
    )


@require_safe
@private
@for_callers
def data(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What can be done with one's own data."""
    if caller.client_id is None:
        raise Http404
    return render(request, "web/client/data.html", {"caller": caller})


@require_POST
@private
@for_callers
def download(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Everything as one file. By a button and not by a link: it leaves a line in the record book."""
    del request
    if caller.client_id is None:
        raise Http404
    made = privacy_export.own(caller)
    return HttpResponse(
        made.content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_fresh
@for_callers
def erase(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Erase everything about oneself. Asks for a login of just now, with the second factor where there is one."""
    if caller.client_id is None:
        raise Http404
    form = EraseForm(request.POST if request.method == "POST" else None)
    refused = erasure.standing_in_the_way(caller.client_id, SYSTEM_CLOCK.now())
    if request.method == "POST" and form.is_valid() and refused is None:
        if form.cleaned_data["email"].strip().lower() != request.user.get_username():
            form.add_error("email", _("This is not the address that you log in with."))
        else:
            done = erasure.own(caller)
            if not isinstance(done, Refused):
                log_out(request)
                return redirect("my-data-erased")
            refused = done
    status = 422 if form.errors or (request.method == "POST" and refused) else 200
    return render(request, "web/client/erase.html", {"form": form, "refused": refused}, status=status)


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """It is done. Says nothing about anybody."""
    return render(request, "web/client/erased.html")

"""The first page of an empty installation: make the practice, and its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from unpinch.kernel.errors import InputError
from unpinch.services import first_run
from unpinch.services.first_run import FirstOwner
from unpinch.services.login import LoggedIn
from unpinch.services.outcomes import Refused
from unpinch.services.setup_rules import PracticeDetails
from unpinch.web import sign_in
from unpinch.web.owner.editing import FAULTY
from unpinch.web.owner.forms import FirstForm
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@private
def first(request: HttpRequest) -> HttpResponse:
    """Make the practice; once there is one, this page leads to the login."""
    if not first_run.is_empty():
        return redirect("login")
    start = {
        "code": request.GET.get("code", ""),
        "country": "GB",
        "currency": "GBP",
        "time_zone": "Europe/London",
    }
    form = FirstForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = _open(form)
        except InputError as error:
            form.add_error(error.code if error.code in form.fields else None, error.message)
        else:
            if isinstance(outcome, Refused):
                messages.warning(request, outcome.reason)
                return redirect("login")
            sign_in.complete(request, LoggedIn(outcome, "password"))
            messages.success(request, _("Welcome. The practice is made, and you are logged in as its owner."))
            return redirect("practice")
    return render(request, "web/owner/first.html", {"form": form}, status=FAULTY if form.errors else 200)


def _open(form: FirstForm) -> int | Refused:
    data = form.cleaned_data
    owner = FirstOwner(
        data.pop("owner_name"), data.pop("owner_email"), data.pop("password"), data.pop("code")
    )
    return first_run.open_practice(PracticeDetails(**data), owner)

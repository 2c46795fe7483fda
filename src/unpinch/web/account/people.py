"""The people of the practice, for its owner; and the invitation, for the one who is invited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from unpinch.kernel.errors import InputError
from unpinch.services import account as accounts
from unpinch.services import staff
from unpinch.services.login import LoggedIn
from unpinch.web import sign_in
from unpinch.web.callers import for_owners
from unpinch.web.forms import PlainForm
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller
    from unpinch.services.outcomes import Refused

ROLES = (("therapist", _("Therapist")), ("desk", _("Front desk")), ("owner", _("Owner")))


class InviteForm(PlainForm):
    """Whom to invite, and as what."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the person's name.")},
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the person's e-mail address.")},
    )
    role = forms.ChoiceField(
        label=_("What they do here"),
        choices=ROLES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one of these.")},
    )


class AcceptForm(PlainForm):
    """A password, if one is wanted."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("10 characters or more. Or leave it empty: then you log in with a code by e-mail."),
        max_length=200,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def people(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Who works here, who is invited, and the form to invite somebody."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = staff.invite(caller, **form.cleaned_data)
        except InputError as error:
            form.add_error(error.code if error.code in form.fields else None, error.message)
        else:
            if outcome is None:
                messages.success(
                    request, gettext("The invitation is on its way. Its link is good for 7 days.")
                )
                return redirect("people")
            form.add_error("email", outcome.reason)
    context = {"form": form, "staff": staff.staff_of(caller), "caller": caller, "roles": dict(ROLES)}
    return render(request, "web/account/people.html", context, status=422 if form.errors else 200)


@require_POST
@private
@for_owners
def revoke(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Take an invitation back."""
    staff.revoke(caller, number)
    return _back(request, None, gettext("The invitation is taken back."))


@require_POST
@private
@for_owners
def close(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Close an account."""
    outcome = staff.set_active(caller, number, active=False)
    return _back(request, outcome, gettext("The account is closed, and logged out everywhere."))


@require_POST
@private
@for_owners
def reopen(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Open an account again."""
    return _back(
        request, staff.set_active(caller, number, active=True), gettext("The account is open again.")
    )


@require_POST
@private
@for_owners
def reset(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Remove a lost second factor."""
    outcome = staff.reset_second_factor(caller, number)
    return _back(
        request, outcome, gettext("The second factor is removed. They can log in and set up a new one.")
    )


@require_POST
@private
@for_owners
def require(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Whether everybody who works here needs a second factor."""
    required = request.POST.get("required") == "yes"
    outcome = staff.require_second_factor(caller, required=required)
    said = (
        gettext("Everybody who works here now needs a second factor.")
        if required
        else gettext("A second factor is now everybody's own choice.")
    )
    return _back(request, outcome, said)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Make the account of an invitation."""
    invitation = staff.find_invitation(token)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["password"]
        try:
            if chosen:
                accounts.check_password(chosen, email=invitation.email, name=invitation.name)
        except InputError as error:
            form.add_error("password", error.message)
        else:
            user_id = staff.accept(token, password=chosen or None)
            sign_in.complete(request, LoggedIn(user_id, "invitation"))
            response = redirect("account")
            sign_in.remember_browser(request, response, invitation.email)
            messages.success(request, gettext("Welcome. Your account is made, and you are logged in."))
            return response
    context = {"form": form, "invitation": invitation, "role": dict(ROLES)[invitation.role]}
    return render(request, "web/account/invited.html", context, status=422 if form.errors else 200)


def _back(request: HttpRequest, outcome: Refused | None, said: str) -> HttpResponse:
    if outcome is None:
        messages.success(request, said)
    else:
        messages.warning(request, outcome.reason)
    return redirect("people")

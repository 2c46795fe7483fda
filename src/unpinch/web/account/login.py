"""Logging in and out, for everybody with an account or a booking."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from unpinch.kernel.errors import InputError
from unpinch.services import access, login
from unpinch.services.login import LoggedIn, NextStep
from unpinch.services.outcomes import Refused
from unpinch.web import sign_in
from unpinch.web.forms import PlainForm
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_STEP, _PASSKEY, _NEXT, _EMAIL = "login-step", "passkey-step", "login-next", "login-email"
_TOO_MANY = frozenset({"wait"})


class LoginForm(PlainForm):
    """E-mail and, for those who have one, the password."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username webauthn"}),
        error_messages={"required": _("Write your e-mail address.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """A password is needed only for the button beside it."""
        found = super().clean() or {}
        if self.data.get("way") != "code" and not found.get("password"):
            self.add_error("password", _("Write your password, or let us e-mail you a code."))
        return found


class CodeForm(PlainForm):
    """The code of the mail, the app or the paper."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "class": "text code-box", "spellcheck": "false"}
        ),
        error_messages={"required": _("Write the code.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask who it is, and lead on: to the code, the second factor, or the person's own start page."""
    if request.method != "POST" and request.user.is_authenticated and "again" not in request.GET:
        return redirect(_home(request))
    if _wanted(request):
        request.session[_NEXT] = _wanted(request)
    if request.method != "POST":
        return _page(request, LoginForm())
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    email = form.cleaned_data["email"]
    place = sign_in.place_of(request, email)
    request.session[_EMAIL] = email
    if request.POST.get("way") == "code":
        return _go_on(request, form, login.send_code(email, place))
    return _go_on(request, form, login.by_password(email, form.cleaned_data["password"], place))


@require_http_methods(["GET", "HEAD", "POST"])
@private
def code(request: HttpRequest) -> HttpResponse:
    """The code of the mail."""
    return _step_page(request, "code", login.by_code)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def second(request: HttpRequest) -> HttpResponse:
    """What the authenticator app shows, or a recovery code."""
    place = sign_in.place_of(request, request.session.get(_EMAIL, ""))
    return _step_page(request, "second", lambda key, typed: login.by_second_factor(key, typed, place))


@require_POST
@private
def offer_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser needs to ask for a passkey."""
    options, request.session[_PASSKEY] = login.offer_passkey()
    return JsonResponse(options)


@require_POST
@private
def passkey(request: HttpRequest) -> HttpResponse:
    """The browser's answer; where to go, or what went wrong."""
    outcome = login.by_passkey(request.session.pop(_PASSKEY, ""), read_answer(request))
    if isinstance(outcome, Refused):
        return JsonResponse({"fault": outcome.reason}, status=422)
    response = _enter(request, outcome)
    return JsonResponse({"to": response["Location"]})


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    sign_in.log_out(request)
    return redirect("landing")


def read_answer(request: HttpRequest) -> dict[str, Any]:
    """What a browser sends about a passkey; InputError when it is no such thing."""
    try:
        found = json.loads(request.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InputError(
            "This is not what a browser says about a passkey. Please reload the page and try again."
        )
    return found


def _step_page(request: HttpRequest, stage: str, check: Any) -> HttpResponse:
    key = request.session.get(_STEP, "")
    if login.stage_of(key) != stage:
        return redirect("login")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        outcome = check(key, form.cleaned_data["code"])
        if isinstance(outcome, Refused) and outcome.code == "begin-again":
            request.session.pop(_STEP, None)
            return _page(request, LoginForm(), outcome.reason)
        return _go_on(request, form, outcome, f"web/account/login_{stage}.html")
    context = {"form": form, "email": request.session.get(_EMAIL, "")}
    return render(request, f"web/account/login_{stage}.html", context, status=422 if form.errors else 200)


def _go_on(
    request: HttpRequest,
    form: forms.Form,
    outcome: LoggedIn | NextStep | Refused,
    template: str = "web/account/login.html",
) -> HttpResponse:
    if isinstance(outcome, NextStep):
        request.session[_STEP] = outcome.key
        return redirect(f"login-{outcome.stage}")
    if isinstance(outcome, LoggedIn):
        return _enter(request, outcome)
    form.add_error(None, outcome.reason)
    status = 429 if outcome.code in _TOO_MANY else 422
    context = {"form": form, "email": request.session.get(_EMAIL, "")}
    return render(request, template, context, status=status)


def _enter(request: HttpRequest, logged_in: LoggedIn) -> HttpResponse:
    wanted = request.session.pop(_NEXT, "")
    for word in (_STEP, _PASSKEY, _EMAIL):
        request.session.pop(word, None)
    sign_in.complete(request, logged_in)
    response = redirect(wanted or _home(request))
    sign_in.remember_browser(request, response, request.user.get_username())
    return response


def _page(request: HttpRequest, form: LoginForm, fault: str = "") -> HttpResponse:
    status = 422 if form.errors or fault else 200
    return render(request, "web/account/login.html", {"form": form, "fault": fault}, status=status)


def _wanted(request: HttpRequest) -> str:
    """The page that asked for the log-in, if it is one of ours."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and is_ours else ""


def _home(request: HttpRequest) -> str:
    assert request.user.pk is not None
    caller = access.caller(request.user.pk)
    if caller.is_at_desk and not caller.is_therapist:
        return reverse("calendar-staff")
    return reverse("today" if caller.is_staff else "me")

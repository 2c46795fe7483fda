"""Logging in and out, for everybody with an account."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.core.cache import cache
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from unpinch.services import access
from unpinch.web.forms import PlainForm
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TRIES = 5
"""Wrong passwords for one address from one place until there is a pause."""
PAUSE = 5 * 60
"""Seconds of that pause."""


class LoginForm(PlainForm):
    """E-mail and password."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": _("Write your e-mail address.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Write your password.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for e-mail and password, and lead to the person's own start page."""
    if request.user.is_authenticated and request.method != "POST":
        return redirect(_home(request))
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        counter = _counter(request, form.cleaned_data["email"])
        if cache.get(counter, 0) >= TRIES:
            form.add_error(None, gettext("Too many tries. Wait five minutes, then try again."))
            return _page(request, form, 429)
        user = authenticate(
            request, username=form.cleaned_data["email"].strip(), password=form.cleaned_data["password"]
        )
        if user is not None:
            cache.delete(counter)
            login(request, user)
            return redirect(_wanted(request) or _home(request))
        cache.add(counter, 0, PAUSE)
        cache.incr(counter)
        form.add_error(None, gettext("E-mail and password do not fit together. Check both and try again."))
    return _page(request, form, 422 if form.errors else 200)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("landing")


def _page(request: HttpRequest, form: LoginForm, status: int) -> HttpResponse:
    context = {"form": form, "next": request.GET.get("next", "")}
    return render(request, "web/therapist/login.html", context, status=status)


def _counter(request: HttpRequest, email: str) -> str:
    """The name of the count of wrong tries; it tells nothing about the address."""
    text = f"{email.strip().lower()} {request.META.get('REMOTE_ADDR', '')}"
    return "login-" + hashlib.sha256(text.encode()).hexdigest()


def _wanted(request: HttpRequest) -> str | None:
    """The page that asked for the log-in, if it is one of ours."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and is_ours else None


def _home(request: HttpRequest) -> str:
    assert request.user.pk is not None
    return "today" if access.caller(request.user.pk).is_staff else "me"

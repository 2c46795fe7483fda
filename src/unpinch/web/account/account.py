"""One's own account: how one logs in, where one is logged in, and who has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from django import forms
from django.contrib import auth, messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from unpinch.kernel.errors import InputError
from unpinch.services import account as accounts
from unpinch.services import login, passkeys, second_factor, sign_in
from unpinch.services.outcomes import Refused
from unpinch.web.account.login import CodeForm, read_answer
from unpinch.web.callers import for_account
from unpinch.web.context import local_now
from unpinch.web.forms import PlainForm
from unpinch.web.private import private
from unpinch.web.sign_in import for_fresh, key_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller

_STEP = "new-passkey-step"


class PasswordForm(PlainForm):
    """A new password, shown or hidden by the browser's own means."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("10 characters or more. A few words in a row are easy to remember and hard to guess."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Write a new password.")},
    )


class NameForm(PlainForm):
    """The name under which one has booked."""

    name = forms.CharField(
        label=_("Your name, as you wrote it when you booked"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name.")},
    )


@require_safe
@private
@for_account
def account(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Everything about the account on one page."""
    zone = local_now().tzinfo
    context = {
        "caller": caller,
        "email": request.user.get_username(),
        "factors": second_factor.factors_of(caller.user_id),
        "passkeys": passkeys.passkeys_of(caller.user_id),
        "sign_ins": [
            (one, one.created_at.astimezone(zone))
            for one in sign_in.open_sign_ins(caller.user_id, key_of(request))
        ],
        "can_claim": accounts.can_claim(caller),
    }
    return render(request, "web/account/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_fresh
@for_account
def password(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Set or change the password."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.set_password(caller, form.cleaned_data["password"], key=key_of(request))
        except InputError as error:
            form.add_error("password", error.message)
        else:
            # The session is bound to the password: bind it to the new one.
            fresh = auth.get_user_model()._default_manager.get(pk=caller.user_id)  # noqa: SLF001 - the documented way
            auth.update_session_auth_hash(request, fresh)
            messages.success(request, gettext("Your password is changed. Other browsers are logged out."))
            return redirect("account")
    return render(
        request,
        "web/account/password.html",
        {"form": form, "caller": caller},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_fresh
@for_account
def authenticator(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Set up an authenticator app: a QR code, the first code, and then the recovery codes."""
    if second_factor.factors_of(caller.user_id).has_authenticator:
        return redirect("account")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        outcome = second_factor.confirm_authenticator(caller.user_id, form.cleaned_data["code"])
        if not isinstance(outcome, Refused):
            return _recovery_page(request, caller, outcome)
        form.add_error("code", outcome.reason)
    setup = second_factor.set_up_authenticator(caller.user_id)
    context = {
        "form": form,
        "secret": _in_fours(setup.secret),
        "qr": _qr(setup.address),
        "app": setup.address,
        "caller": caller,
    }
    return render(request, "web/account/authenticator.html", context, status=422 if form.errors else 200)


@require_POST
@private
@for_fresh
@for_account
def remove_authenticator(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Forget the app."""
    second_factor.remove_authenticator(caller.user_id)
    messages.success(request, gettext("The authenticator app is removed."))
    return redirect("account")


@require_POST
@private
@for_fresh
@for_account
def recovery_codes(request: HttpRequest, caller: Caller) -> HttpResponse:
    """New recovery codes, shown once."""
    if not second_factor.factors_of(caller.user_id).has_second:
        return redirect("account")
    return _recovery_page(request, caller, second_factor.new_recovery_codes(caller.user_id))


@require_POST
@private
@for_fresh
@for_account
def offer_passkey(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What the browser needs to make a passkey."""
    options, request.session[_STEP] = login.offer_new_passkey(caller.user_id)
    return JsonResponse(options)


@require_POST
@private
@for_fresh
@for_account
def add_passkey(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Keep the passkey that the browser made."""
    answer = read_answer(request)
    name = str(answer.pop("name", "")) or sign_in.browser(request.META.get("HTTP_USER_AGENT", ""))
    outcome = login.add_passkey(caller.user_id, request.session.pop(_STEP, ""), answer, name=name)
    if isinstance(outcome, Refused):
        return JsonResponse({"fault": outcome.reason}, status=422)
    messages.success(request, gettext("The passkey is kept. From now on you can log in with it."))
    if outcome:
        return JsonResponse({"codes": list(outcome), "to": reverse("account")})
    return JsonResponse({"to": reverse("account")})


@require_POST
@private
@for_fresh
@for_account
def remove_passkey(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Forget a passkey."""
    passkeys.remove(caller.user_id, number)
    messages.success(request, gettext("The passkey is removed. Remove it on the device, too."))
    return redirect("account")


@require_POST
@private
@for_account
def end_sign_in(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Log out another browser."""
    sign_in.end_one(caller.user_id, number)
    messages.success(request, gettext("That browser is logged out."))
    return redirect("account")


@require_POST
@private
@for_account
def end_others(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Log out all other browsers."""
    sign_in.end_all(caller.user_id, but=key_of(request))
    messages.success(request, gettext("All other browsers are logged out."))
    return redirect("account")


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_account
def claim(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Take over bookings that were made without an account, by the name they were made under."""
    form = NameForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = accounts.claim_by_name(caller, form.cleaned_data["name"])
        except InputError as error:
            form.add_error("name", error.message)
        else:
            if not isinstance(outcome, Refused):
                messages.success(request, gettext("Your bookings are here now."))
                return redirect("me")
            form.add_error("name", outcome.reason)
    context = {"form": form, "email": request.user.get_username(), "caller": caller}
    return render(request, "web/account/claim.html", context, status=422 if form.errors else 200)


@require_POST
@private
@for_account
def claim_by_link(request: HttpRequest, caller: Caller, token: str) -> HttpResponse:
    """Take over the bookings of the one whom a booking's link is about."""
    outcome = accounts.claim_by_link(caller, token)
    if isinstance(outcome, Refused):
        messages.warning(request, outcome.reason)
        return redirect("appointment", token=token)
    messages.success(request, gettext("Your bookings are here now."))
    return redirect("me")


def _recovery_page(request: HttpRequest, caller: Caller, codes: tuple[str, ...]) -> HttpResponse:
    return render(request, "web/account/recovery_codes.html", {"codes": codes, "caller": caller})


def _in_fours(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _qr(text: str) -> dict[str, object]:
    """The QR code as one path for our own SVG: the page allows no inline style."""
    rows = list(segno.make(text, error="m").matrix_iter(border=4))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"path": path, "size": len(rows)}

"""Who has logged in, in which browser: the cookie's side of it. What is kept is in ``services.sign_in``."""

from __future__ import annotations

import hashlib
import secrets
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.dispatch import receiver
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from unpinch.services import sign_in
from unpinch.services.login import LoggedIn, Place, email_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.http import HttpRequest, HttpResponse

    P = ParamSpec("P")

_KEY = "sign-in"
_HOW = "_unpinch_logged_in"
_BROWSER_COOKIE = "browser"
_BROWSER_SALT = "unpinch.browser"
_BROWSER_AGE = 365 * 24 * 60 * 60
_MOST_PEOPLE = 6
"""Who shares a browser: the front desk's knows this many."""


class SignedIn:
    """Puts the person on each request; asks the database only when a page wants to know."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on with its user."""
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]
        return self._get_response(request)


@receiver(user_logged_in, dispatch_uid="unpinch.sign-in")
def _begin(request: HttpRequest, user: AbstractBaseUser, **_more: Any) -> None:
    how: LoggedIn = getattr(request, _HOW, LoggedIn(user.pk, "password"))
    request.session[_KEY] = sign_in.begin(
        user.pk,
        how=how.how,
        has_second_factor=how.has_second_factor,
        agent=request.META.get("HTTP_USER_AGENT", ""),
    )


def complete(request: HttpRequest, logged_in: LoggedIn) -> None:
    """Log the person in: a new sign-in in place of the one before."""
    sign_in.end(key_of(request))
    setattr(request, _HOW, logged_in)
    user = auth.get_user_model()._default_manager.get(pk=logged_in.user_id)  # noqa: SLF001 - Django's documented way
    auth.login(request, user, backend="django.contrib.auth.backends.ModelBackend")


def log_out(request: HttpRequest) -> None:
    """End the sign-in; a copy of the cookie opens nothing from now on."""
    sign_in.end(key_of(request))
    auth.logout(request)


def key_of(request: HttpRequest) -> str:
    """The key of this browser's sign-in; empty when there is none."""
    return str(request.session.get(_KEY, ""))


def place_of(request: HttpRequest, email: str) -> Place:
    """Where a try for this address comes from, and whether this person has logged in here before."""
    known = dict(_people(request)).get(_name(email), "")
    return Place(request.META.get("REMOTE_ADDR", ""), known)


def remember_browser(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Let this browser be known the next time: then a stranger's wrong tries are none of its business."""
    others = [pair for pair in _people(request) if pair[0] != _name(email)]
    people = [(_name(email), secrets.token_urlsafe(12)), *others][:_MOST_PEOPLE]
    response.set_cookie(
        _BROWSER_COOKIE,
        signing.dumps(people, salt=_BROWSER_SALT),
        max_age=_BROWSER_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path=reverse("login"),
    )


def for_fresh(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """For changes to how one logs in: a login of long ago is asked for again. Goes above ``for_account``."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated and not sign_in.is_fresh(key_of(request)):
            messages.info(
                request, _("You logged in a while ago. Please log in again before you change this.")
            )
            back = request.path if request.method == "GET" else reverse("account")
            return redirect(f"{reverse('login')}?{urlencode({'again': 1, 'next': back})}")
        return view(request, *args, **kwargs)

    return guarded


def _user(request: HttpRequest) -> Any:
    user = auth.get_user(request)
    if user.is_authenticated and sign_in.user_of(key_of(request), user.pk) is None:
        return AnonymousUser()
    return user


def _people(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        found = signing.loads(
            request.COOKIES.get(_BROWSER_COOKIE, ""), salt=_BROWSER_SALT, max_age=_BROWSER_AGE
        )
    except signing.BadSignature:
        return []
    return [(str(name), str(nonce)) for name, nonce in found]


def _name(email: str) -> str:
    """What stands for an address in the cookie; it does not tell the address."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:{email_key(email)}".encode()).hexdigest()[:16]

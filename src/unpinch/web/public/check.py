"""What one person has told us, kept in a sealed cookie on their own device and nowhere else.

The cookie holds the answers only; where the interview stands follows from them (see ``path``). So going back,
reloading, sending twice and changing an early answer need no bookkeeping. Why a cookie: docs/decisions/0020.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from unpinch.clinical import findings
from unpinch.clinical.values import Answers, Value
from unpinch.kernel.body_chart import Mark, all_marks
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from unpinch.clinical.knowledge import Knowledge

COOKIE = "unpinch_check"
LIFETIME = 4 * 60 * 60
"""Seconds after the last answer until the cookie is no longer read."""
_MOST_BYTES = 60_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """A person's own word that a doctor agreed. Nobody has checked it."""

    doctor: str
    agreed_on: str
    how: str


@dataclass(frozen=True, slots=True)
class Asked:
    """These very answers are kept by the practice under ``stored``, because a doctor was asked or somebody signed.

    ``token`` and ``code`` are those of the letter; empty when there is none, or when it is another browser's.
    """

    stored: str
    token: str
    code: str

    @property
    def key(self) -> UUID:
        """The key of the stored answers."""
        return UUID(self.stored)


@dataclass(frozen=True, slots=True)
class Check:
    """Everything said so far. ``marks`` are the places on the picture.

    ``agreement`` may be claimed later, and a doctor ``asked``; both are about these very answers.

    ``told`` are the codes that were told in the person's own words and confirmed: no screen asks them again.
    """

    answers: Answers = field(default_factory=Answers)
    marks: tuple[Mark, ...] = ()
    agreement: Agreement | None = None
    asked: Asked | None = None
    told: frozenset[str] = frozenset()

    def with_values(self, values: Mapping[str, Value]) -> Check:
        """This check with more or other answers. New answers void what a doctor agreed to before."""
        merged = self.answers.merged(values)
        if merged.values == self.answers.values:
            return self
        return replace(self, answers=merged, agreement=None, asked=None)


def kept_under(said: Check, key: UUID) -> Check:
    """This check, whose answers the practice now keeps under ``key``."""
    return replace(said, asked=said.asked or Asked(str(key), "", ""))


def answers_of(values: Mapping[str, Value]) -> Answers:
    """Values as answers."""
    return Answers().merged(values)


def read(request: HttpRequest, kb: Knowledge) -> Check:
    """The check of this browser; an empty one when there is none, or it was changed or is too old."""
    sealed = request.COOKIES.get(COOKIE)
    if not sealed:
        return Check()
    try:
        packed = _locks().decrypt(sealed.encode("ascii", "replace"), ttl=LIFETIME)
        plain = zlib.decompressobj().decompress(packed, _MOST_BYTES)
        return _from_json(json.loads(plain), kb)
    except (InvalidToken, zlib.error, ValueError, TypeError, KeyError, AttributeError):
        return Check()


def write(response: HttpResponse, check: Check) -> None:
    """Put the check into the response's cookie, which ends with the browser."""
    plain = json.dumps(_to_json(check), separators=(",", ":")).encode()
    response.set_cookie(
        COOKIE,
        _locks().encrypt(zlib.compress(plain, 9)).decode("ascii"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget(response: HttpResponse) -> None:
    """Remove the check from the browser."""
    response.delete_cookie(COOKIE, samesite="Lax")


def _locks() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"unpinch.web.check" + str(secret).encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def _to_json(check: Check) -> dict[str, Any]:
    by_value: dict[str, list[str]] = {"y": [], "n": [], "u": []}
    other: dict[str, Value] = {}
    for code, value in check.answers.values.items():
        short = {True: "y", False: "n", "unsure": "u"}.get(value) if isinstance(value, bool | str) else None
        if short is None:
            other[code] = value
        else:
            by_value[short].append(code)
    agreed, asked = check.agreement, check.asked
    return {
        **by_value,
        "o": other,
        "m": [str(mark) for mark in check.marks],
        "t": sorted(check.told),
        "d": [agreed.doctor, agreed.agreed_on, agreed.how] if agreed else None,
        "a": [asked.stored, asked.token, asked.code] if asked else None,
    }


def _from_json(raw: dict[str, Any], kb: Knowledge) -> Check:
    said: dict[str, object] = {
        **dict.fromkeys(raw["y"], True),
        **dict.fromkeys(raw["n"], False),
        **dict.fromkeys(raw["u"], "unsure"),
        **raw["o"],
    }
    values: dict[str, Value] = {}
    for code, value in said.items():
        try:
            values[code] = findings.parse_value(code, value, kb)
        except InputError:
            continue  # the tables changed since: the question is asked again if it still exists
    agreement = Agreement(*raw["d"]) if raw["d"] else None
    asked = Asked(*raw["a"]) if raw.get("a") else None
    if asked is not None:
        asked.key  # noqa: B018 - a ValueError for what is no key
    told = frozenset(raw.get("t", ())) & values.keys()
    return Check(Answers(values), marks_from(raw["m"]), agreement, asked, told)


def marks_from(texts: list[str]) -> tuple[Mark, ...]:
    """The marks of a form or cookie that exist on the chart, in the chart's order."""
    wanted = set(texts)
    return tuple(mark for mark in all_marks() if str(mark) in wanted)

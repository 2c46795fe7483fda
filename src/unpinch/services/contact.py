"""How a person can be reached: checked before anything is written."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Contact:
    """A checked name, e-mail address and phone number (as +44…). Keys are what two contacts are compared by."""

    name: str
    email: str
    phone: str

    @property
    def name_key(self) -> str:
        """The name without regard to case, accents' spelling or blanks."""
        return " ".join(unicodedata.normalize("NFKC", self.name).casefold().split())[:LONGEST_NAME]

    @property
    def email_key(self) -> str:
        """The address without regard to case."""
        return self.email.lower()


def read(*, name: str, email: str, phone: str, country: str) -> Contact:
    """The checked contact. InputError with code ``name``, ``email`` or ``phone`` when one cannot be used."""
    return Contact(read_name(name), read_email(email), read_phone(phone, country))


def faults(*, name: str, email: str, phone: str, country: str) -> dict[str, str]:
    """For a form: what is wrong with which field, all at once. Empty when everything is well."""
    found: dict[str, str] = {}
    checks: tuple[Callable[[], str], ...] = (
        lambda: read_name(name),
        lambda: read_email(email),
        lambda: read_phone(phone, country),
    )
    for check in checks:
        try:
            check()
        except InputError as error:
            found[error.code] = error.message
    return found


def read_name(name: str, *, field: str = "name") -> str:
    """A name of one line; InputError with code ``field`` otherwise."""
    plain = " ".join(unicodedata.normalize("NFC", name).split(" ")).strip()
    if not plain or not any(character.isalpha() for character in plain):
        raise InputError("Please give a name, so that we know whom to expect.", code=field)
    if len(plain) > LONGEST_NAME:
        raise InputError(
            f"This name has {len(plain)} characters and we can keep {LONGEST_NAME}. Please shorten it.",
            code=field,
        )
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in plain):
        raise InputError("This name has characters that cannot be shown. Please type it again.", code=field)
    return plain


def read_email(email: str) -> str:
    """A usable address; InputError with code ``email`` otherwise."""
    plain = email.strip()
    try:
        validate_email(plain)
    except ValidationError as error:
        raise InputError(
            "This e-mail address does not look right. We send the confirmation there; an example is "
            "ann@example.org.",
            code="email",
        ) from error
    return plain


def read_phone(phone: str, country: str) -> str:
    """The number as +44…; without a country code it is read as one of ``country``. InputError code ``phone``."""
    fault = InputError(
        "This phone number does not look right. We call when something changes; please write it as you would "
        "dial it, or with + and the country in front.",
        code="phone",
    )
    if len(phone) > 40:
        raise fault
    try:
        parsed = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException as error:
        raise fault from error
    if not phonenumbers.is_possible_number(parsed) or parsed.extension:
        raise fault
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)

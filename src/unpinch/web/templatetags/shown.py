"""Prices, times and telephone numbers as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import phonenumbers
from django import template
from django.utils import dateformat

if TYPE_CHECKING:
    from datetime import datetime

register = template.Library()

_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
_WITHOUT_COINS = frozenset({"JPY", "KRW", "CLP", "ISK", "VND"})


class Priced(Protocol):
    """Anything with a price in the smallest coin of its currency."""

    @property
    def price_minor(self) -> int:
        """The price in the smallest coin."""

    @property
    def currency(self) -> str:
        """The currency's three letters."""


@register.filter
def price(what: Priced) -> str:
    """A price such as £58 or €57.50, for currencies with hundredths and those without."""
    sign = _SIGNS.get(what.currency, f"{what.currency} ")
    if what.currency in _WITHOUT_COINS:
        return f"{sign}{what.price_minor}"
    whole, rest = divmod(what.price_minor, 100)
    return f"{sign}{whole}.{rest:02}" if rest else f"{sign}{whole}"


@register.filter
def at(moment: datetime, form: str) -> str:
    """A moment in the zone it carries. Django's own filter would turn it into the server's zone."""
    return dateformat.format(moment, form)


@register.filter
def phone(number: str) -> str:
    """A telephone number with its usual gaps; as it is when it cannot be read."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

"""Prices, times and telephone numbers as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import phonenumbers
from django import template
from django.utils import dateformat

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.services.course_price import CoursePrice

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
    return _money(what.price_minor, what.currency)


@register.filter
def total(price: CoursePrice) -> str:
    """What a whole course costs."""
    return _money(price.total_minor, price.currency)


@register.filter
def each(price: CoursePrice) -> str:
    """What one session of a course costs by itself."""
    return _money(price.each_minor, price.currency)


def _money(minor: int, currency: str) -> str:
    sign = _SIGNS.get(currency, f"{currency} ")
    if currency in _WITHOUT_COINS:
        return f"{sign}{minor}"
    whole, rest = divmod(minor, 100)
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

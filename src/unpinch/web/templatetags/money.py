"""Prices as people write them."""

from __future__ import annotations

from typing import Protocol

from django import template

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

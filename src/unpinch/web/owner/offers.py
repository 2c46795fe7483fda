"""The pages for what can be booked."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from unpinch.services import setup_offers, setup_places
from unpinch.services.setup_rules import WITHOUT_COINS, ServiceDetails
from unpinch.web.callers import for_owners
from unpinch.web.owner.editing import Page, edit
from unpinch.web.owner.forms import ServiceForm
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller

_TEMPLATE = "web/owner/service.html"


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def service_new(request: HttpRequest, caller: Caller) -> HttpResponse:
    """A new service."""
    page = Page(
        _("A new service"), "practice", _("Practice"), "practice", _("The service is added."), _TEMPLATE
    )
    start = ServiceDetails(name="", skill="swedish", minutes=60, turnover_after_minutes=15)
    form = _form(request, caller, _initial(start, setup_places.practice_details(caller).currency, price=""))
    return edit(
        request, caller, form, page, lambda data: setup_offers.add_service(caller, ServiceDetails(**data))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def service(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Change a service."""
    found = setup_offers.service(caller, number)
    page = Page(
        found.name,
        "practice",
        _("Practice"),
        "practice",
        _("The service is kept."),
        _TEMPLATE,
        more={"number": number},
    )
    form = _form(request, caller, _initial(found, found.currency))
    return edit(
        request,
        caller,
        form,
        page,
        lambda data: setup_offers.change_service(caller, number, ServiceDetails(**data)),
    )


def _form(request: HttpRequest, caller: Caller, initial: dict[str, Any]) -> ServiceForm:
    return ServiceForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        skills=setup_offers.skills(caller),
        kinds=setup_places.room_kinds(caller),
        currency=setup_places.practice_details(caller).currency,
    )


def _initial(details: ServiceDetails, currency: str, price: str | None = None) -> dict[str, Any]:
    values = asdict(details)
    for number, step in enumerate(details.cancellation, 1):
        values[f"notice_{number}"], values[f"fee_{number}"] = (
            f"{step.notice_minutes / 60:g}",
            step.fee_percent,
        )
    values["price"] = _price(details.price_minor, currency) if price is None else price
    return values


def _price(minor: int, currency: str) -> str:
    if currency in WITHOUT_COINS:
        return str(minor)
    whole, rest = divmod(minor, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)

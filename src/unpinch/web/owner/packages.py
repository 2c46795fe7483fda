"""The page for the packages of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from unpinch.services import packages, setup_offers
from unpinch.services.setup_rules import read_price
from unpinch.web.callers import for_owners
from unpinch.web.forms import PlainForm
from unpinch.web.owner.editing import Page, edit
from unpinch.web.plain_fields import number, text
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller


class PackageForm(PlainForm):
    """How many sessions for how much."""

    sessions = number(gettext_lazy("Sessions"), packages.FEWEST, packages.MOST)
    price = text(
        gettext_lazy("Price of all of them"),
        most=12,
        need=gettext_lazy("Write the price, as 290 or 287.50."),
        inputmode="decimal",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def service_packages(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """All packages of a service, and one more."""
    found = setup_offers.service(caller, number)
    here = reverse("packages", kwargs={"number": number})
    page = Page(
        _("Packages"),
        reverse("service", kwargs={"number": number}),
        found.name,
        here,
        _("The package is kept."),
        "web/owner/packages.html",
        _("A course of so many sessions costs this instead of the sum. It is paid before the first session."),
        more={"packages": packages.packages(caller, number), "service": found},
    )

    def save(data: dict[str, Any]) -> None:
        packages.keep(caller, number, data["sessions"], read_price(data["price"], found.currency))

    return edit(request, caller, PackageForm(request.POST if request.method == "POST" else None), page, save)


@require_POST
@private
@for_owners
def remove(request: HttpRequest, caller: Caller, number: int, row: int) -> HttpResponse:
    """Sell it no more."""
    packages.remove(caller, number, row)
    messages.success(request, _("It is sold no more. Courses booked with it keep their price."))
    return redirect("packages", number=number)

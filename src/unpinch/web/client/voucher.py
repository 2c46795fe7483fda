"""Using a gift voucher, by the link of an appointment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from unpinch.services import booking, vouchers
from unpinch.services.outcomes import Refused
from unpinch.web.forms import PlainForm
from unpinch.web.plain_fields import text
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FAULTY = 422


class CodeForm(PlainForm):
    """The code on the voucher."""

    code = text(
        gettext_lazy("The code on your voucher"),
        most=40,
        need=gettext_lazy("Write the code as it stands on the voucher."),
        note=gettext_lazy("Four groups of four letters and digits."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
def redeem(request: HttpRequest, token: str) -> HttpResponse:
    """Type the code; its sum becomes credit that pays what is due first."""
    booking.find(token)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        outcome = vouchers.redeem_by_token(
            token, form.cleaned_data["code"], request.META.get("REMOTE_ADDR", "")
        )
        if not isinstance(outcome, Refused):
            messages.success(request, _("Thank you: the voucher is now your credit."))
            return redirect("appointment", token=token)
        form.add_error("code", outcome.reason)
    context = {"form": form, "token": token}
    return render(request, "web/client/voucher.html", context, status=FAULTY if form.errors else 200)

"""Money at the desk: what a client owes and has left, what was paid, and gift vouchers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from unpinch.kernel.errors import InputError
from unpinch.services import audit, money, vouchers
from unpinch.services.money import PayCommand
from unpinch.services.outcomes import Refused
from unpinch.services.setup_rules import read_price
from unpinch.web.callers import for_desk
from unpinch.web.forms import PlainForm
from unpinch.web.plain_fields import day, one_of, text
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller

FAULTY = 422
_WAYS = [
    ("cash", gettext_lazy("Cash")),
    ("card", gettext_lazy("Card at the practice")),
    ("transfer", gettext_lazy("Bank transfer")),
    ("goodwill", gettext_lazy("Goodwill: a present of the practice")),
    ("refund", gettext_lazy("Paid back to the client")),
    ("voucher", gettext_lazy("Gift voucher")),
]


class PayForm(PlainForm):
    """What was paid, or the code of a voucher. ``key`` is made once per form."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    way = one_of(gettext_lazy("How"), _WAYS)
    amount = text(
        gettext_lazy("How much"),
        most=12,
        note=gettext_lazy("As 58 or 57.50; leave it empty for a voucher."),
        inputmode="decimal",
    )
    code = text(gettext_lazy("Code of the voucher"), most=40)
    note = text(gettext_lazy("Note"), most=200)


class VoucherForm(PlainForm):
    """A new voucher."""

    amount = text(
        gettext_lazy("Worth"),
        most=12,
        need=gettext_lazy("Write the sum, as 58 or 57.50."),
        inputmode="decimal",
    )
    valid_until = day(gettext_lazy("Valid until"))
    note = text(gettext_lazy("Note"), most=120)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_desk
def client_money(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """A client's account, and writing down what was paid."""
    sheet = money.sheet(caller, number)
    form = PayForm(request.POST if request.method == "POST" else None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            said = _write(request, caller, number, form)
        except InputError as error:
            field = "amount" if error.code == "price" else error.code
            form.add_error(field if field in form.fields else None, error.message)
        else:
            if not isinstance(said, Refused):
                messages.success(request, _("It is written down."))
                return redirect("client-money", number=number)
            form.add_error("code" if form.cleaned_data["way"] == "voucher" else "amount", said.reason)
    context = {"caller": caller, "here": "calendar", "sheet": sheet, "form": form}
    return render(request, "web/desk/money.html", context, status=FAULTY if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_desk
def all_vouchers(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The vouchers, and a new one; its code is shown once, on the answer itself."""
    form, made = VoucherForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            amount = read_price(data["amount"], money.currency_of(caller.practice_id))
            made = vouchers.make(caller, amount, data["valid_until"], data["note"])
            form = VoucherForm()
        except InputError as error:
            field = "amount" if error.code == "price" else error.code
            form.add_error(field if field in form.fields else None, error.message)
    context = {
        "caller": caller,
        "here": "vouchers",
        "form": form,
        "made": made,
        "vouchers": vouchers.seen(caller),
    }
    return render(request, "web/desk/vouchers.html", context, status=FAULTY if form.errors else 200)


@require_POST
@private
@for_desk
def voucher_cancel(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Take a voucher back."""
    if vouchers.cancel(caller, number):
        messages.success(request, _("The voucher is good no more."))
    else:
        messages.warning(request, _("It has been used or taken back already."))
    return redirect("vouchers")


def _write(request: HttpRequest, caller: Caller, number: int, form: PayForm) -> object:
    data = form.cleaned_data
    if data["way"] == "voucher":
        actor = audit.actor_of(caller.user_id)
        return vouchers.redeem(number, data["code"], request.META.get("REMOTE_ADDR", ""), actor=actor)
    amount = read_price(data["amount"], money.currency_of(caller.practice_id))
    command = PayCommand(number, str(data["key"]), amount, data["way"], data["note"])
    if data["way"] == "refund":
        return money.pay_back(caller, command)
    return money.take(caller, command)

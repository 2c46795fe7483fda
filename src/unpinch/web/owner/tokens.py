"""The page for the keys with which programs call the interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from unpinch.kernel.errors import InputError
from unpinch.services import api_tokens
from unpinch.web.callers import for_owners
from unpinch.web.forms import PlainForm
from unpinch.web.owner.editing import FAULTY
from unpinch.web.plain_fields import one_of, text
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller

SCOPES = (
    (api_tokens.CALENDAR, _("Read the calendar")),
    (api_tokens.BOOKING, _("Book, move, cancel and mark")),
    (api_tokens.SETUP, _("Set up the practice")),
)


class TokenForm(PlainForm):
    """A new key."""

    name = text(_("What is it for?"), most=60, need=_("Write which program uses it."))
    user = one_of(_("It acts as"), [], note=_("It may do what this person may, and no more."))
    scopes = forms.MultipleChoiceField(
        label=_("It is for"),
        choices=SCOPES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what the program needs.")},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = people


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def tokens(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The keys that work, and a form for another; a new one is shown this once."""
    people = [(str(key), name) for key, name in api_tokens.staff_to_act_as(caller)]
    form = TokenForm(request.POST if request.method == "POST" else None, people=people)
    made = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = api_tokens.make(caller, data["name"], int(data["user"]), data["scopes"])
        except InputError as error:
            form.add_error(error.code if error.code in form.fields else None, error.message)
        else:
            form = TokenForm(people=people)
    context = {
        "caller": caller,
        "here": "practice",
        "form": form,
        "made": made,
        "tokens": api_tokens.tokens(caller),
        "scopes": dict(SCOPES),
    }
    return render(request, "web/owner/tokens.html", context, status=FAULTY if form.errors else 200)


@require_POST
@private
@for_owners
def revoke(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """The key stops working."""
    api_tokens.revoke(caller, number)
    messages.success(request, gettext("The key is revoked: it opens nothing any more."))
    return redirect("tokens")

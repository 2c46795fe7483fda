"""The forms of the set-up. What is allowed is said by the services; here are only words and widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from unpinch.kernel.errors import InputError
from unpinch.services.setup_rules import CancellationStep, read_price
from unpinch.web.forms import PlainForm
from unpinch.web.owner import choices
from unpinch.web.plain_fields import clock, day, hours, number, one_of, text, yes

if TYPE_CHECKING:
    from django.forms import BoundField


class PracticeForm(PlainForm):
    """The practice as a whole."""

    name = text(_("Name of the practice"), need=_("Write the name that people know."))
    phone = text(
        _("Telephone"),
        most=40,
        need=_("Write a number; it is on every page."),
        note=_("It is on every page."),
        type="tel",
    )
    email = text(
        _("E-mail"), most=254, need=_("Write an address."), note=_("People answer to it."), type="email"
    )
    country = one_of(
        _("Country"),
        [(code, code) for code in sorted(phonenumbers.SUPPORTED_REGIONS)],
        note=_("Two letters. Telephone numbers without a country are read as numbers from here."),
    )
    currency = text(
        _("Currency"), most=3, need=_("Write three letters."), note=_("Three letters, as GBP or EUR.")
    )
    time_zone = one_of(_("Time zone"), choices.time_zones)
    terms = forms.CharField(
        label=_("Your terms"),
        required=False,
        max_length=10_000,
        help_text=_("People agree to them when they book. Say what cancelling costs, and by when."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    grid_minutes = one_of(
        _("Sessions can start"),
        choices.GRIDS,
        note=_("A finer grid offers more times, a coarser one fewer gaps."),
    )
    hold_minutes = number(
        _("Keep a place while somebody fills in the form (minutes)"),
        1,
        60,
        note=_("Then others can have it."),
    )
    offer_minutes = number(
        _("Keep a place for somebody on the waitlist (minutes)"),
        5,
        2880,
        note=_("Then the next one is asked."),
    )
    feeds_show_initials = yes(_("Show clients’ initials in the calendars that staff subscribe to"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grid = self["grid_minutes"].value()
        field = self.fields["grid_minutes"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices.with_current(choices.GRIDS, grid, "every % minutes")

    def clean_grid_minutes(self) -> int:
        """As a number."""
        return int(self.cleaned_data["grid_minutes"])

    def clean_currency(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["currency"]).upper()


class FirstForm(PlainForm):
    """What makes a practice: the least that is needed to go on, and who owns it."""

    code = text(_("Set-up code"), need=_("Write the code."), note=_("unpinch printed it when it started."))
    name = text(_("Name of the practice"), need=_("Write the name that people know."))
    phone = text(_("Telephone"), most=40, need=_("Write a number; it is on every page."), type="tel")
    email = text(_("E-mail of the practice"), most=254, need=_("Write an address."), type="email")
    country = PracticeForm.base_fields["country"]
    currency = PracticeForm.base_fields["currency"]
    time_zone = PracticeForm.base_fields["time_zone"]
    owner_name = text(_("Your name"), need=_("Write your name."))
    owner_email = text(
        _("Your e-mail"), most=254, need=_("Write your address."), note=_("You log in with it."), type="email"
    )
    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("10 characters or more."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )

    def clean_currency(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["currency"]).upper()


class LocationForm(PlainForm):
    """A place."""

    name = text(_("Name"), need=_("Write what people call the place."))
    address = text(_("Address"), most=300, note=_("It is in every confirmation."))
    phone = text(_("Telephone"), most=40, note=_("Leave it empty if it is the practice’s."), type="tel")
    time_zone = one_of(_("Time zone"), choices.time_zones)
    is_active = yes(_("In use: people can book here"))


class RoomForm(PlainForm):
    """A room."""

    name = text(_("Name"), need=_("Write what you call the room."))
    kind = text(
        _("Kind"),
        most=40,
        need=_("Write a kind, for example massage."),
        note=_(
            "A service asks for a kind of room. “massage” does for most; write another for a room with something special."
        ),
        list="kinds",
    )
    places = number(_("How many people can lie here side by side"), 1, 4)
    is_active = yes(_("In use: people can be booked here"))


class ServiceForm(PlainForm):
    """Something that can be booked."""

    name = text(_("Name"), need=_("Write what people will book."))
    description = text(_("In one sentence"), most=500)
    skill = one_of(
        _("Kind of massage"), [], note=_("Only therapists with this skill give it."), required=False
    )
    new_skill = text(_("Or another kind"), most=40, note=_("Write it here if it is not in the list."))
    minutes = number(_("Minutes"), 5, 480)
    turnover_before_minutes = number(_("Minutes to get the room ready before"), 0, 240)
    turnover_after_minutes = number(_("Minutes to tidy up after"), 0, 240)
    price = text(_("Price"), most=12, need=_("Write the price, as 58 or 57.50."), inputmode="decimal")
    room_kind = one_of(_("Kind of room"), [])
    is_self_bookable = yes(_("People can book it themselves"))
    notice_min_minutes = one_of(_("They can book"), choices.NOTICES)
    notice_max_days = number(_("And at most this many days ahead"), 1, 730)
    position = number(_("Place in the list"), 0, 999, note=_("Smaller numbers come first."))
    is_active = yes(_("In use"))

    def __init__(self, *args: Any, skills: Any, kinds: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._currency = currency
        given = self.initial.get("cancellation", ())
        self._steps_shown = max(2, len(given))
        for place in range(1, self._steps_shown + 1):
            self.fields[f"notice_{place}"] = hours(_("Hours"))
            self.fields[f"fee_{place}"] = number(_("Per cent"), 0, 100, required=False)
        offered = {
            "skill": [("", "—"), *choices.skills(skills)],
            "room_kind": choices.kinds(kinds),
            "notice_min_minutes": choices.with_current(
                choices.NOTICES, self["notice_min_minutes"].value(), "% minutes before"
            ),
        }
        for name, values in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = values

    @property
    def steps(self) -> list[tuple[BoundField, BoundField]]:
        """The steps of the cancellation policy: notice and share."""
        return [(self[f"notice_{n}"], self[f"fee_{n}"]) for n in range(1, self._steps_shown + 1)]

    def clean(self) -> dict[str, Any]:
        """One skill, a price in the smallest coin, and whole steps of the cancellation policy."""
        found: dict[str, Any] = super().clean() or {}
        found["skill"] = found.pop("new_skill", "") or found.get("skill", "")
        if not found["skill"] and "skill" not in self.errors:
            self.add_error("skill", _("Choose a kind of massage, or write another."))
        if "price" in found:
            try:
                found["price_minor"] = read_price(found.pop("price"), self._currency)
            except InputError as error:
                self.add_error("price", error.message)
        if "notice_min_minutes" in found:
            found["notice_min_minutes"] = int(found["notice_min_minutes"])
        found["cancellation"] = tuple(self._steps(found))
        return found

    def _steps(self, found: dict[str, Any]) -> list[CancellationStep]:
        steps = []
        for number_ in range(1, self._steps_shown + 1):
            left, percent = found.pop(f"notice_{number_}", None), found.pop(f"fee_{number_}", None)
            if left is not None and percent is not None:
                steps.append(CancellationStep(round(left * 60), percent))
            elif (left is None) != (percent is None) and not self.errors:
                self.add_error(f"notice_{number_}", _("Write both the hours and the per cent, or neither."))
        return steps


class TherapistForm(PlainForm):
    """Somebody who gives massage."""

    name = text(_("Name"), need=_("Write the name that clients will see."))
    about = text(_("In one sentence"), most=500, note=_("Clients read it when they choose."))
    skills = forms.MultipleChoiceField(label=_("Has learned"), required=False)
    new_skill = text(_("Something else"), most=40, note=_("Another kind of massage, for example hot stone."))
    position = number(_("Place in the list"), 0, 999, note=_("Smaller numbers come first."))
    is_active = yes(_("Works here: people can book"))

    def __init__(self, *args: Any, skills: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["skills"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = skills


class ClosureForm(PlainForm):
    """Days on which a place is shut."""

    first_day = day(_("First day"), need=_("Choose the first day."))
    last_day = day(_("Last day"), note=_("Leave it empty for a single day."))
    location_code = one_of(_("Where"), [], required=False)
    reason = text(_("Why"), most=200, note=_("For yourself; clients do not see it."))

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["location_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("The whole practice")), *places]

    def clean(self) -> dict[str, Any]:
        """A single day ends on itself."""
        found: dict[str, Any] = super().clean() or {}
        found["last_day"] = found.get("last_day") or found.get("first_day")
        return found


class AwayForm(PlainForm):
    """Time off."""

    first_day = day(_("First day"), need=_("Choose the first day."))
    last_day = day(_("Last day"), note=_("Leave it empty for a single day."))
    starts = clock(_("From"), note=_("Leave it empty for the whole day."))
    ends = clock(_("Until"))
    reason = text(_("Why"), most=200, note=_("Clients do not see it."))

    def clean(self) -> dict[str, Any]:
        """A single day ends on itself."""
        found: dict[str, Any] = super().clean() or {}
        found["last_day"] = found.get("last_day") or found.get("first_day")
        return found


class ExtraDayForm(PlainForm):
    """Work on one day more."""

    day = day(_("Day"), need=_("Choose the day."))
    starts = clock(_("From"), need=_("Write when the work begins."))
    ends = clock(_("Until"), need=_("Write when the work ends."))
    location_code = one_of(_("Where"), [])

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["location_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = places

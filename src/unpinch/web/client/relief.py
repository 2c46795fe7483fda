"""How it is going, told by the client through the course's link: a minute to say, and the picture of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from unpinch.clinical.progress import Activity, Reading
from unpinch.gateways.clock import SYSTEM_CLOCK
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.services import relief, relief_story
from unpinch.services.relief import LONGEST_ACTIVITY, SayCommand
from unpinch.web.forms import PlainForm
from unpinch.web.private import private
from unpinch.web.relief_picture import picture

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.relief_story import Story

_NAMED = 3
_SCORES = [(str(n), str(n)) for n in range(11)]
_CHANGES = (
    ("5", _("Much better")),
    ("3", _("Better")),
    ("1", _("A little better")),
    ("0", _("The same")),
    ("-1", _("A little worse")),
    ("-3", _("Worse")),
    ("-5", _("Much worse")),
)
_YES_NO = (("no", _("No")), ("yes", _("Yes")))


class ReliefForm(PlainForm):
    """Pain, the person's own activities, and, after the start, the change and signs of danger."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    pain = forms.ChoiceField(
        label=_("How strong is the pain or tingling, on most days of this week?"),
        help_text=_("0 is none, 10 is the worst you can think of."),
        choices=_SCORES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a number from 0 to 10.")},
    )

    def __init__(self, *args: Any, story: Story, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.story = story
        self.is_start = not story.told
        if self.is_start:
            self._ask_for_activities()
        else:
            self._ask_for_change()

    def _ask_for_activities(self) -> None:
        for number in range(1, _NAMED + 1):
            self.fields[f"name{number}"] = forms.CharField(
                label=_("Something that is hard to do now") if number == 1 else _("Another one, if you like"),
                required=False,
                max_length=LONGEST_ACTIVITY,
                widget=forms.TextInput(attrs={"class": "text", "autocomplete": "off"}),
            )
            self.fields[f"can{number}"] = self._how_well(_("How well can you do it?"))

    def _ask_for_change(self) -> None:
        for number, name in enumerate(self.story.activities, start=1):
            self.fields[f"can{number}"] = self._how_well(name)
        self.fields["overall"] = forms.ChoiceField(
            label=_("Since you began: how is it on the whole?"),
            choices=_CHANGES,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose how it is on the whole.")},
        )
        self.fields["worse"] = forms.ChoiceField(
            label=_("Was the pain clearly worse for more than two days after a session?"),
            choices=_YES_NO,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose yes or no.")},
        )
        self.fields["sign"] = forms.ChoiceField(
            label=_("Is there any new weakness, numbness, or trouble with bladder or bowel?"),
            choices=_YES_NO,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose yes or no.")},
        )

    def _how_well(self, label: Any) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=label,
            help_text=_("0 means not at all, 10 means as before."),
            choices=_SCORES,
            required=False,
            widget=forms.RadioSelect,
        )

    def reading(self) -> Reading:
        """What was said, once the form is valid."""
        given = self.cleaned_data
        names = (
            [given.get(f"name{n}", "").strip() for n in range(1, _NAMED + 1)]
            if self.is_start
            else list(self.story.activities)
        )
        activities = tuple(
            Activity(name, int(given[f"can{n}"]))
            for n, name in enumerate(names, start=1)
            if name and given.get(f"can{n}")
        )
        return Reading(
            pain=float(given["pain"]),
            activities=activities,
            overall=None if self.is_start else int(given["overall"]),
            is_worse_for_days=given.get("worse") == "yes",
            has_new_sign=given.get("sign") == "yes",
        )


@require_http_methods(["GET", "HEAD", "POST"])
@private
def relief_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show how it went so far, and take what the client says now."""
    now = SYSTEM_CLOCK.now()
    try:
        story = relief_story.by_token(token, now)
    except NotFoundError as error:
        raise Http404 from error
    form = ReliefForm(
        request.POST if request.method == "POST" else None, story=story, initial={"key": uuid4()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            relief.say(_command(form, story), actor=f"client:{story.client_id}")
        except InputError as error:
            form.add_error("pain" if error.code == "pain" else None, error.message)
        else:
            return redirect("relief", token=token)
    context = {
        "story": story,
        "form": form,
        "picture": picture(story),
        "token": token,
        "said_today": bool(story.told) and (now - story.told[-1].said_at).total_seconds() < 12 * 3600,
    }
    return render(request, "web/relief/client.html", context, status=422 if form.errors else 200)


def _command(form: ReliefForm, story: Story) -> SayCommand:
    key: UUID = form.cleaned_data["key"]
    return SayCommand(story.course_id, key, story.moment, form.reading())

"""Relief on the therapist's screen: how the course went, and the decision at a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from unpinch.clinical.progress import Decision
from unpinch.gateways.clock import SYSTEM_CLOCK
from unpinch.kernel.errors import NotFoundError
from unpinch.services import relief, relief_story
from unpinch.services.outcomes import Refused
from unpinch.services.relief import LONGEST_REASON, DecideCommand
from unpinch.web.callers import for_staff
from unpinch.web.forms import PlainForm
from unpinch.web.private import private
from unpinch.web.relief_picture import picture

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller
    from unpinch.services.relief_story import Story

_DECISIONS = {
    Decision.GO_ON: _("Go on as planned"),
    Decision.TAPER: _("Go on with more days between"),
    Decision.CHANGE_ONCE: _("Change how it is done, once"),
    Decision.FINISH: _("Finish: it has helped"),
    Decision.STOP: _("Stop, and back to the doctor"),
    Decision.STOP_NOW: _("Stop now, and see a doctor"),
}


class DecisionForm(PlainForm):
    """The decision; the rules' own stands ready."""

    decision = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[(str(code), text) for code, text in _DECISIONS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do.")},
    )
    reason = forms.CharField(
        label=_("Why, if you decide otherwise than the rules"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "class": "text"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_staff
def course_relief(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Show the story of a course, and take a decision."""
    try:
        story = relief_story.for_staff(number, caller, SYSTEM_CLOCK.now())
    except NotFoundError as error:
        raise Http404 from error
    form = DecisionForm(
        request.POST if request.method == "POST" else None, initial={"decision": _proposed(story)}
    )
    if request.method == "POST":
        if not story.may_decide:
            raise PermissionDenied
        if form.is_valid() and _decide(request, caller, number, form):
            return redirect("course-relief", number=number)
    context = {"story": story, "form": form, "picture": picture(story)}
    return render(request, "web/relief/staff.html", context, status=422 if form.errors else 200)


def _proposed(story: Story) -> str:
    if story.due is None or story.due.verdict.decision is Decision.ASK_FIRST:
        return ""
    return str(story.due.verdict.decision)


def _decide(request: HttpRequest, caller: Caller, number: int, form: DecisionForm) -> bool:
    outcome = relief.decide(
        DecideCommand(
            number,
            Decision(form.cleaned_data["decision"]),
            f"user:{caller.user_id}",
            form.cleaned_data["reason"],
        )
    )
    if isinstance(outcome, Refused):
        form.add_error("reason" if outcome.code == "reason-needed" else "decision", outcome.reason)
        return False
    if outcome.given_back:
        messages.success(request, _now("Done. %d later times are free again.") % outcome.given_back)
    else:
        messages.success(request, _now("Done."))
    return True

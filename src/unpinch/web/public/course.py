"""From the answer to a booked course, its first half: the plan, and when one can come."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from unpinch.clinical import before_plan, knowledge
from unpinch.clinical.course import CoursePlan, NoPlan
from unpinch.clinical.values import Disposition
from unpinch.scheduling.course_search import Continuity
from unpinch.services import clearance, course_plan, intake, practice
from unpinch.services.outcomes import Refused
from unpinch.web.private import private
from unpinch.web.public import check, course_state, door, fields
from unpinch.web.public.course_form import WhenForm
from unpinch.web.public.course_plan_view import plan_lines
from unpinch.web.public.interview import asked_on
from unpinch.web.public.path import walk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Screen
    from unpinch.services.practice import PracticeView
    from unpinch.web.public.check import Check
    from unpinch.web.public.fields import Sent
    from unpinch.web.public.path import Path

_FAULTY = 422


@require_safe
@private
def plan(request: HttpRequest) -> HttpResponse:
    """The plan on somebody's answers, or why there is none."""
    path, said = door.standing(request)
    if elsewhere := door.next_page(path, said):
        return redirect(elsewhere)
    kb = knowledge.load()
    if before_plan.still_to_ask(path.answers, kb):
        return redirect("course-safety")
    found = _plan(path, said)
    refused = course_plan.bookable(found)
    context = {
        "refused": refused.reason if isinstance(refused, Refused) else "",
        "needs_doctor": isinstance(refused, Refused) and refused.code == "plan-needs-approval",
        "open": _open_questions(found, kb),
        "plan": None if isinstance(found, NoPlan) else plan_lines(found, kb),
    }
    return render(request, "web/public/course/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def safety(request: HttpRequest) -> HttpResponse:
    """What could still limit massage for this person, asked a page at a time; then on to the plan or the doctor.

    It comes before a doctor is asked: the doctor then sees all of it, and no later answer voids what was said.
    """
    path, said = door.standing(request)
    if path.is_danger or not path.is_done:
        return redirect("answer" if path.is_danger else "check")
    kb = knowledge.load()
    screen = before_plan.next_screen(path.answers, kb)
    if screen is None:
        return redirect(_after_safety(request, path, said))
    if request.method != "POST":
        return _safety_page(request, screen, {}, {}, kb)
    sent = fields.sent_from(request.POST)
    if request.POST.get("asked") != asked_on(screen):
        return redirect(request.get_full_path())
    parsed = fields.parse(screen, sent, kb)
    if parsed.errors:
        return _safety_page(request, screen, sent, parsed.errors, kb)
    more = said.with_values(parsed.values)
    after = walk(more.answers, kb, more.told)
    if said.agreement and _asks_no_more_of_a_doctor(path, after):
        more = replace(more, agreement=said.agreement)
    response = redirect(_after_safety(request, after, more))
    check.write(response, more)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@private
def when(request: HttpRequest) -> HttpResponse:
    """When somebody can come."""
    path, said = door.standing(request)
    if elsewhere := door.next_page(path, said):
        return redirect(elsewhere)
    found = course_plan.bookable(_plan(path, said))
    if isinstance(found, Refused):
        return redirect("plan")
    offered = practice.current_practice()
    draft = course_state.current(request, path, said)
    if request.method != "POST":
        form = WhenForm(plan=found, offered=offered, initial=draft.when or _usual(found))
        return _when_page(request, form, found, offered)
    form = WhenForm(request.POST, plan=found, offered=offered)
    if not form.is_valid():
        return _when_page(request, form, found, offered)
    course_state.write(request, replace(draft, when=form.said(), pins=(), excluded=(), series=()))
    return redirect("course-dates")


def _after_safety(request: HttpRequest, path: Path, said: Check) -> str:
    """Where to go on: to the doctor's step for whoever needs it or came from there, else to the plan."""
    wants_doctor = request.GET.get("then") == "doctor"
    return door.next_page(path, said) or ("doctor" if wants_doctor else "plan")


def _asks_no_more_of_a_doctor(before: Path, after: Path) -> bool:
    """Whether a doctor who agreed before need not be asked again: nothing new calls for approval."""
    plans = [course_plan.plan_for(path.answers, on_agreement=False) for path in (before, after)]
    reasons = [plan.needs_approval_because for plan in plans if isinstance(plan, CoursePlan)]
    same = before.assessment.disposition is after.assessment.disposition
    return same and len(reasons) == len(plans) and set(reasons[1]) <= set(reasons[0])


def _open_questions(found: CoursePlan | NoPlan, kb: Knowledge) -> tuple[str, ...]:
    """The questions that somebody was not sure about and that the plan hangs on."""
    if isinstance(found, NoPlan) or found.state != "needs-answers":
        return ()
    return tuple(kb.findings[code].question for code in found.open_questions)


def _safety_page(
    request: HttpRequest, screen: Screen, sent: Sent, errors: dict[str, str], kb: Knowledge
) -> HttpResponse:
    shown = {
        "screen": screen,
        "fields": fields.fields_of(screen, sent, errors, kb),
        "errors": errors,
        "asked": asked_on(screen),
    }
    context = {"shown": shown, "none_chosen": fields.NONE_OF_THESE in sent}
    return render(request, "web/public/course/safety.html", context, status=_FAULTY if errors else 200)


def _plan(path: Path, said: Check) -> CoursePlan | NoPlan:
    """The plan on what was said, bound by what a doctor answered, if one was asked about it."""
    bound = clearance.binding(intake.load(said.asked.key), timezone.now()) if said.asked else None
    is_word_enough = path.assessment.disposition is Disposition.DOCTOR_FIRST
    return course_plan.plan_for(
        path.answers, on_agreement=is_word_enough and said.agreement is not None, clearance=bound
    )


def _usual(found: CoursePlan) -> dict[str, Any]:
    return {"sessions": found.sessions, "same": Continuity.IF_POSSIBLE.value, "rather": ""}


def _when_page(
    request: HttpRequest, form: WhenForm, found: CoursePlan, offered: PracticeView
) -> HttpResponse:
    context = {"form": form, "plan": found, "offered": offered}
    return render(request, "web/public/course/when.html", context, status=_FAULTY if form.errors else 200)

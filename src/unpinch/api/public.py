"""What everybody may ask: the practice, its free times, the questions, and a judgement that nobody keeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from ninja import Query, Router

from unpinch.api.schemas import AnswersIn, ErrorOut, FreeTimeOut, FreeTimesAsked
from unpinch.clinical import assess, findings, knowledge, questions
from unpinch.services import assessment_json, availability, practice
from unpinch.services.availability import FreeTimesQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from unpinch.services.availability import FreeTime

router = Router(tags=["public"])


@router.get("/practice", response=dict[str, Any], summary="The practice, its places, services and therapists")
def get_practice(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - every operation takes it
    """Codes of services, locations and therapists that the other operations ask for."""
    found = practice.current_practice()
    return {
        "name": found.name,
        "phone": found.phone,
        "email": found.email,
        "time_zone": found.time_zone,
        "terms": found.terms,
        "locations": [
            {"code": one.code, "name": one.name, "address": one.address, "time_zone": one.time_zone}
            for one in found.locations
        ],
        "services": [
            {
                "code": one.code,
                "name": one.name,
                "minutes": one.minutes,
                "skill": one.skill,
                "price_minor": one.price_minor,
                "currency": one.currency,
            }
            for one in found.services
        ],
        "therapists": [{"code": one.code, "name": one.name} for one in found.therapists],
    }


@router.get(
    "/free-times",
    response={200: list[FreeTimeOut], 404: ErrorOut, 422: ErrorOut},
    summary="Free times of a service",
)
def list_free_times(
    request: HttpRequest,  # noqa: ARG001 - every operation takes it
    asked: Query[FreeTimesAsked],
) -> HttpResponse:
    """Every start that can be booked now, the earliest first. What is listed is what booking accepts."""
    query = FreeTimesQuery(
        practice.current_practice_id(),
        asked.service,
        asked.first_day,
        asked.days,
        asked.location,
        asked.therapist,
    )
    return HttpResponse(
        _listed(availability.free_times(query)), content_type="application/json; charset=utf-8"
    )


def _listed(times: Sequence[FreeTime]) -> str:
    """As the schema says, written by hand: a month of a large practice is 14,000 starts."""
    codes: dict[str, str] = {}
    rows, last, starts = [], None, ""
    for at, location, _, therapist, _ in times:
        if at is not last:
            last, starts = at, at.isoformat().replace("+00:00", "Z")
        for code in (location, therapist):
            if code not in codes:
                codes[code] = json.dumps(code)
        rows.append(
            f'{{"starts": "{starts}", "location": {codes[location]}, "therapist": {codes[therapist]}}}'
        )
    return f"[{', '.join(rows)}]"


@router.get("/questions", response=list[dict[str, Any]], summary="Every question that can be asked")
def list_questions(request: HttpRequest) -> list[dict[str, Any]]:  # noqa: ARG001 - every operation takes it
    """In asking order, with their choices."""
    return [
        {
            "code": one.code,
            "text": one.text,
            "help": one.help,
            "answer_type": one.answer_type,
            "choices": [{"code": choice.code, "text": choice.text} for choice in one.choices],
        }
        for one in questions.catalogue(knowledge.load())
    ]


@router.post(
    "/assess", response={200: dict[str, Any], 422: ErrorOut}, summary="Judge answers; nothing is kept"
)
def assess_answers(request: HttpRequest, given: AnswersIn) -> dict[str, Any]:  # noqa: ARG001
    """The judgement on these answers, and the codes of the questions to ask next. Not stored, not logged."""
    kb = knowledge.load()
    answers = findings.parse_answers(given.raw(), kb)
    step = assess.step(answers, frozenset(answers.values), kb)
    return {
        "assessment": assessment_json.dump(step.assessment),
        "ask_next": [question.code for question in step.screen.questions] if step.screen else [],
    }

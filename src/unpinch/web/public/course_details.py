"""The last step to a booked course: who it is for; then all of it is booked, or none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from unpinch.kernel.errors import InputError
from unpinch.services import course, practice
from unpinch.services.course import BookCourseCommand, CourseBooked, CourseTaken, NoTimes, Offer
from unpinch.services.outcomes import Refused
from unpinch.web.private import private
from unpinch.web.public import course_state, door
from unpinch.web.public.book import DetailsForm
from unpinch.web.public.course_dates import place_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.practice import PracticeView
    from unpinch.web.public.course_state import CourseDraft

_FAULTY = 422


@require_http_methods(["GET", "HEAD", "POST"])
@private
def details(request: HttpRequest) -> HttpResponse:
    """Who it is for; then book all of it."""
    draft = course_state.of_request(request)
    if isinstance(draft, str):
        return redirect(draft)
    if not draft.series:
        return redirect("course-dates")
    offered = practice.current_practice()
    if request.method != "POST":
        return _details_page(request, draft, DetailsForm(country=offered.country), offered)
    form = DetailsForm(request.POST, country=offered.country)
    if not form.is_valid():
        return _details_page(request, draft, form, offered)
    return _book(request, draft, form, offered)


def _book(request: HttpRequest, draft: CourseDraft, form: DetailsForm, offered: PracticeView) -> HttpResponse:
    """Keep the answers and book on them."""
    path, said = door.standing(request)
    try:
        door.keep_under(UUID(draft.stored), path, said, offered.id)
    except InputError as error:
        # What was said about the doctor's agreement cannot be: back to where it was said.
        messages.warning(request, error.message)
        return redirect("doctor")
    try:
        outcome = course.book(_command(draft, form, offered))
    except InputError as error:
        form.add_error(error.code if error.code in form.fields else None, error.message)
        return _details_page(request, draft, form, offered)
    match outcome:
        case CourseBooked(token=token):
            course_state.forget(request)
            return redirect("course", token=token)
        case CourseTaken(nearest=nearest):
            return _taken_page(request, draft, form, offered, nearest)
        case Refused():
            return _details_page(request, draft, form, offered, refused=outcome)


def _command(draft: CourseDraft, form: DetailsForm, offered: PracticeView) -> BookCourseCommand:
    given = form.cleaned_data
    return BookCourseCommand(
        practice_id=offered.id,
        key=UUID(draft.key),
        assessment_key=UUID(draft.stored),
        location_code=draft.location,
        sessions=draft.series,
        name=given["name"],
        email=given["email"],
        phone=given["phone"],
        agrees_to_terms=given["terms"],
        wishes=draft.question(offered.id).wishes,
    )


def _details_page(
    request: HttpRequest,
    draft: CourseDraft,
    form: DetailsForm,
    offered: PracticeView,
    *,
    refused: Refused | None = None,
    taken: bool = False,
) -> HttpResponse:
    # Asked with all sessions fixed, the search tells whether they are still free, with names, price and reviews.
    found = course.propose(replace(draft.question(offered.id), pins=draft.series, excluded=()))
    if not isinstance(found, Offer) and refused is None:
        return redirect("course-dates")
    context = {
        "form": form,
        "offered": offered,
        "offer": found if isinstance(found, Offer) else None,
        "place": place_of(offered, draft.location),
        "refused": refused,
        "taken": taken,
    }
    is_faulty = bool(form.errors) or refused is not None or taken
    return render(request, "web/public/course/details.html", context, status=_FAULTY if is_faulty else 200)


def _taken_page(
    request: HttpRequest,
    draft: CourseDraft,
    form: DetailsForm,
    offered: PracticeView,
    nearest: Offer | NoTimes,
) -> HttpResponse:
    """Somebody was faster: the nearest other course, with what was typed still there."""
    if not isinstance(nearest, Offer):
        return redirect("course-dates")
    draft = draft.with_series(nearest.series)
    course_state.write(request, draft)
    return _details_page(request, draft, form, offered, taken=True)

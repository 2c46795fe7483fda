"""The pages for who gives massage and what they have learned."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from unpinch.clinical import knowledge
from unpinch.services import setup_offers, setup_therapists
from unpinch.services.setup_rules import Skill, TherapistDetails
from unpinch.web.callers import for_owners
from unpinch.web.owner import choices
from unpinch.web.owner.editing import Page, edit
from unpinch.web.owner.forms import TherapistForm
from unpinch.web.private import private
from unpinch.web.public.words import names_of_regions

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller

_TEMPLATE = "web/owner/therapist.html"


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def therapist_new(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Somebody new."""
    said = _("The therapist is added. Say when they work next.")
    form, more = _form(request, caller, TherapistDetails(name=""))
    page = Page(_("A new therapist"), "practice", _("Practice"), "practice", said, _TEMPLATE, more=more)
    return edit(
        request,
        caller,
        form,
        page,
        lambda data: setup_therapists.add_therapist(caller, _details(data)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def therapist(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Change somebody."""
    found = setup_therapists.therapist(caller, number)
    form, more = _form(request, caller, found)
    done = reverse("hours", kwargs={"number": number})
    page = Page(
        found.name,
        "practice",
        _("Practice"),
        done,
        _("The therapist is kept."),
        _TEMPLATE,
        can_hit=True,
        more={**more, "therapist": found},
    )
    return edit(
        request,
        caller,
        form,
        page,
        lambda data: setup_therapists.change_therapist(caller, number, _details(data)),
    )


def _details(data: dict[str, Any]) -> TherapistDetails:
    skills = [Skill(*value.split("|")) for value in data.pop("skills")]
    if other := data.pop("new_skill"):
        skills.append(Skill(other))
    return TherapistDetails(skills=tuple(skills), **data)


def _form(
    request: HttpRequest, caller: Caller, found: TherapistDetails
) -> tuple[TherapistForm, dict[str, Any]]:
    """The form, and its boxes by kind of massage: everywhere, or region by region."""
    codes = setup_offers.skills(caller)
    regions = names_of_regions(knowledge.load())
    offered = [f"{code}|{region}" for code in codes for region in ("", *regions)]
    initial = asdict(found) | {"skills": [f"{one.skill}|{one.region}" for one in found.skills]}
    data = request.POST if request.method == "POST" else None
    form = TherapistForm(data, initial=initial, skills=[(value, value) for value in offered])
    ticked = set(form["skills"].value() or ())
    boxes = [
        {
            "name": choices.skill_name(code),
            "everywhere": (f"{code}|", f"{code}|" in ticked),
            "regions": [
                (f"{code}|{key}", words, f"{code}|{key}" in ticked) for key, words in regions.items()
            ],
            "some": sum(f"{code}|{key}" in ticked for key in regions),
        }
        for code in codes
    ]
    return form, {"boxes": boxes}

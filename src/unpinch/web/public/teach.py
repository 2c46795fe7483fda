"""Public pages that explain: one for every condition, one for each question asked in general, and their index.

Made from the knowledge alone, the same for everyone: they may be kept by browsers and found by search engines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import conditional_page, require_safe

from unpinch.clinical import knowledge, teach
from unpinch.kernel.body_chart import all_marks
from unpinch.web.public import chart, history, structured, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest
    from django.utils.functional import Promise

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.topic_table import Topic
    from unpinch.clinical.teach import ConditionPage
    from unpinch.kernel.body_chart import Mark

_KEPT_FOR_SECONDS = 600
VERDICTS = {
    "supports": gettext_lazy("True"),
    "nuances": gettext_lazy("Partly true"),
    "contradicts": gettext_lazy("Not true"),
    "no-evidence": gettext_lazy("No evidence"),
}
PARTS: dict[str, str | Promise] = {
    "neck": gettext_lazy("Neck and head"),
    "shoulder": gettext_lazy("Shoulder"),
    "elbow": gettext_lazy("Elbow and forearm"),
    "hand": gettext_lazy("Wrist and hand"),
    "back": gettext_lazy("Back and ribs"),
    "hip": gettext_lazy("Buttock and hip"),
    "thigh": gettext_lazy("Thigh"),
    "foot": gettext_lazy("Lower leg and foot"),
    "all-over": gettext_lazy("Many places"),
    "danger": gettext_lazy("Not a pinched nerve"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A page to go to: its address, its name, and a few words on it."""

    url: str
    name: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One part of the body on the index."""

    code: str
    name: str
    question: Link
    conditions: tuple[Link, ...]


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that anybody may keep for a short while, and ask again whether it changed."""

    @require_safe
    @conditional_page
    def kept(request: HttpRequest, /, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = f"public, max-age={_KEPT_FOR_SECONDS}"
        return response

    return kept


@public
def index(request: HttpRequest) -> HttpResponse:
    """Every page by part of the body, and the general question."""
    kb = knowledge.load()
    page = teach.general_page(kb)
    context = {
        "page": page,
        "groups": _groups(kb),
        "claims": _claims(page.claims),
        "canonical": _canonical(reverse("learn")),
        "data": structured.as_json(
            structured.question(page.title, page.answer, _canonical(reverse("learn")))
        ),
    }
    return render(request, "web/public/learn.html", context)


@public
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The page of a condition or of a general question."""
    kb = knowledge.load()
    if code in kb.conditions:
        return _condition(request, code, kb)
    if code in kb.topics:
        return _topic(request, code, kb)
    raise Http404


def _condition(request: HttpRequest, code: str, kb: Knowledge) -> HttpResponse:
    found = _condition_page(code, kb)
    canonical = _canonical(reverse("learn-page", args=[code]))
    context = {
        "page": found,
        "title": found.plain_name[:1].upper() + found.plain_name[1:],
        "description": found.massage.sentence,
        "pictures": _pictures(found.regions, kb),
        "certainty": words.certainty(found.massage),
        "verdict": words.verdict(found.massage),
        "chart": history.chart(found.going),
        "claims": _claims(found.claims),
        "topics": tuple(_topic_link(topic) for topic in kb.topics.values() if code in topic.conditions),
        "canonical": canonical,
        "data": structured.as_json(structured.condition(found, canonical)),
    }
    return render(request, "web/public/learn_condition.html", context)


def _topic(request: HttpRequest, code: str, kb: Knowledge) -> HttpResponse:
    found = teach.topic_page(code, kb)
    canonical = _canonical(reverse("learn-page", args=[code]))
    context = {
        "page": found,
        "rows": tuple(_topic_row(page) for page in found.conditions),
        "claims": _claims(found.claims),
        "canonical": canonical,
        "data": structured.as_json(structured.question(found.question, found.answer, canonical)),
    }
    return render(request, "web/public/learn_topic.html", context)


@lru_cache(maxsize=128)
def _condition_page(code: str, kb: Knowledge) -> ConditionPage:
    return teach.condition_page(code, kb)


@lru_cache(maxsize=128)
def _pictures(regions: tuple[str, ...], kb: Knowledge) -> tuple[chart.Drawn, ...]:
    """The usual places on the body, drawn on the right side."""
    return chart.marked_pictures(_marks(regions), words.names_of_regions(kb))


def _marks(regions: Iterable[str]) -> tuple[Mark, ...]:
    wanted = set(regions)
    return tuple(mark for mark in all_marks() if mark.region in wanted and mark.side in ("right", "middle"))


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One condition on the page of a general question."""

    link: Link
    verdict: str
    certainty: words.Certainty
    sentence: str


def _topic_row(page: ConditionPage) -> TopicRow:
    link = _condition_link(page.code, page.plain_name, page.name)
    return TopicRow(link, words.verdict(page.massage), words.certainty(page.massage), page.massage.sentence)


def _condition_link(code: str, plain_name: str, name: str) -> Link:
    return Link(reverse("learn-page", args=[code]), plain_name[:1].upper() + plain_name[1:], name)


def _topic_link(topic: Topic) -> Link:
    return Link(reverse("learn-page", args=[topic.code]), topic.question)


def _groups(kb: Knowledge) -> tuple[Group, ...]:
    found = []
    for topic in kb.topics.values():
        rows = (kb.conditions[code] for code in topic.conditions)
        links = tuple(_condition_link(row.code, row.plain_name, row.name) for row in rows)
        found.append(Group(topic.part, str(PARTS.get(topic.part, topic.part)), _topic_link(topic), links))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Claim:
    """Something often said, our verdict in a word or two, and why."""

    text: str
    verdict: str
    kind: str
    nuance: str


def _claims(claims: Iterable[teach.Claim]) -> tuple[Claim, ...]:
    return tuple(
        Claim(one.text, str(VERDICTS.get(one.verdict, one.verdict)), one.verdict, one.nuance)
        for one in claims
    )


def _canonical(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


@public
def sitemap(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view takes it
    """Every page that search engines may show."""
    kb = knowledge.load()
    paths = [reverse("landing"), reverse("learn"), reverse("emergency")]
    paths += [reverse("learn-page", args=[code]) for code in (*kb.topics, *kb.conditions)]
    changed = kb.version[:10]
    lines = [f"<url><loc>{_canonical(path)}</loc><lastmod>{changed}</lastmod></url>" for path in paths]
    start = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    )
    return HttpResponse("\n".join([start, *lines, "</urlset>", ""]), content_type="application/xml")

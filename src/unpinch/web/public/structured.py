"""Facts for search engines, as JSON-LD. It is data and not a script, so the content security policy lets it be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from unpinch.clinical.teach import ConditionPage

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def as_json(data: dict[str, Any]) -> SafeString:
    """JSON that cannot end the element it stands in."""
    return mark_safe(json.dumps({"@context": "https://schema.org", **data}).translate(_ESCAPES))  # noqa: S308 - escaped here


def condition(page: ConditionPage, url: str) -> dict[str, Any]:
    """A page about a condition. Says nothing that the page does not say."""
    return {
        "@type": "MedicalWebPage",
        "url": url,
        "name": page.plain_name,
        "about": {
            "@type": "MedicalCondition",
            "name": page.name,
            "alternateName": page.plain_name,
            "signOrSymptom": [{"@type": "MedicalSymptom", "name": sign.text} for sign in page.feels],
        },
        "audience": {"@type": "PeopleAudience", "audienceType": "Patient"},
        "citation": [source.citation for source in page.sources if source.url],
    }


def question(name: str, answer: str, url: str) -> dict[str, Any]:
    """A page that answers one question."""
    accepted = {"@type": "Answer", "text": answer}
    return {
        "@type": "FAQPage",
        "url": url,
        "mainEntity": [{"@type": "Question", "name": name, "acceptedAnswer": accepted}],
    }

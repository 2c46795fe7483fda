"""The pages that explain: whole for every condition, findable, kept by browsers, and the same for everyone."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people import KB
from unpinch.clinical import teach
from unpinch.clinical.knowledge.reading_age import grade
from unpinch.clinical.values import SourceClass
from unpinch.web.public import history

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def page(client: Client, code: str) -> str:
    response = client.get(f"/learn/{code}")
    assert response.status_code == 200, code
    return response.content.decode()


def data(html: str) -> Any:
    return json.loads(html.split('<script type="application/ld+json">')[1].split("</script>", maxsplit=1)[0])


@pytest.mark.parametrize("code", [*KB.conditions, *KB.topics])
def test_every_page_opens_and_can_be_found(client: Client, code: str) -> None:
    html = page(client, code)
    assert f'<link rel="canonical" href="{settings.PUBLIC_URL}/learn/{code}">' in html
    assert re.search(r'<meta name="description" content="[^"]{20,}">', html)
    assert html.count("<h1>") == 1
    assert data(html)["@context"] == "https://schema.org"
    assert " style=" not in html
    assert "noindex" not in html


@pytest.mark.parametrize("code", KB.conditions)
def test_a_condition_says_what_helps_and_where_it_comes_from(client: Client, code: str) -> None:
    html = page(client, code)
    for heading in ("Can massage help?", "What it feels like", "When to see a doctor", "What this is not"):
        assert f"<h2>{heading}</h2>" in html
    is_danger = KB.conditions[code].source_class is SourceClass.DANGER
    assert ("Start the check" in html) is not is_danger


def test_no_condition_is_without_a_general_question() -> None:
    told = {code for topic in KB.topics.values() for code in topic.conditions}
    assert told == set(KB.conditions)


@pytest.mark.parametrize("code", KB.topics)
def test_general_answers_are_easy_to_read(code: str) -> None:
    topic = KB.topics[code]
    assert grade(topic.answer) <= KB.number("reading-grade-max")
    assert topic.question.endswith("?")


def test_the_index_leads_everywhere(client: Client) -> None:
    html = client.get("/learn").content.decode()
    for code in (*KB.conditions, *KB.topics):
        assert f'href="/learn/{code}"' in html


def test_the_start_page_and_the_map_lead_there(client: Client) -> None:
    assert 'href="/learn"' in client.get("/").content.decode()
    assert f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml" in client.get("/robots.txt").content.decode()
    found = ET.fromstring(client.get("/sitemap.xml").content)
    places = [place.text or "" for place in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(places) == 3 + len(KB.conditions) + len(KB.topics)
    assert all(client.get(place.removeprefix(settings.PUBLIC_URL)).status_code == 200 for place in places[:6])


def test_a_page_that_did_not_change_is_not_sent_again(client: Client) -> None:
    first = client.get("/learn/carpal-tunnel-syndrome")
    assert first.headers["Cache-Control"] == "public, max-age=600"
    again = client.get("/learn/carpal-tunnel-syndrome", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "address", ["/learn", "/learn/carpal-tunnel-syndrome", "/learn/when-it-is-not-a-pinched-nerve"]
)
def test_the_database_is_asked_for_the_practice_alone(client: Client, address: str) -> None:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(address)
    assert len(queries) <= 3, [query["sql"] for query in queries]


def test_a_page_that_does_not_exist_is_not_found(client: Client) -> None:
    assert client.get("/learn/nothing-like-this").status_code == 404


def test_a_common_claim_gets_our_verdict(client: Client) -> None:
    html = page(client, "lateral-epicondylalgia")
    assert "Not true" in html
    assert "tendon" in html


def test_the_chart_shows_what_the_words_say() -> None:
    going = teach.condition_page("lumbar-radiculopathy", KB).going
    chart = history.chart(going)
    assert chart is not None
    assert len(chart.paths) == 1
    assert [(point.weeks, point.share) for point in chart.points] == [(6, "50"), (52, "95")]
    heights = [point.y for point in chart.points]
    assert heights[0] > heights[1] > history.TOP - 1


def test_structured_data_cannot_end_its_element(client: Client) -> None:
    from unpinch.web.public.structured import as_json  # noqa: PLC0415 - beside what it is for

    assert "<" not in as_json({"name": "</script><script>"})
    assert (
        data(page(client, "carpal-tunnel-syndrome"))["about"]["name"]
        == KB.conditions["carpal-tunnel-syndrome"].name
    )


def test_reading_sets_no_cookie(client: Client) -> None:
    assert not client.get("/learn/carpal-tunnel-syndrome").cookies


def test_studies_that_looked_once_get_a_dot_and_no_line() -> None:
    chart = history.chart(teach.condition_page("carpal-tunnel-syndrome", KB).going)
    assert chart is not None
    assert chart.paths == ()
    assert len(chart.points) >= 1
    assert history.chart(()) is None

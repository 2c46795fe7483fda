"""An interview leaves nothing behind: no row in any table, nothing in the logs, nothing in addresses."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.apps import apps
from django.urls import reverse

from clinic import NOW, make_practice, well
from unpinch.records.models import TryCount
from visitor import visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def rows() -> dict[str, int]:
    """How many rows each table has; counts of tries are not about anybody."""
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_app_config("records").get_models()
        if model is not TryCount
    }


def test_answering_and_reading_the_answer_stores_nothing(caplog: pytest.LogCaptureFixture) -> None:
    make_practice()
    before = rows()
    browser = visitor(well())
    with caplog.at_level(logging.DEBUG):
        seen = [
            browser.get(reverse(name)) for name in ("check", "answer", "plan", "book", "emergency", "learn")
        ]
        seen += [browser.get(reverse("screen", args=[number])) for number in (1, 2, 3)]
        told = browser.post(reverse("own-words"), {"text": "My grandmother's teapot hurts my left wrist"})
    assert all(page.status_code in {200, 302} for page in seen)
    assert told.status_code < 500
    assert rows() == before
    said = " ".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
    )
    for word in ("teapot", "p-press-knot", "shoulder-top", "slowly-over-weeks"):
        assert word not in said
        assert all(word not in page.headers.get("Location", "") for page in [*seen, told])


def test_starting_again_forgets_what_the_browser_held() -> None:
    make_practice()
    browser = visitor(well())
    assert browser.get(reverse("answer")).status_code == 200
    browser.post(reverse("restart"))
    assert browser.get(reverse("answer")).status_code == 302

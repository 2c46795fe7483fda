"""Pages for when something is wrong: the status, plain words, and a way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client as Browser

from clinic import make_practice
from unpinch.records.models import Practice
from unpinch.web.public import chart

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Browser]:
    """A browser of a site whose start page fails with words that nobody may read."""

    def fail(*_: object) -> None:
        raise ValueError("region-calf of Ada Byron")

    monkeypatch.setattr(chart, "marked_pictures", fail)
    return lambda: Browser(raise_request_exception=False)


def test_a_fault_of_ours_is_told_without_its_words(
    broken: Callable[[], Browser], capsys: pytest.CaptureFixture[str]
) -> None:
    make_practice()
    response = broken().get("/")
    page = response.content.decode()
    assert response.status_code == 500
    assert "Something broke on our side" in page
    assert 'href="/emergency"' in page
    assert "region-calf" not in page
    assert "Ada" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["/nothing", "/%00", "/static/nothing.css", "/book/a/b/c", "/" + "x" * 5000]
)
def test_what_is_not_there_says_so(address: str) -> None:
    make_practice()
    response = Browser().get(address)
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_before_there_is_a_practice_help_in_an_emergency_works_and_booking_says_why_not() -> None:
    assert not Practice.objects.exists()
    assert Browser().get("/emergency").status_code == 200
    assert Browser().get("/").status_code == 200
    assert Browser().get("/healthz").content.startswith(b"ok ")

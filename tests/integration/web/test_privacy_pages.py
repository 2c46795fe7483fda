"""A client's own data: the page, and the file."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clinic import make_practice
from record_of_ada import full_record
from unpinch.records.models import Appointment, AuditEvent, SignIn
from unpinch.records.models import Client as Clients

if TYPE_CHECKING:
    from unpinch.records.models import Client

FUTURE = datetime(2126, 11, 24, 8, 0, tzinfo=UTC)
PAST = datetime(2025, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def ada(db: None) -> Client:
    return full_record(make_practice())


def logged_in(client: Client) -> Browser:
    browser = Browser()
    assert client.user is not None
    browser.force_login(client.user)
    return browser


def test_the_page_leads_everywhere(ada: Client) -> None:
    browser = logged_in(ada)
    assert reverse("my-data") in browser.get(reverse("me")).content.decode()
    page = browser.get(reverse("my-data")).content.decode()
    for name in ("my-data-download", "record-own", "consents"):
        assert reverse(name) in page


def test_the_download_is_a_file_that_no_cache_keeps(ada: Client) -> None:
    answer = logged_in(ada).post(reverse("my-data-download"))
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert answer["Cache-Control"] == "no-store, private"
    assert "record.pdf" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert AuditEvent.objects.filter(action="client.export", about=ada.pk).count() == 1


def test_looking_at_the_page_exports_nothing(ada: Client) -> None:
    browser = logged_in(ada)
    browser.get(reverse("my-data"))
    assert browser.get(reverse("my-data-download")).status_code == 405
    assert not AuditEvent.objects.filter(action="client.export").exists()


def test_erasing_asks_for_the_address_and_settles_bookings_first(ada: Client) -> None:
    browser = logged_in(ada)
    Appointment.objects.update(ends_at=FUTURE, busy_until=FUTURE)
    assert "appointments to come" in browser.get(reverse("my-data-erase")).content.decode()
    assert browser.post(reverse("my-data-erase"), {"email": ada.email}).status_code == 422
    Appointment.objects.update(starts_at=PAST, ends_at=PAST + timedelta(hours=1), busy_from=PAST)
    assert browser.post(reverse("my-data-erase"), {"email": "bob@clients.example"}).status_code == 422
    assert Clients.objects.get(pk=ada.pk).name == "Ada Byron"
    answer = browser.post(reverse("my-data-erase"), {"email": " ADA@clients.example"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("my-data-erased"))
    assert Clients.objects.get(pk=ada.pk).name == "Erased"
    assert browser.get(reverse("me")).status_code == 302
    assert b"gone" in browser.get(reverse("my-data-erased")).content


def test_a_login_of_long_ago_is_asked_for_again(ada: Client) -> None:
    browser = logged_in(ada)
    SignIn.objects.update(created_at=PAST)
    answer = browser.get(reverse("my-data-erase"))
    assert (answer.status_code, answer["Location"].startswith(reverse("login"))) == (302, True)

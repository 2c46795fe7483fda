"""A client's own data: the page, and the file."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clinic import make_practice
from record_of_ada import full_record
from unpinch.records.models import AuditEvent

if TYPE_CHECKING:
    from unpinch.records.models import Client


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

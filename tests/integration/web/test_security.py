"""What protects every page: Django's own deployment check, headers and cookies."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.test import Client as Browser

from clinic import make_practice

if TYPE_CHECKING:
    from pathlib import Path


def deployed(folder: Path, program: str) -> str:
    """What a program prints that runs with the settings of a practice behind HTTPS."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("UNPINCH_")},
            "DJANGO_SETTINGS_MODULE": "unpinch.config.settings",
            "UNPINCH_DATA": str(folder),
            "UNPINCH_URL": "https://booking.example.org",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_djangos_deployment_check_finds_nothing(tmp_path: Path) -> None:
    program = """
import django; django.setup()
from django.core.management import call_command
call_command("check", deploy=True, fail_level="DEBUG")
"""
    assert "no issues" in deployed(tmp_path, program)


def test_cookies_travel_encrypted_and_out_of_reach_of_scripts(tmp_path: Path) -> None:
    program = """
from django.conf import settings as s
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY)
print(s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE, s.SESSION_COOKIE_NAME, s.SECURE_HSTS_SECONDS >= 31536000)
"""
    assert deployed(tmp_path, program).split() == ["True"] * 4 + ["Lax", "Lax", "__Host-sessionid", "True"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/login", "/nothing-here", "/emergency"])
def test_every_answer_carries_the_headers(address: str) -> None:
    make_practice()
    headers = Browser().get(address).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("camera=()")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_pages_about_accounts_are_kept_by_nobody() -> None:
    browser = Browser()
    browser.force_login(make_practice().ann_user)
    for address in ("/account", "/login", "/account/password", "/account/authenticator", "/today"):
        assert browser.get(address)["Cache-Control"] == "no-store, private"

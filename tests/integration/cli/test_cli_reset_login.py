"""``unpinch admin reset-login``: the way back in for somebody who has lost everything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from clinic import make_practice
from unpinch.cli import installed
from unpinch.records.models import AuditEvent, SignIn
from unpinch.services import second_factor, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    Unpinch = Callable[..., Any]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "open_installation", lambda: None)


def test_it_gives_a_password_and_ends_everything_else(unpinch: Unpinch) -> None:
    user = make_practice().ann_user
    second_factor.new_recovery_codes(user.pk)
    sign_in.begin(user.pk, how="password", has_second_factor=False)
    outcome = unpinch("admin", "reset-login", "Ann@harbour.example")
    password = re.search(r"shown this once: (\S+)", outcome.out)
    assert (outcome.status, bool(password)) == (0, True)
    user.refresh_from_db()
    assert password is not None
    assert user.check_password(password[1])
    assert second_factor.factors_of(user.pk).recovery_codes == 0
    assert not SignIn.objects.filter(ended_at__isnull=True).exists()
    assert AuditEvent.objects.filter(action="account.reset", actor="system").count() == 1


def test_an_address_that_nobody_logs_in_with_is_named(unpinch: Unpinch) -> None:
    make_practice()
    outcome = unpinch("admin", "reset-login", "nobody@harbour.example")
    assert (outcome.status, "nobody@harbour.example" in outcome.err) == (2, True)

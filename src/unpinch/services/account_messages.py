"""The words of messages about accounts: codes and invitations, and never anything about health."""

from __future__ import annotations

import uuid
from html import escape
from typing import TYPE_CHECKING

from django.conf import settings

from unpinch.services.messages import Draft

if TYPE_CHECKING:
    from unpinch.records.models import Invitation, Practice

INVITATION_PATH = "/invited/{token}/"
"""Where an invitation is accepted, for the link in its message."""
_ROLES = {"therapist": "a massage therapist", "desk": "the front desk", "owner": "an owner"}


def login_code(practice: Practice, to: str, code: str, minutes: int) -> Draft:
    """The code with which its reader logs in."""
    lines = [
        f"Your code for logging in to {practice.name}:",
        code,
        f"It is good once, for {minutes} minutes. Type it where you asked for it, and tell it to nobody.",
        "You did not ask for a code? Then somebody typed your address by mistake, and you need to do nothing.",
    ]
    return _draft(practice, "login-code", to, "Your code for logging in", lines)


def invitation(row: Invitation, practice: Practice, inviter: str, token: str, days: int) -> Draft:
    """The link with which somebody becomes staff."""
    link = f"{settings.PUBLIC_URL}{INVITATION_PATH.format(token=token)}"
    lines = [
        f"Hello {row.name},",
        f"{inviter} invites you to work with {practice.name} as {_ROLES[row.role]}.",
        f"To make your account, open {link}",
        f"The link is good once, for {days} days. You do not know {practice.name}? Then please ignore this message.",
    ]
    return _draft(practice, "invitation", row.email, f"Your account at {practice.name}", lines, link)


def changed(practice: Practice, to: str, what: str) -> Draft:
    """Tells somebody that the way they log in has changed, in case it was not them."""
    lines = [
        f"{what} for your account at {practice.name}.",
        f"Was that you? Then all is well. If not, call us now: {practice.phone}",
    ]
    return _draft(practice, "account-changed", to, "Your account has changed", lines)


def _draft(practice: Practice, kind: str, to: str, subject: str, lines: list[str], link: str = "") -> Draft:
    shown = [escape(line) for line in lines]
    if link:
        shown = [line.replace(escape(link), f'<a href="{escape(link)}">{escape(link)}</a>') for line in shown]
    page = ['<!doctype html><html lang="en"><meta charset="utf-8"><body>']
    return Draft(
        practice_id=practice.pk,
        appointment_id=None,
        idempotency_key=f"{kind}:{uuid.uuid4()}",
        kind=kind,
        to=to,
        subject=f"{subject} – {practice.name}",
        text="\n\n".join(lines) + "\n",
        html="\n".join([*page, *(f"<p>{line}</p>" for line in shown), "</body></html>"]),
        ics="",
        ics_method="",
    )

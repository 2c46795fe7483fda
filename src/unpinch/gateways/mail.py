"""Sends one e-mail and says what became of it."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.utils import formataddr
from enum import StrEnum

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail. ``id`` stays the same over all tries, so that a mail program can tell a repeat."""

    id: str
    sender_name: str
    reply_to: str
    to: str
    subject: str
    text: str
    html: str
    ics: str
    ics_method: str


class Outcome(StrEnum):
    """What became of a try: taken by the mail server, surely not taken, refused for good, or nobody knows."""

    SENT = "sent"
    NOT_SENT = "not-sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome and the kind of fault, without the fault's own words."""

    outcome: Outcome
    fault: str = ""


def send(letter: Letter) -> Report:
    """Hand one letter to the mail server."""
    try:
        _compose(letter).send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, BadHeaderError) as error:
        return Report(Outcome.REFUSED, type(error).__name__)
    except smtplib.SMTPResponseException as error:
        # The server spoke: it did not take the letter. From 500 on it never will.
        fault = f"{type(error).__name__} {error.smtp_code}"
        is_login = isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError)
        return Report(Outcome.REFUSED if error.smtp_code >= 500 and not is_login else Outcome.NOT_SENT, fault)
    except (
        ConnectionRefusedError,
        FileNotFoundError,
        PermissionError,
        smtplib.SMTPNotSupportedError,
    ) as error:
        return Report(Outcome.NOT_SENT, type(error).__name__)
    except OSError as error:
        # smtplib's other errors are OSErrors too: the line broke, perhaps after the letter was taken.
        is_unresolved = type(error).__name__ == "gaierror"
        return Report(Outcome.NOT_SENT if is_unresolved else Outcome.UNKNOWN, type(error).__name__)
    return Report(Outcome.SENT)


def _compose(letter: Letter) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((letter.sender_name, settings.DEFAULT_FROM_EMAIL)),
        to=[letter.to],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={"Message-ID": f"<{letter.id}@unpinch>", "Auto-Submitted": "auto-generated"},
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    if letter.ics:
        # The charset is added by Django; naming it here would name it twice.
        message.attach_alternative(letter.ics, f"text/calendar; method={letter.ics_method}")
    return message

"""Sends one text message and says what became of it.

Which way is set by the installation: not at all, to the terminal, or by Twilio's HTTP interface
(POST /2010-04-01/Accounts/{account}/Messages.json with To, From and Body, signed in with account and token).
Twilio has no key that would let it tell a repeat, so a try of which nobody knows the end is not repeated.
"""

from __future__ import annotations

import base64
import http.client
import sys
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from django.conf import settings

from unpinch.gateways.mail import Outcome, Report

_SECONDS = 20.0
_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Text:
    """One text message. ``to`` is a number with its country, as +441174960123."""

    to: str
    words: str


class Provider(Protocol):
    """A way to send text messages. To add one, write a class with ``send`` and give ``provider`` a line."""

    def send(self, text: Text) -> Report:
        """Hand one message over, once."""


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """Where messages go: ``kind`` is "", "console" or "twilio"; the rest is Twilio's."""

    kind: str = ""
    account: str = ""
    token: str = ""
    sender: str = ""
    host: str = "api.twilio.com"
    port: int = 443
    is_encrypted: bool = True


class Console:
    """Writes messages to the terminal."""

    def send(self, text: Text) -> Report:
        """Write it."""
        sys.stdout.write(f"SMS to {text.to}: {text.words}\n")
        sys.stdout.flush()
        return Report(Outcome.SENT)


@dataclass(frozen=True, slots=True)
class Twilio:
    """Sends by Twilio's HTTP interface."""

    settings: SmsSettings

    def send(self, text: Text) -> Report:
        """Post it. What was surely not taken may be tried again; what was refused for good may not."""
        with_settings = self.settings
        kind = http.client.HTTPSConnection if with_settings.is_encrypted else http.client.HTTPConnection
        connection = kind(with_settings.host, with_settings.port, timeout=_SECONDS)
        try:
            connection.connect()
        except OSError as error:
            return Report(Outcome.NOT_SENT, type(error).__name__)
        try:
            login = f"{with_settings.account}:{with_settings.token}".encode()
            connection.request(
                "POST",
                f"/2010-04-01/Accounts/{with_settings.account}/Messages.json",
                urlencode({"To": text.to, "From": with_settings.sender, "Body": text.words}),
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Authorization": f"Basic {base64.b64encode(login).decode()}",
                },
            )
            return _report(connection.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            return Report(Outcome.UNKNOWN, type(error).__name__)  # perhaps after it was taken
        finally:
            connection.close()


def is_set_up() -> bool:
    """Whether text messages can be sent at all."""
    return bool(settings.SMS)


def send(text: Text) -> Report:
    """Hand one message to the way that is set up."""
    way = provider(SmsSettings(**settings.SMS))
    return Report(Outcome.REFUSED, "not set up") if way is None else way.send(text)


def provider(chosen: SmsSettings) -> Provider | None:
    """The way that the settings name; None for none."""
    if chosen.kind == "twilio":
        return Twilio(chosen)
    return Console() if chosen.kind == "console" else None


def _report(status: int) -> Report:
    if 200 <= status < 300:
        return Report(Outcome.SENT)
    fault = f"HTTP {status}"
    if status in {401, 403, _TOO_MANY}:
        return Report(Outcome.NOT_SENT, fault)  # the practice can mend it, or it passes
    if 400 <= status < 500:
        return Report(Outcome.REFUSED, fault)
    return Report(Outcome.UNKNOWN, fault)

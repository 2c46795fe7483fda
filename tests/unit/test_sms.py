"""Text messages: what Twilio is told, what its answers mean, and which settings are refused."""

from __future__ import annotations

import base64
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest

from unpinch.config import environment
from unpinch.gateways.mail import Outcome, Report
from unpinch.gateways.sms import Console, SmsSettings, Text, Twilio, provider
from unpinch.kernel.errors import SetupError

TEXT = Text("+441174960123", "Harbour Massage: 10:00")
TWILIO = SmsSettings("twilio", "AC123", "word", "+441174960100", "127.0.0.1", 0, is_encrypted=False)


class _Server(HTTPServer):
    status = 201
    asked: tuple[str, str, dict[str, list[str]]] | None = None


class _Twilio(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = parse_qs(self.rfile.read(length).decode())
        self.server.asked = (self.path, self.headers["Authorization"], body)
        if not self.server.status:
            return  # hangs up without a word
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Nothing."""


def said(status: int) -> tuple[Report, _Server]:
    server = _Server(("127.0.0.1", 0), _Twilio)
    server.status = status
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        report = Twilio(replace(TWILIO, port=server.server_port)).send(TEXT)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    return report, server


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (201, Outcome.SENT),
        (400, Outcome.REFUSED),
        (404, Outcome.REFUSED),
        (401, Outcome.NOT_SENT),
        (429, Outcome.NOT_SENT),
        (500, Outcome.UNKNOWN),
        (0, Outcome.UNKNOWN),
    ],
)
def test_what_an_answer_means(status: int, outcome: Outcome) -> None:
    assert said(status)[0].outcome is outcome


def test_what_is_posted() -> None:
    _report, server = said(201)
    login = base64.b64encode(b"AC123:word").decode()
    assert server.asked == (
        "/2010-04-01/Accounts/AC123/Messages.json",
        f"Basic {login}",
        {"To": [TEXT.to], "From": ["+441174960100"], "Body": [TEXT.words]},
    )


def test_a_server_that_is_not_there_has_surely_not_taken_it() -> None:
    server = _Server(("127.0.0.1", 0), _Twilio)
    port = server.server_port
    server.server_close()
    assert Twilio(replace(TWILIO, port=port)).send(TEXT).outcome is Outcome.NOT_SENT


def test_the_terminal_and_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert provider(SmsSettings()) is None
    assert Console().send(TEXT).outcome is Outcome.SENT
    assert "SMS to +441174960123: Harbour Massage: 10:00" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", {}),
        ("console://", {"kind": "console"}),
        (
            "twilio://AC1:w%2Fd@api.twilio.com?from=%2B4411",
            {
                "kind": "twilio",
                "account": "AC1",
                "token": "w/d",
                "sender": "+4411",
                "host": "api.twilio.com",
                "port": 443,
                "is_encrypted": True,
            },
        ),
    ],
)
def test_settings_are_read(url: str, expected: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNPINCH_SMS_URL", url)
    assert environment.sms() == expected


@pytest.mark.parametrize(
    "url", ["pigeon://x", "twilio://AC1@api.twilio.com?from=1", "twilio://AC1:w@api.twilio.com", "twilio://"]
)
def test_settings_that_cannot_be_used_are_refused_and_the_token_is_not_shown(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNPINCH_SMS_URL", url)
    with pytest.raises(SetupError) as caught:
        environment.sms()
    assert "UNPINCH_SMS_URL" in str(caught.value)
    assert "AC1" not in str(caught.value)

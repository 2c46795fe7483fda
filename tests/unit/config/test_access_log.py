"""The log tells what the server did and nothing about a person."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from unpinch.config.access_log import loggable, logged
from unpinch.config.log_lines import PrivateFormatter


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "/"),
        ("/ask/danger/", "/ask/danger/"),
        ("/learn/carpal-tunnel-syndrome/", "/learn/carpal-tunnel-syndrome/"),
        ("/a/Zk3v9QmT0a-Lw8_xR2bYcg/cancel", "/a/.../cancel"),
        ("/a/0b9d8c7e-1f2a-4b3c-8d4e-5f6a7b8c9d0e/", "/a/.../"),
        ("/a/eyJhbnN3ZXJzIjoxfQ:1tabc:Zk3v9QmT0a", "/a/..."),
        ("/a\nGET /forged 200", "/a?GET?/forged?200"),
        ("/" + "a-" * 400, "/" + "a-" * 99 + "a"),
    ],
    ids=["home", "page", "long-word", "token", "uuid", "signed", "forged-line", "endless"],
)
def test_a_path_is_logged_without_its_secrets(path: str, kept: str) -> None:
    assert loggable(path) == kept


def test_one_line_per_request_without_query_or_address(caplog: pytest.LogCaptureFixture) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None: ...

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/ask/",
        "query_string": b"where=region-saddle",
        "client": ("203.0.113.9", 4711),
    }
    with caplog.at_level(logging.INFO, logger="unpinch.access"):
        asyncio.run(logged(application)(scope, None, send))  # type: ignore[arg-type]
    (line,) = caplog.messages
    assert line.startswith("GET /ask/ 404 ")
    assert "saddle" not in line
    assert "203.0.113.9" not in line


def test_a_refused_page_is_logged_without_the_secret_of_its_link() -> None:
    path = "/for-doctors/open/2d3Q09xEZHx1cmyXqn_tO4_nT8B47id9.6YcEg0dSsVq4wkGdFnajuLo3/code"
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Forbidden: %s", (path,), None)
    line = PrivateFormatter("%(levelname)s %(message)s").format(record)
    assert line == "WARNING Forbidden: /for-doctors/open/.../code"

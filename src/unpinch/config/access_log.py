"""One line per request that says nothing about a person: no query string, no address, no secret of a link."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[Message, Callable[[], Awaitable[Message]], Send], Awaitable[None]]

_log = logging.getLogger("unpinch.access")
# Links in mails carry a long random word that opens an appointment: whoever reads the log must not get in.
_SECRET = re.compile(r"(?<=/)(?=[^/]*[0-9A-Z])[\w:=.-]{20,}(?=[/\s]|$)")
_UNPRINTABLE = re.compile(r"[^\x21-\x7e]")
_LONGEST = 200


def without_secrets(text: str) -> str:
    """The text with the secrets of links left out."""
    return _SECRET.sub("...", text)


def loggable(path: str) -> str:
    """The path without what must not be kept: secrets of links, control characters, endless length."""
    return _UNPRINTABLE.sub("?", without_secrets(path))[:_LONGEST]


def logged(application: Application) -> Application:
    """``application``, writing one line to the log for each request it has answered."""

    async def wrapper(scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def noting_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await application(scope, receive, noting_send)
        finally:
            took = (time.perf_counter() - started) * 1000
            path = loggable(scope["path"])
            _log.info("%s %s %s %.0f ms", scope["method"], path, status, took)

    return wrapper

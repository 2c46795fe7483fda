"""The one application the server runs: ordinary pages on a pool of threads, live pages on the event loop.

Plain ASGI would give every ordinary request a fresh thread and a fresh database connection; the pool answers
several times as many (docs/decisions/0003-server.md).
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from unpinch.config.access_log import logged

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

LIVE = "/live/"
THREADS = 12

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unpinch.config.settings")

# Django's handler is a WSGI application; its types say more than the standard's do.
_handler: Any = get_wsgi_application()
_pages: Any = WSGIMiddleware(_handler, workers=THREADS)
_live: Any = get_asgi_application()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Answer one connection. Paths under ``/live/`` may stay open; all others are short."""
    if scope["type"] == "http" and scope["path"].startswith(LIVE):
        await _live(scope, receive, send)
    elif scope["type"] == "http":
        await _page(scope, receive, send)
    else:
        await _pages(scope, receive, send)


async def _page(scope: Message, receive: Receive, send: Send) -> None:
    """Answer with a page; a request that outlasts the server's stop is told so."""
    has_begun = False

    async def noting_send(message: Message) -> None:
        nonlocal has_begun
        has_begun = True
        await send(message)

    try:
        await _pages(scope, receive, noting_send)
    except asyncio.CancelledError:
        if has_begun:
            raise
        headers = [(b"content-type", b"text/plain"), (b"retry-after", b"10"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"We are restarting. Please try again in a moment.\n"}
        )


app = logged(application)

"""The stream of a session: each event as it happens, for the therapist and for the client's phone.

What is sent says only that something happened and who did it; the page then fetches its own part anew, from the
same views that draw it without any script.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.http import HttpResponse, StreamingHttpResponse

from unpinch.kernel.errors import NotFoundError
from unpinch.services import access, session_room
from unpinch.web.client.session_room import pass_of
from unpinch.web.live.hub import MOST_LISTENERS, hub

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from django.http import HttpRequest

    from unpinch.services.session_live import News

_RETRY_MS = 1000


async def therapist(request: HttpRequest, number: int) -> HttpResponse | StreamingHttpResponse:
    """The stream for the therapist whose session it is."""
    room_id = await sync_to_async(_of_therapist)(request, number)
    return await _stream(request, room_id)


async def control(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The stream for the client's phone that joined by the code."""
    return await _stream(request, pass_of(request))


def _of_therapist(request: HttpRequest, number: int) -> int | None:
    if not request.user.is_authenticated:
        return None
    try:
        found = session_room.of_appointment(number, access.caller(request.user.pk))
    except NotFoundError:
        return None
    return None if found is None else found.id


async def _stream(request: HttpRequest, room_id: int | None) -> HttpResponse | StreamingHttpResponse:
    if request.method != "GET":
        return HttpResponse(status=405)
    if room_id is None:
        return HttpResponse("There is no such session for you.\n", status=404, content_type="text/plain")
    if hub().count >= MOST_LISTENERS:
        busy = HttpResponse("Too many watch now. Please reload by hand.\n", status=503)
        busy["Retry-After"] = "30"
        return busy
    response = StreamingHttpResponse(_lines(room_id, _last(request)), content_type="text/event-stream")
    response["Cache-Control"] = "no-store, private"
    response["X-Accel-Buffering"] = "no"
    return response


def _last(request: HttpRequest) -> int:
    """The number of the last event that the browser has; it sends it again when it comes back."""
    given = request.headers.get("Last-Event-ID", "") or request.GET.get("after", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


async def _lines(room_id: int, last: int) -> AsyncIterator[str]:
    yield f"retry: {_RETRY_MS}\n\n"
    async for news in hub().listen(room_id, last):
        yield ": still here\n\n" if news is None else _event(news)


def _event(news: News) -> str:
    data = json.dumps({"kind": news.kind, "by": news.by, "end": news.is_end})
    return f"id: {news.number}\ndata: {data}\n\n"

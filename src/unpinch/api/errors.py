"""Every refusal as ``{"error": {"code", "message"}}``. Codes are stable, messages are for the one who called alone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.http import Http404, JsonResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from unpinch.kernel.errors import InputError, NotFoundError, RefusedError, SetupError, UnpinchError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from ninja import NinjaAPI

    from unpinch.services.availability import FreeTime
    from unpinch.services.outcomes import Refused

_LOG = logging.getLogger("unpinch.api")
STATUS: dict[type[UnpinchError], int] = {
    NotFoundError: 404,
    RefusedError: 409,
    InputError: 422,
    SetupError: 503,
}


def answer(status: int, code: str, message: str, **more: Any) -> JsonResponse:
    """One refusal."""
    return JsonResponse({"error": {"code": code, "message": message, **more}}, status=status)


def refused(outcome: Refused) -> JsonResponse:
    """A rule forbids it; the code says which."""
    return answer(409, outcome.code, outcome.reason)


def taken(others: tuple[FreeTime, ...]) -> JsonResponse:
    """Somebody else has the time; these are free near it."""
    near = [
        {"starts": one.starts.isoformat(), "location": one.location_code, "therapist": one.therapist_code}
        for one in others
    ]
    return answer(409, "taken", "This time is not free any more. Choose another.", alternatives=near)


def handle(api: NinjaAPI) -> None:
    """Teach the interface how to refuse."""
    api.add_exception_handler(UnpinchError, _explained)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _unknown_caller)
    api.add_exception_handler(Http404, _no_page)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Exception, _broken)


def _explained(_request: HttpRequest, error: UnpinchError | type[UnpinchError]) -> HttpResponse:
    assert isinstance(error, UnpinchError)
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
    return answer(status, error.code, error.message)


def _invalid(_request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    assert isinstance(error, ValidationError)
    faults = [
        {"where": ".".join(str(part) for part in fault["loc"][1:]), "what": str(fault["msg"])}
        for fault in error.errors
    ]
    return answer(422, "schema", "What was sent does not have the form that is described.", faults=faults)


def _unknown_caller(_request: HttpRequest, _error: Exception | type[Exception]) -> HttpResponse:
    found = answer(
        401, "token", "This needs a key: send `Authorization: Bearer …` with one that the owner made."
    )
    found["WWW-Authenticate"] = "Bearer"
    return found


def _no_page(_request: HttpRequest, _error: Exception | type[Exception]) -> HttpResponse:
    return answer(404, "not-found", "There is nothing at this address.")


def _http(_request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(error, HttpError)
    if error.status_code == 400:
        return answer(400, "json", "The body is no JSON that can be read.")
    return answer(error.status_code, "http", str(error))


def _broken(_request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    _LOG.exception("the interface broke", exc_info=error if isinstance(error, Exception) else None)
    return answer(500, "broken", "Something broke on our side. It has been written down; try again later.")

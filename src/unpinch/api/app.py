"""The interface as one thing, with its description at ``/api/v1/openapi.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja import NinjaAPI

from unpinch.api import booking, errors, public, setup
from unpinch.api.auth import ScopeError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

api = NinjaAPI(
    title="unpinch",
    version="1",
    description="Free times, bookings, courses and set-up of a practice. Refusals are {error: {code, message}}.",
    urls_namespace="api",
    docs_url=None,
)
errors.handle(api)


def _out_of_scope(_request: HttpRequest, error: ScopeError | type[ScopeError]) -> HttpResponse:
    assert isinstance(error, ScopeError)
    return errors.answer(403, error.code, error.message)


api.add_exception_handler(ScopeError, _out_of_scope)
api.add_router("", public.router)
api.add_router("", booking.router)
api.add_router("", setup.router)

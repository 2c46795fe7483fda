"""Who calls: a key in ``Authorization: Bearer``. Cookies count for nothing here, so no other site can use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ninja.security import HttpBearer

from unpinch.kernel.errors import UnpinchError
from unpinch.services import api_tokens

if TYPE_CHECKING:
    from django.http import HttpRequest

    from unpinch.services.access import Caller
    from unpinch.services.api_tokens import Bearer


class ScopeError(UnpinchError):
    """The key is good, but not for this."""

    code = "scope"


class Key(HttpBearer):
    """A key that is for ``scope``; every change by it is written down with the key."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self._scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Bearer | None:
        """Who calls, or None; ScopeError when the key is for something else."""
        found = api_tokens.bearer(token)
        if found is None:
            return None
        if self._scope not in found.scopes:
            raise ScopeError(
                f"This key is not for {self._scope!r}. Ask the owner for one that is; "
                f"this one is for: {', '.join(sorted(found.scopes))}."
            )
        if request.method not in {"GET", "HEAD"}:
            api_tokens.note_call(found, f"{request.method} {self._scope}")
        return found


def caller(request: HttpRequest) -> Caller:
    """The person as whom the key acts."""
    return cast("Bearer", request.auth).caller  # type: ignore[attr-defined]

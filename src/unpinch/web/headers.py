"""What no page of ours ever needs from a browser, said with every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_NEVER = ("camera", "microphone", "geolocation", "usb", "serial", "bluetooth", "midi", "display-capture")
_POLICY = ", ".join(f"{what}=()" for what in _NEVER)


class PermissionsPolicy:
    """Keeps camera, microphone, place and devices shut, whatever a page might contain."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the policy."""
        response = self._get_response(request)
        response.setdefault("Permissions-Policy", _POLICY)
        return response

"""What every page knows: the practice's name and telephone number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest


def practice(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001 - every context processor takes it
    """The practice for header and footer."""
    return {"practice": {"name": "Riverside Massage", "phone": "020 7946 0123", "phone_link": "+442079460123"}}

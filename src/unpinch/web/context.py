"""What every page knows: the practice's name and telephone number, and who has logged in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from unpinch.kernel.errors import SetupError
from unpinch.services.practice import current_practice, current_time_zone

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from unpinch.services.practice import PracticeView


def practice(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001 - every context processor takes it
    """The practice for header and footer; None while there is none, so that the emergency page always works."""
    return {"practice": SimpleLazyObject(_practice)}


def local_now() -> datetime:
    """The moment in the practice's zone; in UTC while there is no practice."""
    return timezone.now().astimezone(ZoneInfo(current_time_zone() or "UTC"))


def _practice() -> PracticeView | None:
    try:
        return current_practice()
    except SetupError:
        return None

"""How log lines look: never a request body, a query string, or the values in a message of the database."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any

from unpinch.config.access_log import without_secrets

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PrivateFormatter(logging.Formatter):
    """Tells where something failed and with which kind of error, and leaves out the error's own words.

    The words of a database or parser error quote the row or the value, and those are about a person's health.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is the standard library's
        """The line without the secrets of links: Django writes the whole path of a page it refused."""
        return without_secrets(super().formatMessage(record))

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the name is the standard library's
        """The stack without any values."""
        kind, error, stack = ei
        if kind is None or error is None:
            return ""
        lines = ["Traceback (most recent call last):\n", *traceback.format_tb(stack)]
        cause: BaseException | None = error
        while cause is not None:
            lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}\n")
            cause = cause.__cause__
        return "".join(lines).rstrip()


def logging_settings(level: str) -> dict[str, Any]:
    """Everything to the terminal, once, from ``level`` upwards."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "private": {
                "()": "unpinch.config.log_lines.PrivateFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            }
        },
        "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "private"}},
        "root": {"handlers": ["terminal"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # Statements carry the values of rows.
            "django.db.backends": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }

"""A clinical assessment as JSON and back, exactly."""

from __future__ import annotations

import dataclasses
import types
import typing
from enum import Enum
from functools import lru_cache
from typing import Any

from unpinch.clinical.values import Assessment


def dump(assessment: Assessment) -> dict[str, Any]:
    """Plain lists, dictionaries, numbers and texts."""
    plain: dict[str, Any] = dataclasses.asdict(assessment)
    return plain


def load(plain: dict[str, Any]) -> Assessment:
    """The assessment that :func:`dump` was given."""
    found: Assessment = _read(Assessment, plain)
    return found


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _read(kind: Any, plain: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin is tuple:
        parts = typing.get_args(kind)
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(_read(parts[0], item) for item in plain)
        return tuple(_read(part, item) for part, item in zip(parts, plain, strict=True))
    if origin in {typing.Union, types.UnionType}:
        if plain is None:
            return None
        (inner,) = (part for part in typing.get_args(kind) if part is not type(None))
        return _read(inner, plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: _read(hints[name], value) for name, value in plain.items() if name in hints})
    return plain

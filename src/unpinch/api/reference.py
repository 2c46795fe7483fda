"""Writes ``docs/reference/api.md`` from the interface's own description: ``python -m unpinch.api.reference``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HEAD = Path(__file__).with_name("reference_head.md").read_text(encoding="utf-8")


def reference(schema: dict[str, Any]) -> str:
    """The page for an OpenAPI description."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            by_tag.setdefault(operation["tags"][0], []).append(_operation(method, path, operation, schema))
    parts = [HEAD]
    for tag, texts in by_tag.items():
        parts.append(f"\n## {tag.capitalize()}\n")
        parts += texts
    return "\n".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any], schema: dict[str, Any]) -> str:
    lines = [f"### `{method.upper()} {path}`\n", operation.get("description") or operation["summary"]]
    asked = [*_parameters(operation), *_body(operation, schema)]
    if asked:
        lines += ["\n| name | value | |", "| --- | --- | --- |", *asked]
    return "\n".join(lines) + "\n"


def _parameters(operation: dict[str, Any]) -> list[str]:
    return [
        _row(f"{one['name']} (in the {one['in']})", one["schema"], is_needed=one.get("required", False))
        for one in operation.get("parameters", [])
    ]


def _body(operation: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return []
    body = schema["components"]["schemas"][content["application/json"]["schema"]["$ref"].rpartition("/")[2]]
    needed = set(body.get("required", []))
    return [_row(name, value, is_needed=name in needed) for name, value in body["properties"].items()]


def _row(name: str, value: dict[str, Any], *, is_needed: bool) -> str:
    return f"| `{name}` | {_kind(value)} | {'needed' if is_needed else 'may be left out'} |"


def _kind(value: dict[str, Any]) -> str:
    if "anyOf" in value:
        return " or ".join(_kind(one) for one in value["anyOf"])
    if "$ref" in value:
        return str(value["$ref"].rpartition("/")[2])
    if value.get("type") == "array":
        return f"list of {_kind(value['items'])}"
    return str(value.get("format") or value.get("type") or "any")


def _main() -> None:
    import django  # noqa: PLC0415 - the settings are read only when the page is written

    django.setup()
    from unpinch.api.app import api  # noqa: PLC0415

    sys.stdout.write(reference(api.get_openapi_schema()))


if __name__ == "__main__":
    _main()

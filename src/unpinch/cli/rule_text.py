"""A rule of the knowledge tables, written out again."""

from __future__ import annotations

from unpinch.clinical import rules


def write(rule: rules.Rule) -> str:
    """The rule in the language of the tables; reading it again gives the same rule."""
    match rule:
        case rules.Always():
            return "ALWAYS"
        case rules.Is(code):
            return code
        case rules.Compare(code, sign, value):
            return f"{code} {sign} {value}"
        case rules.Not(part):
            return f"NOT {_part(part)}"
        case rules.All(parts):
            return " AND ".join(_part(part) for part in parts)
        case rules.Some(parts, 1):
            return " OR ".join(_part(part) for part in parts)
        case rules.Some(parts, least):
            return f"COUNT({', '.join(write(part) for part in parts)}) >= {least}"


def _part(rule: rules.Rule) -> str:
    joined = isinstance(rule, rules.All) or (isinstance(rule, rules.Some) and rule.least == 1)
    return f"({write(rule)})" if joined else write(rule)

"""Small drawings of stretches as SVG: a figure of a few strokes, and an arrow that shows where it moves."""

from __future__ import annotations

_FIGURES = {
    # Each: the head (x, y), the strokes of the body, and the strokes of the arrow.
    "neck-side": (
        (58, 26),
        "M50 42V86M28 52H72M28 52V80M72 52V80M50 86L36 112M50 86L64 112",
        "M34 14Q44 4 58 8l-6-5m6 5-6 5",
    ),
    "chin-nod": (
        (26, 74),
        "M38 80H104M104 80L128 104M52 82L50 100H70M104 80L124 82",
        "M18 52Q26 46 36 54l-7 0m7 0-1-7",
    ),
    "blades": (
        (50, 22),
        "M50 36V86M50 48L28 62 40 78M50 48L72 62 60 78M50 86L36 112M50 86L64 112",
        "M14 58H26l-6-5m6 5-6 5M86 58H74l6-5m-6 5 6 5",
    ),
    "wrist-down": (
        (36, 22),
        "M36 36V84M36 48H88L92 66M36 52L70 66 90 62M36 84L26 112M36 84L46 112",
        "M106 46V68l-5-6m5 6 5-6",
    ),
    "wrist-up": (
        (36, 22),
        "M36 36V84M36 48H88L96 60M36 52L66 70 94 64M36 84L26 112M36 84L46 112",
        "M110 44Q116 60 104 70l7 0m-7 0 1-7",
    ),
    "knee-chest": (
        (22, 92),
        "M34 98H84M84 98L60 66 82 80M84 98L134 100M44 96L64 72",
        "M74 52L56 58l7 3m-7-3 3-7",
    ),
    "figure-four": (
        (22, 94),
        "M34 98H80M80 98L98 62 118 98M80 98L104 74 90 58M44 98L92 74",
        "M112 46L96 50l6 4m-6-4 3-6",
    ),
    "calf-wall": (
        (74, 26),
        "M68 38L52 74M66 46L100 44M52 74L72 92 70 112M52 74L24 112M104 8V114M16 114H104",
        "M86 72H98l-6-5m6 5-6 5",
    ),
}


def picture(name: str, label: str) -> str:
    """The drawing; ``label`` is what a screen reader says (it must be escaped already)."""
    (x, y), body, arrow = _FIGURES[name]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="stretch" viewBox="0 0 150 120" role="img" aria-label="{label}">'
        f'<circle cx="{x}" cy="{y}" r="11" fill="none" stroke="currentColor" stroke-width="5"/>'
        f'<path d="{body}" fill="none" stroke="currentColor" stroke-width="5" stroke-linecap="round"/>'
        f'<path class="arrow" d="{arrow}" fill="none" stroke="#d9583b" stroke-width="4" stroke-linecap="round"/></svg>'
    )


PICTURES = frozenset(_FIGURES)
"""The names of all drawings."""

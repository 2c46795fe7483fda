"""The picture of pain over time: one drawing for a page, one for a phone, the same facts in both."""

from __future__ import annotations

import re

import pytest

from unpinch.kernel import relief_chart
from unpinch.kernel.relief_chart import ChartWords, Milestone, Point, Shape

WORDS = ChartWords("Pain <b>", "Pain, 0 to 10", "a change that matters", "week {}", "Untreated", "{}")
POINTS = (Point(0, 7), Point(14, 5), Point(40, 2.5))
MILESTONES = (Milestone(4, 30), Milestone(12, 60), Milestone(52, 80))
SHAPES = (relief_chart.WIDE, relief_chart.TALL)


def drawn(shape: Shape, points: tuple[Point, ...] = POINTS) -> str:
    return relief_chart.svg(points, MILESTONES, 2, WORDS, shape)


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_everything_lies_within_the_picture(shape: Shape) -> None:
    svg = drawn(shape)
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())  # type: ignore[union-attr]
    assert width == shape.width
    xs = [float(x) for x in re.findall(r'(?:cx|x)="([\d.-]+)"', svg)]
    ys = [float(y) for y in re.findall(r'(?:cy|y)="([\d.-]+)"', svg)]
    assert min(xs) >= 0
    assert max(xs) <= width
    assert min(ys) >= 0
    assert max(ys) <= height


def test_both_drawings_tell_the_same() -> None:
    wide, tall = map(drawn, SHAPES)
    assert texts(wide) == texts(tall)
    assert {"7", "2.5", "week 0", "12", "30", "60", "80"} - set(texts(wide)) == {"80"}
    assert wide.count("<circle") == tall.count("<circle") == 3


def test_the_drawing_for_a_phone_is_higher_than_wide_with_larger_letters() -> None:
    wide, tall = SHAPES
    assert tall.plot / tall.width > 2 * wide.plot / wide.width
    assert tall.letters / tall.width > 2 * wide.letters / wide.width
    assert 'class="relief-svg relief-tall"' in drawn(tall)


def test_what_lies_beyond_the_last_week_takes_no_room() -> None:
    late = relief_chart.svg(POINTS, (Milestone(52, 80),), 2, WORDS, relief_chart.TALL)
    assert "Untreated" not in late
    assert late == relief_chart.svg(POINTS, (), 2, WORDS, relief_chart.TALL)


def test_words_are_escaped_and_nothing_told_is_an_empty_grid() -> None:
    empty = drawn(relief_chart.TALL, ())
    assert "Pain &lt;b&gt;" in empty
    assert "<circle" not in empty
    assert "a change that matters" not in empty

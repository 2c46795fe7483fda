"""From a screen of the interview to the pages that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.cli import regions
from unpinch.cli.asking.marking import RegionPage, TickPage
from unpinch.cli.asking.pages import Item, Page
from unpinch.cli.asking.picking import NumberPage, PickPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Question, Screen, Value


def pages_of(screen: Screen, kb: Knowledge, earlier: Mapping[str, Value]) -> tuple[Page, ...]:
    """One page for a list of ticks, else one page a question, with earlier answers filled in."""
    if screen.layout == "ticks":
        items = [Item(question.code, _words(question)) for question in screen.questions]
        page = TickPage(
            "Tick everything that fits." if len(items) > 1 else "", items, must_answer=screen.must_answer
        )
        page.remember(earlier)
        return (page,)
    return tuple(
        _page(question, kb, earlier, must_answer=screen.must_answer) for question in screen.questions
    )


def _page(question: Question, kb: Knowledge, earlier: Mapping[str, Value], *, must_answer: bool) -> Page:
    page = _empty_page(question, kb, must_answer=must_answer)
    page.remember(earlier)
    return page


def _empty_page(
    question: Question, kb: Knowledge, *, must_answer: bool
) -> NumberPage | RegionPage | PickPage:
    code, text = question.code, _words(question)
    match question.answer_type:
        case "number":
            limits = kb.number_ranges[code]
            return NumberPage(code, text, (limits.low, limits.high), must_answer=must_answer)
        case "body-regions":
            words = dict(regions.choices(question, kb))
            places = [
                Item(place, words[place], regions.heading(place))
                for place in regions.in_list_order(tuple(words))
            ]
            return RegionPage(code, text.replace(_TAP, _MARK), places, must_answer=must_answer)
        case "choice":
            return PickPage(code, text, regions.choices(question, kb), must_answer=must_answer)
        case "yes-no":
            return PickPage(code, text, [(True, "Yes"), (False, "No")], must_answer=must_answer)


def _words(question: Question) -> str:
    """The question with what helps to answer it: a person here has nothing to hover over."""
    return f"{question.text} {question.help}".strip()


_TAP = "Tap every place on the picture."
_MARK = "Mark every place in the list."

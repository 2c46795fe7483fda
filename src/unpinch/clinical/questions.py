"""What to ask next: first all that a danger rule can still use, then what tells most for its effort."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from unpinch.clinical import dangers, disposition, usefulness
from unpinch.clinical.knowledge import logic
from unpinch.clinical.localise import Floats, model
from unpinch.clinical.values import Choice, Disposition, Question, Screen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from unpinch.clinical.findings import Facts
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import Finding, ScreenRow

_CHART = ("body-map", "side")


@lru_cache(maxsize=8)
def catalogue(kb: Knowledge) -> tuple[Question, ...]:
    """Every question that can be asked of a person, in asking order."""
    place = {screen: row.position for screen, row in kb.screens.items()}
    asked = [finding for finding in kb.findings.values() if _is_asked(finding)]
    return tuple(
        _question(kb, finding) for finding in sorted(asked, key=lambda finding: place[finding.screen])
    )


def _is_asked(finding: Finding) -> bool:
    return finding.self_report and finding.ask_when is not None


def _question(kb: Knowledge, finding: Finding) -> Question:
    choices = tuple(
        Choice(choice, kb.choice_texts.get((finding.code, choice), choice.replace("-", " ").capitalize()))
        for choice in finding.choices
    )
    return Question(finding.code, finding.question, finding.answer_type, choices, finding.group, finding.help)


@lru_cache(maxsize=8)
def _by_code(kb: Knowledge) -> dict[str, Question]:
    return {question.code: question for question in catalogue(kb)}


@lru_cache(maxsize=8)
def _feeding(kb: Knowledge) -> frozenset[str]:
    """What the probabilities need from everyone: where, which sides, since when and how it began; age and sex."""
    codes = model(kb).codes
    rests = (logic.leaves(kb, rule) for code in codes if (rule := kb.findings[code].derive))
    with_places = {code for code in codes if kb.findings[code].screen == _CHART[0]}
    needed = {code for rest in rests for code in rest if kb.findings[code].answer_type != "yes-no"}
    return frozenset(needed | with_places)


@lru_cache(maxsize=8)
def _asking_rests(kb: Knowledge) -> dict[str, frozenset[str]]:
    return {
        code: logic.leaves(kb, finding.ask_when) if finding.ask_when else frozenset()
        for code, finding in kb.findings.items()
    }


@lru_cache(maxsize=8)
def _must_codes(kb: Knowledge) -> tuple[str, ...]:
    """The questions of the screens that must be answered before any answer, in asking order."""
    return tuple(q.code for q in catalogue(kb) if kb.must_answer(q.code))


def next_screen(facts: Facts, shown: frozenset[str], floor: Disposition, chances: Floats) -> Screen | None:
    """The next screen, or None when nothing is left that could change the advice enough.

    ``shown`` are the codes already put to the person, ``floor`` the most urgent danger rule that holds, and
    ``chances`` the probability of each hypothesis so far.
    """
    screen = danger_screen(facts, shown, floor)
    if screen is not None or floor.rank >= Disposition.URGENT.rank:
        return screen
    return further_screen(facts, shown, floor, chances)


def danger_screen(facts: Facts, shown: frozenset[str], floor: Disposition) -> Screen | None:
    """The next screen of those that must be answered, or None. Nothing more once help must come at once."""
    if floor is Disposition.EMERGENCY:
        return None
    waiting = _waiting(facts, shown, floor)
    if not waiting:
        return None
    first = facts.kb.findings[waiting[0]].screen
    own = [code for code in waiting if facts.kb.findings[code].screen == first]
    if "body-map" in own:
        return _screen(facts.kb, [first], [code for code in own if code in _CHART], "chart")
    fields = [code for code in own if facts.kb.findings[code].answer_type != "yes-no"]
    if fields and first != "health-history":
        return _screen(facts.kb, [first], fields, "form")
    ticks = [code for code in own if code not in fields]
    if not ticks:
        return _screen(facts.kb, [first], fields, "form")
    return _joined(facts.kb, waiting, first, ticks)


def _waiting(facts: Facts, shown: frozenset[str], floor: Disposition) -> list[str]:
    """The questions that must be answered and still can change something, in asking order."""
    kb = facts.kb
    matter = set(dangers.questions_that_matter(facts, floor))
    rests = _asking_rests(kb)
    for code in list(matter):
        if not _surely_applies(facts, code):
            matter |= rests[code]
    if floor.rank < Disposition.URGENT.rank:
        matter |= _feeding(kb)
    open_codes = [
        code
        for code in _must_codes(kb)
        if code in matter and _is_open(facts, shown, code) and not _is_idle(facts, shown, code)
    ]
    pending = set(open_codes)
    return [
        code for code in open_codes if _surely_applies(facts, code) or not rests[code] & (pending - {code})
    ]


def _is_open(facts: Facts, shown: frozenset[str], code: str) -> bool:
    return (
        code not in shown
        and code not in facts.answers.values
        and facts.may_apply(code)
        and not facts.is_filled(code)
    )


def _is_idle(facts: Facts, shown: frozenset[str], code: str) -> bool:
    """A question on the details of something that the person was asked about and left open.

    It stays unknown, with all that hangs on it; asking when something happened that may not have happened helps nobody.
    The rough place is for just those who left the body map open.
    """
    if code == logic.STAND_IN:
        return False
    if facts.kb.findings[code].answer_type == "yes-no" or _surely_applies(facts, code):
        return False
    rests = _asking_rests(facts.kb)[code]
    return bool(rests) and rests <= shown


def _surely_applies(facts: Facts, code: str) -> bool:
    return bool(facts.sure[facts.program.asking[code]])


def _joined(kb: Knowledge, waiting: Sequence[str], first: str, ticks: list[str]) -> Screen:
    """The ticks of one screen, joined by those of the next danger screens while there is room."""
    room = int(kb.number("ticks-per-screen"))
    screens, codes = [first], list(ticks)
    for screen in _following(kb, first) if _joins(kb, first) else ():
        more = [code for code in waiting if kb.findings[code].screen == screen]
        if more and _joins(kb, screen) and len(codes) + len(more) <= room:
            screens.append(screen)
            codes += more
    return _screen(kb, screens, codes, "ticks")


def _joins(kb: Knowledge, screen: str) -> bool:
    """Whether a screen may share a list with others: danger screens after the body chart."""
    return screen.startswith("danger-") and kb.screens[screen].position > kb.screens[_CHART[0]].position


def _following(kb: Knowledge, first: str) -> list[str]:
    names = list(kb.screens)
    return names[names.index(first) + 1 :]


def _screen(kb: Knowledge, screens: Iterable[str], codes: Sequence[str], layout: str) -> Screen:
    rows = [kb.screens[screen] for screen in screens]
    return Screen(
        code="+".join(row.screen for row in rows),
        title=_join(row.title for row in rows),
        layout=layout,  # type: ignore[arg-type]
        questions=tuple(_by_code(kb)[code] for code in codes),
        must_answer=_must_answer(rows),
        why=" ".join(dict.fromkeys(row.why for row in rows if row.why)),
    )


def _must_answer(rows: Sequence[ScreenRow]) -> bool:
    return rows[0].must_answer_before == "answer"


def _join(titles: Iterable[str]) -> str:
    first, *rest = titles
    return "; ".join([first, *(title[:1].lower() + title[1:] for title in rest)])


def further_screen(facts: Facts, shown: frozenset[str], floor: Disposition, chances: Floats) -> Screen | None:
    """The most telling optional questions as one small screen, or None when the advice is settled."""
    kb = facts.kb
    most = int(kb.number("optional-questions-max"))
    room = min(int(kb.number("screen-questions-max")), most - optional_asked(kb, shown))
    if room <= 0:
        return None
    open_codes = [
        code
        for code in usefulness.candidates(kb)
        if _is_open(facts, shown, code) and (floor is Disposition.MASSAGE_OK or not code.startswith("st-"))
    ]
    picked = usefulness.pick(kb, facts, chances, open_codes, room)
    if not picked:
        picked = _pattern(facts, shown, floor, chances)[:room]
    if not picked:
        return None
    layout = "form" if picked[0].startswith("st-") else "ticks"
    screen = _screen(kb, dict.fromkeys(kb.findings[code].screen for code in picked), picked, layout)
    return Screen(
        screen.code, screen.title, screen.layout, screen.questions, must_answer=False, why=screen.why
    )


@lru_cache(maxsize=8)
def _ordinary(kb: Knowledge) -> frozenset[str]:
    """The questions about ordinary causes and reliefs, self-tests apart."""
    rule = kb.findings[dangers.ORDINARY_PATTERN].derive
    asked = frozenset(code for code in usefulness.candidates(kb) if not code.startswith("st-"))
    return asked & logic.leaves(kb, rule) if rule else frozenset()


def _pattern(facts: Facts, shown: frozenset[str], floor: Disposition, chances: Floats) -> tuple[str, ...]:
    """The likeliest ordinary causes and reliefs, when the advice hangs on whether there is one.

    It does so when danger questions stayed without an answer in a picture that is plain but for this.
    """
    kb = facts.kb
    codes = _ordinary(kb)
    if floor is not Disposition.MASSAGE_OK or facts.is_yes(dangers.ORDINARY_PATTERN) or codes & shown:
        return ()
    if not dangers.undecided(facts, floor) or not dangers.is_plain(facts, but_for_pattern=True):
        return ()
    if not disposition.by_likelihood(facts.answers, kb).is_quiet:
        return ()
    arrays = model(kb)
    open_codes = [code for code in codes if _is_open(facts, shown, code)]
    likely = chances @ arrays.present[:, [arrays.column[code] for code in open_codes]]
    return tuple(code for _, code in sorted(zip(-likely, open_codes, strict=True)))


def optional_asked(kb: Knowledge, shown: frozenset[str]) -> int:
    """How many questions of the optional screens were put to the person."""
    return sum(kb.screens[kb.findings[code].screen].must_answer_before == "" for code in shown)


def asked(kb: Knowledge, shown: frozenset[str]) -> int:
    """How many questions the person met: a list of danger ticks is one, the body chart is one."""
    room = int(kb.number("ticks-per-screen"))
    count = in_list = 0
    last = ""
    for code in _must_codes(kb):
        if code not in shown:
            continue
        finding = kb.findings[code]
        if finding.answer_type != "yes-no":
            count += code != "side" or "body-map" not in shown
            continue
        joins = finding.screen == last or (
            finding.screen.startswith("danger-") and last.startswith("danger-")
        )
        joins = joins and last != "danger-sudden"
        if (not joins and finding.screen != last) or (in_list >= room and finding.screen != last):
            count, in_list = count + 1, 0
        in_list, last = in_list + 1, finding.screen
    return count + optional_asked(kb, shown)


def expected_more(facts: Facts, shown: frozenset[str], floor: Disposition, screen: Screen | None) -> int:
    """An honest guess at how many questions are still to come."""
    if screen is None:
        return 0
    kb = facts.kb
    coming = shown | frozenset(_waiting(facts, shown, floor))
    most = int(kb.number("optional-questions-max"))
    optional = 0 if floor.rank >= Disposition.URGENT.rank else most - optional_asked(kb, shown)
    return asked(kb, coming) - asked(kb, shown) + max(optional, 0)

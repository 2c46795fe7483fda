"""How fast the clinical core is: loading, one judgement, the next question, whole interviews.

python benchmarks/core.py [number of interviews]
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING

from unpinch.clinical import assess, dangers, findings, knowledge, localise, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from unpinch.clinical.values import Answers


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """The median time of one round."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def someone(number: int, kb: knowledge.Knowledge) -> Answers:
    """A made-up person: no to nearly everything, a few marks and a few signs that depend on the number."""
    yes_no = [
        q.code for q in questions.catalogue(kb) if q.answer_type == "yes-no" and not q.code.startswith("rf-")
    ]
    values: dict[str, object] = dict.fromkeys(
        (q.code for q in questions.catalogue(kb) if q.answer_type == "yes-no"), False
    )
    values |= {yes_no[(number * 7 + i * 31) % len(yes_no)]: True for i in range(8)}
    regions = kb.findings["body-map"].choices
    values["body-map"] = [regions[(number * 5 + i) % len(regions)] for i in range(3)]
    values |= {
        "side": "left",
        "onset": "slowly-over-weeks",
        "t-duration": "3-months-to-1-year",
        "q-pain-score": 4,
    }
    return findings.parse_answers({"age": 25 + number % 50, "sex": "FM"[number % 2], "answers": values}, kb)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    kb = knowledge.load()
    one = someone(3, kb)

    def load() -> None:
        knowledge.load.cache_clear()
        knowledge.load()

    print(f"load the knowledge        {milliseconds(load, 7):8.1f} ms")
    print(f"thorough check            {milliseconds(knowledge.check, 3):8.1f} ms")
    assess.interview(one, kb)
    facts = findings.facts_of(one, kb)
    early = one.without(frozenset(code for code in one.values if not kb.must_answer(code)))
    facts, chances = findings.facts_of(early, kb), localise.posterior(early, kb)
    floor = dangers.floor_of(facts)
    screen = milliseconds(lambda: questions.further_screen(facts, frozenset(), floor, chances), 200)
    print(f"facts of one person       {milliseconds(lambda: findings.facts_of(one, kb), 200):8.2f} ms")
    print(f"choose the next question  {screen:8.2f} ms")
    print(f"assess                    {milliseconds(lambda: assess.assess(one, kb), 100):8.2f} ms")
    people = [someone(number, kb) for number in range(count)]
    start = time.perf_counter()
    asked = [assess.interview(person, kb)[0].asked for person in people]
    print(
        f"{count} interviews           {time.perf_counter() - start:8.2f} s; {statistics.median(asked):g} questions"
    )


if __name__ == "__main__":
    main()

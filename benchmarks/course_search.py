"""How fast the best course of six is found among 50 therapists and 84 days, and whether it is the best.

python benchmarks/course_search.py [--judge SECONDS]

``--judge`` also gives the same question to OR-Tools CP-SAT (dependency group ``bench``), for at most so many
seconds an instance, and says how its answer and its time compare.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from datetime import date, timedelta
from datetime import time as clock
from importlib.util import find_spec
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from unpinch.scheduling.availability import Question, RoomTime, TherapistTime, Unit, WeeklyHours, openings
from unpinch.scheduling.calendar import Interval, day_span, moment
from unpinch.scheduling.course_search import (
    Continuity,
    CourseQuestion,
    Hours,
    Spacing,
    Wishes,
    best_series,
    choices,
    propose,
)
from unpinch.scheduling.course_table import NOT_FREE, Table, table_of

if TYPE_CHECKING:
    from collections.abc import Callable

LONDON = ZoneInfo("Europe/London")
FIRST = date(2026, 9, 28)
DAYS, THERAPISTS, ROOMS = 84, 50, 40
INSTANCES = 5


def instance(seed: int) -> CourseQuestion:
    """A practice that is three quarters full, and a person with hours of their own. The clocks change within."""
    chance = random.Random(seed)
    unit = Unit(0, 60, 15)
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    question = Question(
        zone=LONDON,
        within=day_span(days[0], days[-1], LONDON),
        grid=5,
        unit=unit,
        therapists=tuple(therapist(key, days, chance) for key in range(THERAPISTS)),
        rooms=tuple(RoomTime(key) for key in range(ROOMS)),
    )
    wishes = Wishes(
        never=(Hours(frozenset({chance.randrange(5)}), clock(0), clock(0)),),
        rather=(Hours(frozenset(range(7)), clock(16), clock(0)),),
        same=Continuity.IF_POSSIBLE,
    )
    return CourseQuestion(openings(question), LONDON, unit, Spacing(6, 3, 5, 7, review_after=3), wishes)


def therapist(key: int, days: list[date], chance: random.Random) -> TherapistTime:
    """Somebody who works five days of nine hours, with most of it taken by sessions."""
    free_days = chance.sample(range(7), 2)
    hours = tuple(WeeklyHours(day, clock(9), clock(18)) for day in range(7) if day not in free_days)
    away = []
    for day in days:
        begin = moment(day, clock(9), LONDON) + timedelta(minutes=5 * chance.randrange(6))
        for number in range(7):
            if chance.random() < 0.75:
                start = begin + timedelta(minutes=75 * number)
                away.append(Interval(start, start + timedelta(minutes=75)))
    return TherapistTime(key, hours, tuple(away))


def milliseconds(work: Callable[[], object], rounds: int = 15) -> tuple[float, float, float]:
    """The median, least and most of some rounds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times), min(times), max(times)


def judge(question: CourseQuestion, seconds: float) -> tuple[int | None, bool, float]:
    """The cost CP-SAT reaches, whether it proved it the least, and the milliseconds it took."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - only where the judge is asked for, and installed

    table, model = table_of(question), cp_model.CpModel()
    spacing, weights = question.spacing, question.weights
    rows = visits(table)
    lead = model.new_int_var(0, len(table.therapists) - 1, "lead")
    days, costs = [], []
    for number in range(spacing.sessions):
        day = model.new_int_var(0, table.days - 1, f"day{number}")
        who = model.new_int_var(0, len(table.therapists) - 1, f"who{number}")
        cost = model.new_int_var(0, NOT_FREE, f"cost{number}")
        model.add_allowed_assignments([day, who, cost], rows)
        other = model.new_bool_var(f"other{number}")
        model.add(who == lead).only_enforce_if(other.negated())
        costs += [cost, weights.other_therapist * other]
        if days:
            model.add(day - days[-1] >= spacing.gap_min)
            model.add(day - days[-1] <= spacing.gap_max)
            uneven = model.new_int_var(0, spacing.gap_max, f"uneven{number}")
            model.add_abs_equality(uneven, day - days[-1] - spacing.gap_ideal)
            costs.append(weights.uneven_day * uneven)
        days.append(day)
    model.minimize(sum(costs) + weights.finish_day * days[-1])
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, 2
    begin = time.perf_counter()
    status = solver.solve(model)
    took = (time.perf_counter() - begin) * 1000
    found = status in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    return round(solver.objective_value) if found else None, status == cp_model.OPTIMAL, took


def visits(table: Table) -> list[tuple[int, int, int]]:
    """Every day and therapist with a free start, and what the cheapest one costs."""
    return [
        (day, who, int(cost))
        for day, row in enumerate(table.best)
        for who, cost in enumerate(row)
        if cost < NOT_FREE
    ]


def main() -> None:
    """Print one line per figure: median [least..most] in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--judge", type=float, default=0, metavar="SECONDS")
    seconds = parser.parse_args().judge
    if seconds and find_spec("ortools") is None:
        print("OR-Tools is left out: it is not installed (dependency group bench).")
        seconds = 0
    ratios = []
    for seed in range(INSTANCES):
        question = instance(seed)
        starts = sum(mask.bit_count() for mask in question.openings.starts.values())
        best = best_series(question)
        assert best is not None
        print(f"instance {seed}: {starts} starts, cost {best.cost.total}")
        mine = milliseconds(lambda q=question: best_series(q))  # type: ignore[misc]
        parts: dict[str, Callable[[], object]] = {
            "cost table": lambda q=question: table_of(q),  # type: ignore[misc]
            "with trades and alternatives": lambda q=question: propose(q),  # type: ignore[misc]
            "all choices of session 3": lambda q=question: choices(q, 3),  # type: ignore[misc]
        }
        print("  best course, table included    {:8.2f} [{:.2f}..{:.2f}] ms".format(*mine))
        for name, work in parts.items():
            print("  {:30} {:8.2f} [{:.2f}..{:.2f}] ms".format(name, *milliseconds(work)))
        if seconds:
            cost, proved, took = judge(question, seconds)
            word = "proved" if proved else "not proved in the time given"
            print(f"  CP-SAT                         {took:8.0f} ms, cost {cost}, {word}")
            ratios.append(took / mine[0])
            assert not proved or cost == best.cost.total
            assert cost is None or cost >= best.cost.total
    if ratios:
        print(
            f"CP-SAT takes {statistics.median(ratios):.0f} times as long [{min(ratios):.0f}..{max(ratios):.0f}]"
        )


if __name__ == "__main__":
    main()

"""Next question and danger check: unpinch against a Bayes library and a rule engine, on the same tables.

    python benchmarks/inference.py [--repeats 7]

Peers come with the dependency group ``bench``. pyAgrum gets a naive Bayes net over the same conditions and the same
findings, and answers the posterior alone, without the choice of the next question: that part favours the peer.
zen-engine gets every danger rule as one expression over the same facts, compiled once.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import random
import statistics
import time
from typing import TYPE_CHECKING, Any

from unpinch.clinical import assess, dangers, findings, knowledge, localise, questions

if TYPE_CHECKING:
    from collections.abc import Callable

    from unpinch.clinical.values import Answers

KB = knowledge.load()


def made_up_people(count: int, seed: int = 7) -> list[Answers]:
    """People with random marks and ticks: for timing alone, they resemble nobody."""
    rng = random.Random(seed)
    asked = [q for q in questions.catalogue(KB) if q.answer_type == "yes-no"]
    regions = [code for code, finding in KB.findings.items() if finding.is_region]
    people = []
    for _ in range(count):
        answers: dict[str, Any] = {q.code: rng.random() < 0.15 for q in asked if rng.random() < 0.5}
        answers["body-map"] = rng.sample(regions, 4)
        people.append(
            findings.parse_answers({"age": rng.randint(18, 90), "sex": "F", "answers": answers}, KB)
        )
    return people


def timed(task: Callable[[], object]) -> float:
    """Milliseconds of one run."""
    start = time.perf_counter()
    task()
    return (time.perf_counter() - start) * 1e3


def ours_next_question(people: list[Answers]) -> Callable[[], object]:
    """Posterior, danger floor and the choice of the next screen, for each person."""

    def run() -> None:
        for answers in people:
            facts = findings.facts_of(answers, KB)
            chances = localise.posterior(answers, KB)
            questions.next_screen(facts, frozenset(answers.values), dangers.floor_of(facts), chances)

    return run


def ours_choice(people: list[Answers]) -> Callable[[], object]:
    """The choice of the next question alone, with facts and posterior at hand."""
    ready = []
    for answers in people:
        facts = findings.facts_of(answers, KB)
        chances = localise.posterior(answers, KB)
        ready.append((facts, frozenset(answers.values), dangers.floor_of(facts), chances))
    return lambda: [questions.next_screen(*one) for one in ready]


def ours_dangers(people: list[Answers]) -> Callable[[], object]:
    """Every danger rule for each person."""
    return lambda: [dangers.floor_of(findings.facts_of(answers, KB)) for answers in people]


def ours_step(people: list[Answers]) -> Callable[[], object]:
    """A whole step as the web page needs it: judgement, reasons, sources, next screen."""
    return lambda: [assess.step(answers, frozenset(answers.values), KB) for answers in people]


def pyagrum_posterior(people: list[Answers]) -> Callable[[], object] | None:
    """The posterior over conditions in pyAgrum, or None when it is not installed."""
    try:
        gum = importlib.import_module("pyagrum")
    except ImportError:
        return None
    model = localise.model(KB)
    net = gum.BayesNet()
    cause = net.add(gum.LabelizedVariable("h", "h", [str(i) for i in range(len(model.hypotheses))]))
    prior = [math.exp(x) for x in model.log_prior]
    net.cpt(cause).fillWith([x / sum(prior) for x in prior])
    for index, code in enumerate(model.codes):
        node = net.add(gum.LabelizedVariable(code, code, ["0", "1"]))
        net.addArc(cause, node)
        table = [[1 - float(p), float(p)] for p in model.present[:, index]]
        net.cpt(node).fillWith([value for row in table for value in row])
    cases = []
    for answers in people:
        state = localise.evidence(answers, KB).state
        cases.append({code: int(s) for code, s in zip(model.codes, state, strict=True) if s >= 0})

    def run() -> None:
        for case in cases:
            engine = gum.LazyPropagation(net)
            engine.setEvidence(case)
            engine.setTargets({"h"})
            engine.makeInference()
            engine.posterior("h")

    return run


def zen_rules(people: list[Answers]) -> Callable[[], object] | None:
    """The danger rules as compiled expressions of zen-engine, or None when it is not installed."""
    try:
        zen = importlib.import_module("zen")
    except ImportError:
        return None
    compiled = [zen.compile_expression(expression(flag.rule)) for flag in KB.red_flags.values()]
    contexts = []
    for answers in people:
        facts = findings.facts_of(answers, KB)
        known = {name(code): facts.is_yes(code) for code in facts.program.finding}
        known |= {name(code): 0 for code, f in KB.findings.items() if f.answer_type == "number"}
        known |= {name(code): "" for code, f in KB.findings.items() if f.answer_type == "choice"}
        known |= {name(code): value for code, value in answers.values.items() if isinstance(value, int)}
        contexts.append(known)
    return lambda: [[bool(rule.evaluate(context)) for rule in compiled] for context in contexts]


def name(code: str) -> str:
    """A finding code as a name the rule engine can read."""
    return code.replace("-", "_")


def expression(rule: Any) -> str:
    """A danger rule in the language of zen-engine."""
    kind = type(rule).__name__
    if kind == "Is":
        return name(rule.code)
    if kind == "Compare":
        if KB.findings[rule.code].answer_type == "body-regions":
            return name(rule.value)
        value = rule.value if rule.value.isdigit() else json.dumps(rule.value)
        return f"({name(rule.code)} {'==' if rule.sign == '=' else rule.sign} {value})"
    if kind == "Not":
        return f"(not {expression(rule.part)})"
    if kind == "Always":
        return "true"
    parts = [expression(part) for part in rule.parts]
    if kind == "All":
        return f"({' and '.join(parts)})"
    if rule.least == 1:
        return f"({' or '.join(parts)})"
    return f"(sum([{', '.join(f'({part} ? 1 : 0)' for part in parts)}]) >= {rule.least})"


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    people = made_up_people(50)
    loads = [timed(lambda: (knowledge.load.cache_clear(), knowledge.load())) for _ in range(repeats)]
    tasks: dict[str, Callable[[], object] | None] = {
        "unpinch: choice of the next question": ours_choice(people),
        "unpinch: facts, posterior and next question": ours_next_question(people),
        "unpinch: whole step with reasons": ours_step(people),
        "pyAgrum: posterior alone": pyagrum_posterior(people[:10]),
        "unpinch: all danger rules": ours_dangers(people),
        "zen-engine: all danger rules": zen_rules(people),
    }
    sizes = {label: 10 if label.startswith("pyAgrum") else len(people) for label in tasks}
    times: dict[str, list[float]] = {label: [] for label, task in tasks.items() if task}
    for _ in range(repeats):
        for label, found in times.items():
            task = tasks[label]
            assert task is not None
            found.append(timed(task) / sizes[label])
    print(
        f"knowledge {KB.version}; {len(KB.conditions)} conditions, {len(localise.model(KB).codes)} findings"
    )
    print(f"{'load the knowledge':48} {statistics.median(loads):9.1f} ms")
    for label, found in times.items():
        print(f"{label:48} {statistics.median(found):9.3f} ms a person [{min(found):.3f}..{max(found):.3f}]")
    for label, task in tasks.items():
        if task is None:
            print(f"{label:48} not installed; left out")
    pairs = [
        ("pyAgrum: posterior alone", "unpinch: facts, posterior and next question"),
        ("zen-engine: all danger rules", "unpinch: all danger rules"),
    ]
    for peer, own in pairs:
        if peer in times:
            ratio = statistics.median(times[peer]) / statistics.median(times[own])
            print(f"ratio {peer} / {own}: {ratio:.1f}")


if __name__ == "__main__":
    main()

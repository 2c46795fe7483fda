"""What to do: the most urgent of what the danger rules ask for and what the likely conditions ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical import localise
from unpinch.clinical.values import Answers, Disposition, RankedCondition

if TYPE_CHECKING:
    from unpinch.clinical.dangers import Dangers
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.localise import Floats


def needs_doctor_mass(kb: Knowledge, chances: Floats) -> float:
    """How likely it is that the trouble is a condition that needs a doctor first, or something else."""
    totals = localise.by_condition(localise.model(kb), chances)
    needing = [
        condition.disposition_default is not Disposition.MASSAGE_OK for condition in kb.conditions.values()
    ]
    return float(totals[:-1][needing].sum() + totals[-1])


@dataclass(frozen=True, slots=True)
class Likely:
    """What the likely conditions ask for, and whether they leave room for what was not asked."""

    disposition: Disposition
    is_quiet: bool


def by_likelihood(answers: Answers, kb: Knowledge) -> Likely:
    """What the likely conditions ask for: doctor-first or massage-ok.

    Danger signs are left out of this reckoning: they act by their rules alone, so that no answer to a danger
    question, and none left open, can make the advice safer than its rule does.
    """
    mass = needs_doctor_mass(kb, localise.posterior(answers, kb, dangers=False))
    too_likely = mass >= kb.number("doctor-first-mass")
    return Likely(
        disposition=Disposition.DOCTOR_FIRST if too_likely else Disposition.MASSAGE_OK,
        is_quiet=mass < kb.number("quiet-doctor-mass"),
    )


def decide(dangers: Dangers, likely: Likely) -> Disposition:
    """The more urgent of the two. In a plain and quiet picture what was not asked counts at its background rate."""
    if dangers.is_plain and likely.is_quiet:
        return likely.disposition
    return max(dangers.disposition, likely.disposition, key=lambda disposition: disposition.rank)


def action(kb: Knowledge, decided: Disposition, dangers: Dangers) -> str:
    """The one sentence on what to do now."""
    if dangers.raised and dangers.raised[0].disposition is decided:
        return dangers.raised[0].action
    if decided is Disposition.MASSAGE_OK:
        return kb.say("action-massage-ok-open" if dangers.open_questions else "action-massage-ok")
    return kb.say("action-open" if dangers.open_questions else "action-doctor-first")


def headline(
    kb: Knowledge, decided: Disposition, ranking: tuple[RankedCondition, ...], unclear: float
) -> str:
    """The one sentence on what fits. ``unclear`` is how likely something else is."""
    if decided.rank >= Disposition.URGENT.rank:
        return kb.say("headline-danger")
    first, second = ranking[0], ranking[1]
    name, other = (kb.conditions[ranked.code].in_a_sentence for ranked in (first, second))
    if first.probability >= 0.5:
        return kb.say("headline-fits", name=name)
    if unclear > first.probability or first.probability + second.probability < 0.5:
        return kb.say("headline-unclear")
    return kb.say("headline-fits-two", name=name, second=other)

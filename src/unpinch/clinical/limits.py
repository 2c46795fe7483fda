"""Every limit that holds for one person: from what they said, and from the doctor. All together, the strictest wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from unpinch.clinical import dangers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from unpinch.clinical.clearance import Clearance
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import Contraindication
    from unpinch.clinical.values import Answers

_FELT = "felt"
LimitKind = Literal["no-massage", "approval", "wait", "avoid", "pressure", "technique", "adapt"]


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit on the course, in words and as far as a machine can hold it.

    ``regions`` and ``sites`` empty means everywhere, or a place named only in ``where``. ``certain`` is False
    when it holds because a question has no answer yet. ``code`` is the row it comes from, or ``doctor``.
    """

    code: str
    kind: LimitKind
    why: str
    where: str
    note: str
    regions: tuple[str, ...]
    sites: tuple[str, ...]
    pressure_max: int | None
    wait_days: int
    certain: bool
    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits together. Figures come from the certain ones: while one is uncertain, the plan is not ready."""

    all: tuple[Limit, ...]
    top_level: int

    @property
    def certain(self) -> tuple[Limit, ...]:
        """The limits that hold whatever the open questions bring."""
        return tuple(limit for limit in self.all if limit.certain)

    def of(self, kind: LimitKind, *, certain: bool | None = None) -> tuple[Limit, ...]:
        """The limits of one kind; with ``certain`` only those that are (not) certain."""
        return tuple(limit for limit in self.all if limit.kind == kind and certain in (None, limit.certain))

    @property
    def ceiling(self) -> int:
        """The highest pressure level anywhere on the body."""
        return self._lowest(
            limit for limit in self.certain if not limit.regions and not limit.sites and not limit.where
        )

    def ceiling_in(self, region: str) -> int:
        """The highest pressure level in one place of the body map."""
        return self._lowest(
            limit
            for limit in self.certain
            if region in limit.regions or not (limit.regions or limit.sites or limit.where)
        )

    @property
    def avoided(self) -> frozenset[str]:
        """The places of the body map to leave alone, from the first session on."""
        return frozenset(
            region for limit in self.certain if limit.kind in ("avoid", "wait") for region in limit.regions
        )

    @property
    def not_before_days(self) -> int:
        """Days from today before any massage."""
        return max(
            (
                limit.wait_days
                for limit in self.of("wait", certain=True)
                if not limit.regions and not limit.where
            ),
            default=0,
        )

    def _lowest(self, found: Iterable[Limit]) -> int:
        return min(
            (limit.pressure_max for limit in found if limit.pressure_max is not None), default=self.top_level
        )


def limits_for(answers: Answers, kb: Knowledge, clearance: Clearance | None) -> Limits:
    """The limits from contraindications and, when there is one, from the doctor."""
    felt = _felt(answers)
    own = tuple(
        _from_row(row, felt, certain=certain) for row, certain in dangers.contraindications(answers, kb)
    )
    doctor = tuple(_from_doctor(clearance, kb, felt)) if clearance else ()
    return Limits(own + doctor, max(kb.pressure_scale))


def _felt(answers: Answers) -> tuple[str, ...]:
    marked = answers.get("body-map")
    return marked if isinstance(marked, tuple) else ()


def _places(regions: tuple[str, ...], felt: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(place for region in regions for place in (felt if region == _FELT else (region,)))
    )


_KIND_OF: Mapping[str, LimitKind] = {
    "no-massage": "no-massage",
    "wait": "wait",
    "doctor-approval": "approval",
    "avoid-region": "avoid",
    "light-pressure-only": "pressure",
    "adapt": "adapt",
}


def _from_row(row: Contraindication, felt: tuple[str, ...], *, certain: bool) -> Limit:
    kind = _KIND_OF[row.effect]
    if row.applies_to == "technique" and kind == "no-massage":
        kind = "technique"
    whole = row.applies_to == "whole-body" or (row.applies_to == "pressure" and not row.sites)
    return Limit(
        code=row.code,
        kind=kind,
        why=row.why,
        where="" if whole else row.region,
        note=row.note,
        regions=() if whole and kind != "avoid" else _places(row.regions, felt),
        sites=row.sites,
        pressure_max=row.pressure_max,
        wait_days=row.wait_days or 0,
        certain=certain,
        source_ids=row.source_id,
    )


def _from_doctor(clearance: Clearance, kb: Knowledge, felt: tuple[str, ...]) -> Iterable[Limit]:
    why = "Your doctor asked for it"
    if not clearance.agrees:
        yield _doctor("no-massage", "Your doctor said no to massage")
    if clearance.avoid_regions:
        yield _doctor("avoid", why, regions=clearance.avoid_regions)
    if clearance.pressure_ceiling is not None:
        yield _doctor("pressure", why, pressure_max=clearance.pressure_ceiling)
    if clearance.wait_days:
        yield _doctor("wait", why, wait_days=clearance.wait_days)
    for treatment in clearance.treatments:
        care = kb.other_care[treatment.code]
        here = care.wait_days_before_massage - treatment.days_ago
        regions = treatment.regions or _places(care.regions, felt)
        if here > 0 and regions:
            yield _doctor("wait", care.what_it_is, regions=regions, wait_days=here, sources=care.source_id)
        anywhere = care.elsewhere_wait_days - treatment.days_ago
        if anywhere > 0:
            yield _doctor("wait", care.what_it_is, wait_days=anywhere, sources=care.source_id)


def _doctor(
    kind: LimitKind,
    why: str,
    *,
    regions: tuple[str, ...] = (),
    pressure_max: int | None = None,
    wait_days: int = 0,
    sources: tuple[str, ...] = (),
) -> Limit:
    return Limit(
        "doctor", kind, why, "", "", regions, (), pressure_max, wait_days, certain=True, source_ids=sources
    )

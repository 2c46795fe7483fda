"""The note of a session: a draft that two windows may write at once, signed once, and amended in the open after.

Pure functions over the whole note. Saving never loses a word: each save says on which version it builds, and what
another window wrote meanwhile is merged in, field by field; where both wrote in one field, both texts stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = ("subjective", "objective", "assessment", "plan")
LONGEST = 8000
"""Characters of one field."""

Text = MappingProxyType[str, str]
NoteRefusal = Literal["signed", "not-signed", "changed", "empty", "too-long", "unknown-version"]


@dataclass(frozen=True, slots=True)
class Amendment:
    """What was added after signing, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note with all its versions, the first one first. The last version is what stands."""

    versions: tuple[Text, ...]
    is_signed: bool = False
    amendments: tuple[Amendment, ...] = ()

    @property
    def number(self) -> int:
        """The number of the version that stands, from 1."""
        return len(self.versions)

    @property
    def text(self) -> Text:
        """What stands."""
        return self.versions[-1]


@dataclass(frozen=True, slots=True)
class Step:
    """What a wish did: the note after it. ``refusal`` says why it did nothing; ``clashed`` names merged fields."""

    note: Note
    refusal: NoteRefusal | None = None
    clashed: tuple[str, ...] = field(default=())


def text_of(raw: Mapping[str, str]) -> Text:
    """The four fields of a note, and no others; a missing one is empty."""
    return MappingProxyType({name: str(raw.get(name, "")).replace("\r\n", "\n").strip() for name in FIELDS})


def begin(text: Mapping[str, str]) -> Note:
    """A new draft, with what is known already filled in."""
    return Note((text_of(text),))


def save(note: Note, base: int, text: Mapping[str, str]) -> Step:
    """Keep a draft that was written on version ``base``. The same text again makes no new version."""
    if note.is_signed:
        return Step(note, "signed")
    if not 1 <= base <= note.number:
        return Step(note, "unknown-version")
    mine = text_of(text)
    if any(len(part) > LONGEST for part in mine.values()):
        return Step(note, "too-long")
    merged, clashed = _merged(note.versions[base - 1], mine, note.text)
    if merged == note.text:
        return Step(note, clashed=clashed)
    return Step(replace(note, versions=(*note.versions, merged)), clashed=clashed)


def sign(note: Note, base: int) -> Step:
    """Sign what stands, if it is what the signer saw."""
    if note.is_signed:
        return Step(note, "signed")
    if base != note.number:
        return Step(note, "changed")
    if not any(note.text.values()):
        return Step(note, "empty")
    return Step(replace(note, is_signed=True))


def amend(note: Note, text: str, reason: str) -> Step:
    """Add to a signed note; what was signed stays as it was."""
    if not note.is_signed:
        return Step(note, "not-signed")
    if not text.strip() or not reason.strip():
        return Step(note, "empty")
    if len(text) > LONGEST or len(reason) > LONGEST:
        return Step(note, "too-long")
    added = Amendment(text.strip(), reason.strip())
    return Step(replace(note, amendments=(*note.amendments, added)))


def _merged(base: Text, mine: Text, theirs: Text) -> tuple[Text, tuple[str, ...]]:
    clashed: list[str] = []
    merged: dict[str, str] = {}
    for name in FIELDS:
        merged[name] = _field(base[name], mine[name], theirs[name])
        if merged[name] not in (mine[name], theirs[name]):
            clashed.append(name)
    return MappingProxyType(merged), tuple(clashed)


def _field(base: str, mine: str, theirs: str) -> str:
    """One field of both: the side that changed, or both when both did."""
    if mine in (base, theirs):
        return theirs
    if theirs == base or (theirs and theirs in mine):
        return mine
    return theirs if mine and mine in theirs else "\n\n".join(part for part in (theirs, mine) if part)

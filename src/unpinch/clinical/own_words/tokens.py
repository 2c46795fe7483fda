"""A text as tokens that remember where they stood, with slips of the pen mended and contractions opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unpinch.clinical.own_words.lexicon import Lexicon

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+(?:[.,][0-9]+)?|[.,;:!?()&/\n]")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "`": "'", "\u00b4": "'", "\u2013": ",", "\u2014": ","})
_ENDS = frozenset(".!?;\n")
_LEAST_SWAPPED, _LEAST_MENDED = 4, 5
_MOST_MENDED = 400
"""How many unknown words are looked at: a text with more is not a sentence or two."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark, in small letters, and where it stands in the text."""

    text: str
    start: int
    end: int


def tokens_of(text: str, lexicon: Lexicon) -> tuple[Token, ...]:
    """The tokens of a text. Characters keep their places: no step changes the length of the text."""
    plain = "".join(small if len(small := char.lower()) == 1 else char for char in text.translate(_QUOTES))
    raw = [_owned(match) for match in _TOKEN.finditer(plain)]
    return _mended(_spelt(raw, lexicon), lexicon)


def _owned(match: re.Match[str]) -> Token:
    word = match[0]
    if word == "&":
        word = "and"
    if word.endswith("'s") and word not in ("it's", "that's", "there's"):
        word = word[:-2]
    return Token(word, match.start(), match.end())


def _spelt(raw: list[Token], lexicon: Lexicon) -> list[Token]:
    """Known slips and contractions replaced, the longest first; each new word stands for the whole span."""
    out: list[Token] = []
    at = 0
    while at < len(raw):
        for length in (3, 2, 1):
            right = lexicon.spellings.get(tuple(token.text for token in raw[at : at + length]))
            if right is not None and at + length <= len(raw):
                out += [Token(word, raw[at].start, raw[at + length - 1].end) for word in right]
                at += length
                break
        else:
            out.append(raw[at])
            at += 1
    return out


def _mended(found: list[Token], lexicon: Lexicon) -> tuple[Token, ...]:
    looked_at = 0
    out = []
    for token in found:
        if len(token.text) >= _LEAST_SWAPPED and token.text.isalpha() and not lexicon.knows(token.text):
            looked_at += 1
            if looked_at <= _MOST_MENDED:
                token = Token(nearest(token.text, lexicon), token.start, token.end)  # noqa: PLW2901 - the mended one
        out.append(token)
    return tuple(out)


@lru_cache(maxsize=4096)
def nearest(word: str, lexicon: Lexicon) -> str:
    """The one known word that is a single slip away, or the word itself."""
    near = [known for known in lexicon.words_like(word) if _is_one_slip(word, known)]
    swapped = [known for known in near if sorted(known) == sorted(word)]
    if len(swapped) == 1:
        return swapped[0]
    return near[0] if len(near) == 1 and len(word) >= _LEAST_MENDED else word


def _is_one_slip(word: str, known: str) -> bool:
    """One letter too many, too few, wrong, or two neighbours swapped. The first letter is right."""
    if word[0] != known[0] or abs(len(word) - len(known)) > 1:
        return False
    same = 0
    while same < min(len(word), len(known)) and word[same] == known[same]:
        same += 1
    rest, other = word[same:], known[same:]
    if len(word) == len(known):
        is_swap = rest[:2] == other[1::-1] and rest[2:] == other[2:]
        return rest[1:] == other[1:] or (is_swap and len(rest) > 1)
    return rest[1:] == other if len(rest) > len(other) else rest == other[1:]


def sentences(tokens: tuple[Token, ...]) -> list[range]:
    """The sentences as ranges over the tokens, each with its end mark. A dot inside a list of marks ends one too."""
    found, first = [], 0
    for number, token in enumerate(tokens):
        if token.text in _ENDS:
            found.append(range(first, number + 1))
            first = number + 1
    if first < len(tokens):
        found.append(range(first, len(tokens)))
    return found

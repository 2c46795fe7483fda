"""How hard a text is to read: the Flesch-Kincaid grade, with a syllable count of our own.

Grade 6 is what a child of about 11 reads. The formula is 0.39 x words per sentence + 11.8 x syllables per
word - 15.59 (Kincaid 1975); it knows length, not meaning, so it is a fence and not a proof.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_SENTENCE_END = re.compile(r"[.?!:;]+(?=\s|$)|\)\s")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(r"(?:[^laeiouy]|[aeiouy]l)e(?:s|d)?$|[^td]ed$")


def syllables(word: str) -> int:
    """About how many syllables a word has; never less than one."""
    word = word.lower()
    count = len(_VOWELS.findall(word))
    if count > 1 and _SILENT_END.search(word) and not re.search(r"(?:[sxz]|ch|sh|[cg])es$", word):
        count -= 1
    return max(count, 1)


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(len(_SENTENCE_END.findall(text)), 1)
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59

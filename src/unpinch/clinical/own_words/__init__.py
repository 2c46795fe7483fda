"""What a person says in their own words, read as answers for them to look over. It never decides anything.

A caller needs ``read`` and the values it hands out. Rules and a lexicon of tables, no guesses by numbers.
"""

from __future__ import annotations

from unpinch.clinical.own_words.heard import Danger, Doubt, Heard, HeardFinding
from unpinch.clinical.own_words.protected import protected
from unpinch.clinical.own_words.reading import MOST_CHARACTERS, read

__all__ = ["MOST_CHARACTERS", "Danger", "Doubt", "Heard", "HeardFinding", "protected", "read"]

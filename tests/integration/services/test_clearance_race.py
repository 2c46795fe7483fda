"""Two answers at the very same time: one is kept, the other is told so."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import OperationalError, connection

from asking import asked, opened, say, word
from clinic import make_practice
from unpinch.records.models import Clearance, ClearanceAnswer
from unpinch.services.clearance_answer import Answered
from unpinch.services.outcomes import Refused


@pytest.mark.django_db(transaction=True)
def test_of_two_parallel_answers_exactly_one_wins() -> None:
    door = opened(asked(make_practice()))
    outcomes: list[Answered | Refused] = []
    together = Barrier(2)

    def answer(said: str) -> None:
        together.wait()
        try:
            while True:
                try:
                    outcomes.append(say(door, word(said)))
                    break
                except OperationalError:
                    # The tests' SQLite lives in memory, where a lock is an error at once and nobody waits.
                    assert connection.vendor == "sqlite"
        finally:
            connection.close()

    threads = [Thread(target=answer, args=(said,)) for said in ("yes", "no")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    kept = [outcome for outcome in outcomes if isinstance(outcome, Answered)]
    lost = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
    assert (len(kept), lost) == (1, ["changed-meanwhile"])
    assert ClearanceAnswer.objects.get().word["say"] == kept[0].word.say
    assert Clearance.objects.get().version == 1

"""Whatever happens to a question, in whatever order: the table holds, one answer wins, the gate follows the last word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from asking import agree, leg_answers, word
from clinic import NOW, Place, make_practice
from unpinch.clinical.clearance_states import LIVE, ClearanceState
from unpinch.gateways.clock import FixedClock
from unpinch.records.models import AuditEvent, Clearance, ClearanceAnswer
from unpinch.services import clearance_answer, clearance_ask, clearance_link, gate, intake
from unpinch.services.clearance_answer import Answered
from unpinch.services.clearance_ask import AskCommand, Asked
from unpinch.services.clearance_link import Opened
from unpinch.services.gate import Allowed
from unpinch.services.outcomes import Refused

SAYS = st.sampled_from(["yes", "no", "call"])


class Questions(RuleBasedStateMachine):
    """One person, any number of questions about one set of answers, some browsers, and time that passes."""

    place: Place

    @initialize()
    def begin(self) -> None:
        ClearanceAnswer.objects.all().delete()
        Clearance.objects.all().delete()
        self.now = NOW
        self.key = leg_answers(self.place)
        agree(self.place, self.key)
        self.asked: list[Asked] = []
        self.doors: list[Opened] = []
        self.spoken: str | None = None
        self.until = NOW

    @property
    def clock(self) -> FixedClock:
        return FixedClock(self.now)

    @rule()
    def ask(self) -> None:
        found = clearance_ask.ask(
            AskCommand(self.key, "Ada", "ada@clients.example", "", "grey@surgery.example"), clock=self.clock
        )
        assert isinstance(found, Asked)
        self.asked.append(found)

    @rule(data=st.data())
    def press_a_link(self, data: st.DataObject) -> None:
        if not self.asked:
            return
        question = data.draw(st.sampled_from(self.asked))
        row = Clearance.objects.get(pk=question.id)
        found = clearance_link.open_link(question.token, clock=self.clock)
        if isinstance(found, Opened):
            assert not row.browser_hash
            assert clearance_link.state_at(row, self.now) in LIVE
            self.doors.append(found)

    @rule(data=st.data(), say=SAYS)
    def answer(self, data: st.DataObject, say: str) -> None:
        if not self.doors:
            return
        door = data.draw(st.sampled_from(self.doors))
        row = Clearance.objects.get(key=door.key)
        for _ in range(2):  # sent twice: only the first counts
            found = clearance_answer.answer(
                door.key, door.secret, word(say), by_name="Grey", version=row.version, clock=self.clock
            )
        assert isinstance(found, Refused)
        after = Clearance.objects.get(key=door.key)
        assert after.version - row.version in (0, 1)
        if after.version > row.version:
            assert row.link_expires_at > self.now
            self._spoke(say, after)

    @rule(say=SAYS)
    def write_down(self, say: str) -> None:
        found = clearance_answer.write_down(
            clearance_answer.WrittenDown(
                self.key, word(say), "Dr White", self.now.date(), "paper", self.place.ann_user.pk
            ),
            practice_id=self.place.practice.pk,
            clock=self.clock,
        )
        assert isinstance(found, Answered)
        self._spoke(say, Clearance.objects.get(state="answered"))

    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        keys = list(Clearance.objects.order_by("pk").values_list("pk", flat=True))
        if not keys:
            return
        row = Clearance.objects.get(pk=data.draw(st.sampled_from(keys)))
        newest = ClearanceAnswer.objects.order_by("answered_at", "pk").last()
        found = clearance_answer.revoke(
            row.pk, practice_id=self.place.practice.pk, actor="user:1", clock=self.clock
        )
        if not isinstance(found, Refused) and newest is not None and newest.clearance_id == row.pk:
            self.spoken = "revoked"

    @rule(hours=st.integers(1, 24 * 40))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def _spoke(self, say: str, row: Clearance) -> None:
        self.spoken = say
        self.until = row.valid_until or self.now + timedelta(days=10_000)
        self.now += timedelta(seconds=1)

    @invariant()
    def one_question_lives(self) -> None:
        if hasattr(self, "key"):
            states = list(Clearance.objects.values_list("state", flat=True))
            assert sum(ClearanceState(state) in LIVE for state in states) <= 1

    @invariant()
    def the_gate_follows_the_last_word(self) -> None:
        if not hasattr(self, "key"):
            return
        verdict = gate.still_stands(intake.load(self.key), self.now)
        closes = self.spoken in ("no", "call", "revoked")
        assert isinstance(verdict, Refused) is closes
        if isinstance(verdict, Allowed):
            holds = self.spoken == "yes" and self.now < self.until
            assert (verdict.word is not None) is holds

    @invariant()
    def every_answer_is_in_the_book(self) -> None:
        if hasattr(self, "key"):
            lines = AuditEvent.objects.filter(
                action="clearance.answer",
                object_id__in=[str(key) for key in Clearance.objects.values_list("pk", flat=True)],
            ).count()
            assert lines == ClearanceAnswer.objects.count()
            assert lines == sum(Clearance.objects.values_list("version", flat=True))


@pytest.mark.django_db
def test_any_order_of_events() -> None:
    place = make_practice()

    class Here(Questions):
        pass

    Here.place = place
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

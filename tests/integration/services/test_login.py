"""Logging in: who gets in, who does not, and that nobody can shut anybody else out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from clinic import CLOCK, NOW, command, make_practice
from unpinch.gateways.clock import FixedClock
from unpinch.records.models import AuditEvent, Client, LoginStep, Message, Role, TryCount, User
from unpinch.services import booking, login, second_factor, totp
from unpinch.services.login import LoggedIn, NextStep, Place
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from clinic import Place as Clinic

HOME = Place("203.0.113.7")
ATTACKER = Place("198.51.100.66")
ANN = "ann@harbour.example"
PHRASE = "a long pass phrase"


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_practice()


@pytest.fixture
def ada(clinic: Clinic) -> Client:
    """A client who has booked and has no account."""
    booking.book(command(clinic), clock=CLOCK)
    return Client.objects.get()


def mailed_code() -> str:
    found = re.search(
        r"^(\d{4} \d{4})$", Message.objects.filter(kind="login-code").latest("pk").text, re.MULTILINE
    )
    assert found
    return found[1]


def wrong(times: int, place: Place, email: str = ANN) -> list[str]:
    outcomes = [login.by_password(email, "guess", place, clock=CLOCK) for _ in range(times)]
    return [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]


def with_app(user: User) -> str:
    """Gives this person an authenticator app; its secret."""
    setup = second_factor.set_up_authenticator(user.pk, clock=CLOCK)
    shown = totp.code(setup.secret, totp.step_at(NOW - timedelta(seconds=30)))
    second_factor.confirm_authenticator(user.pk, shown, clock=CLOCK)
    return setup.secret


def test_a_right_password_logs_in_however_the_address_is_spelled(clinic: Clinic) -> None:
    found = login.by_password(" Ann@HARBOUR.example ", PHRASE, HOME, clock=CLOCK)
    assert found == LoggedIn(clinic.ann_user.pk, "password")


@pytest.mark.parametrize("email", [ANN, "nobody@harbour.example", ""])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(clinic: Clinic, email: str) -> None:
    assert wrong(1, HOME, email) == ["wrong-password"]


def test_a_closed_account_does_not_log_in(clinic: Clinic) -> None:
    User.objects.update(is_active=False)
    assert isinstance(login.by_password(ANN, PHRASE, HOME, clock=CLOCK), Refused)


def test_guessing_from_one_place_has_to_wait(clinic: Clinic) -> None:
    assert wrong(7, ATTACKER) == ["wrong-password"] * 5 + ["wait"] * 2
    outcome = login.by_password(ANN, PHRASE, ATTACKER, clock=CLOCK)
    assert isinstance(outcome, Refused)
    later = FixedClock(NOW + timedelta(minutes=5))
    assert isinstance(login.by_password(ANN, PHRASE, ATTACKER, clock=later), LoggedIn)


def test_guessing_does_not_shut_out_the_one_whose_address_it_is(clinic: Clinic) -> None:
    wrong(20, ATTACKER)
    assert isinstance(login.by_password(ANN, PHRASE, HOME, clock=CLOCK), LoggedIn)


def test_guessing_from_everywhere_leaves_the_known_browser_the_code_and_the_passkey(clinic: Clinic) -> None:
    for number in range(60):
        wrong(1, Place(f"198.51.100.{number}"))
    outcome = login.by_password(ANN, PHRASE, Place("192.0.2.1"), clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "use-a-code"
    known = Place("192.0.2.1", known_browser="nonce")
    assert isinstance(login.by_password(ANN, PHRASE, known, clock=CLOCK), LoggedIn)
    step = login.send_code(ANN, HOME, clock=CLOCK)
    assert isinstance(step, NextStep)
    assert isinstance(login.by_code(step.key, mailed_code(), clock=CLOCK), LoggedIn)


def test_guessing_many_addresses_from_one_place_ends_there(clinic: Clinic) -> None:
    for number in range(50):
        wrong(1, ATTACKER, f"somebody{number}@harbour.example")
    assert wrong(1, ATTACKER) == ["use-a-code"]
    assert wrong(1, HOME) == ["wrong-password"]


def test_the_code_of_the_mail_logs_in_once(clinic: Clinic) -> None:
    step = login.send_code(ANN, HOME, clock=CLOCK)
    assert isinstance(step, NextStep)
    code = mailed_code()
    assert login.by_code(step.key, code, clock=CLOCK) == LoggedIn(clinic.ann_user.pk, "code")
    assert isinstance(login.by_code(step.key, code, clock=CLOCK), Refused)
    clinic.ann_user.refresh_from_db()
    assert clinic.ann_user.email_verified_at == NOW


def test_the_code_is_in_no_subject_and_no_table(clinic: Clinic) -> None:
    login.send_code(ANN, HOME, clock=CLOCK)
    mail = Message.objects.get()
    assert not re.search(r"\d{4}", mail.subject)
    assert mailed_code().replace(" ", "") not in str(LoginStep.objects.values().get())


def test_a_code_is_good_for_the_browser_that_asked_for_it_alone(clinic: Clinic) -> None:
    mine = login.send_code(ANN, HOME, clock=CLOCK)
    code = mailed_code()
    theirs = login.send_code(ANN, ATTACKER, clock=CLOCK)
    assert isinstance(mine, NextStep)
    assert isinstance(theirs, NextStep)
    assert isinstance(login.by_code(theirs.key, code, clock=CLOCK), Refused)
    assert isinstance(login.by_code(mine.key, code, clock=CLOCK), LoggedIn)


def test_a_code_ends_after_five_wrong_tries_and_after_ten_minutes(clinic: Clinic) -> None:
    step = login.send_code(ANN, HOME, clock=CLOCK)
    assert isinstance(step, NextStep)
    tries = [login.by_code(step.key, "0000 0000", clock=CLOCK) for _ in range(6)]
    assert [one.code for one in tries if isinstance(one, Refused)] == ["wrong-code"] * 5 + ["begin-again"]
    again = login.send_code(ANN, HOME, clock=CLOCK)
    assert isinstance(again, NextStep)
    late = FixedClock(NOW + timedelta(minutes=10))
    assert isinstance(login.by_code(again.key, mailed_code(), clock=late), Refused)


def test_an_address_that_nobody_knows_gets_no_mail_and_the_same_page(clinic: Clinic) -> None:
    step = login.send_code("stranger@elsewhere.example", HOME, clock=CLOCK)
    assert isinstance(step, NextStep)
    assert step.stage == "code"
    assert not Message.objects.exists()
    assert isinstance(login.by_code(step.key, "12345678", clock=CLOCK), Refused)


def test_one_place_cannot_fill_a_mailbox_nor_keep_its_owner_from_a_code(clinic: Clinic) -> None:
    sent = [login.send_code(ANN, ATTACKER, clock=CLOCK) for _ in range(6)]
    assert sum(isinstance(one, NextStep) for one in sent) == 3
    assert isinstance(login.send_code(ANN, HOME, clock=CLOCK), NextStep)


def test_who_has_booked_gets_an_account_by_code(ada: Client) -> None:
    step = login.send_code(ada.email, HOME, clock=CLOCK)
    assert isinstance(step, NextStep)
    outcome = login.by_code(step.key, mailed_code(), clock=CLOCK)
    user = User.objects.get(email=ada.email_key)
    assert outcome == LoggedIn(user.pk, "code")
    assert (user.role, user.has_usable_password(), user.email_verified_at) == (Role.CLIENT, False, NOW)
    ada.refresh_from_db()
    assert ada.user is None  # whose bookings these are, the name has still to say
    assert AuditEvent.objects.filter(action="account.make", object_id=str(user.pk)).count() == 1


def test_while_somebody_guesses_codes_they_get_longer_and_nobody_is_shut_out(clinic: Clinic) -> None:
    for number in range(10):
        step = login.send_code(ANN, Place(f"198.51.100.{number}"), clock=CLOCK)
        assert isinstance(step, NextStep)
        for _ in range(5):
            login.by_code(step.key, "0000 0000", clock=CLOCK)
    mine = login.send_code(ANN, HOME, clock=CLOCK)
    assert isinstance(mine, NextStep)
    found = re.search(r"^\d{4} \d{4} \d{4}$", Message.objects.latest("pk").text, re.MULTILINE)
    assert found
    assert isinstance(login.by_code(mine.key, found[0], clock=CLOCK), LoggedIn)


def test_who_has_the_password_cannot_guess_the_app_from_many_places(clinic: Clinic) -> None:
    secret = with_app(clinic.ann_user)
    for number in range(8):
        step = login.by_password(ANN, PHRASE, Place(f"198.51.100.{number}"), clock=CLOCK)
        assert isinstance(step, NextStep)
        for _ in range(4):
            login.by_second_factor(step.key, "x", Place(f"198.51.100.{number}"), clock=CLOCK)
    shown = totp.code(secret, totp.step_at(NOW))
    outcomes = []
    for place in (Place("192.0.2.1"), Place("192.0.2.1", known_browser="nonce")):
        step = login.by_password(ANN, PHRASE, place, clock=CLOCK)
        assert isinstance(step, NextStep)
        outcomes.append(login.by_second_factor(step.key, shown, place, clock=CLOCK))
    assert [type(one) for one in outcomes] == [Refused, LoggedIn]


def test_with_an_app_a_password_alone_does_not_log_in(clinic: Clinic) -> None:
    secret = with_app(clinic.ann_user)
    step = login.by_password(ANN, PHRASE, HOME, clock=CLOCK)
    assert isinstance(step, NextStep)
    assert step.stage == "second"
    shown = totp.code(secret, totp.step_at(NOW))
    done = login.by_second_factor(step.key, shown, HOME, clock=CLOCK)
    assert done == LoggedIn(clinic.ann_user.pk, "password", has_second_factor=True)
    assert isinstance(login.by_second_factor(step.key, shown, HOME, clock=CLOCK), Refused)


def test_a_mailed_code_asks_for_the_second_factor_too(clinic: Clinic) -> None:
    with_app(clinic.ann_user)
    step = login.send_code(ANN, HOME, clock=CLOCK)
    assert isinstance(step, NextStep)
    after = login.by_code(step.key, mailed_code(), clock=CLOCK)
    assert isinstance(after, NextStep)
    assert after.stage == "second"


def test_the_code_of_an_app_is_taken_once_across_logins(clinic: Clinic) -> None:
    secret = with_app(clinic.ann_user)
    shown = totp.code(secret, totp.step_at(NOW))
    outcomes = []
    for _ in range(2):
        step = login.by_password(ANN, PHRASE, HOME, clock=CLOCK)
        assert isinstance(step, NextStep)
        outcomes.append(login.by_second_factor(step.key, shown, HOME, clock=CLOCK))
    assert [type(one) for one in outcomes] == [LoggedIn, Refused]


def test_a_recovery_code_stands_in_once(clinic: Clinic) -> None:
    with_app(clinic.ann_user)
    code = second_factor.new_recovery_codes(clinic.ann_user.pk, clock=CLOCK)[0]
    outcomes = []
    for typed in (code.upper().replace("-", " "), code):
        step = login.by_password(ANN, PHRASE, HOME, clock=CLOCK)
        assert isinstance(step, NextStep)
        outcomes.append(login.by_second_factor(step.key, typed, HOME, clock=CLOCK))
    assert [type(one) for one in outcomes] == [LoggedIn, Refused]
    assert second_factor.factors_of(clinic.ann_user.pk).recovery_codes == 9


def test_a_step_of_one_kind_opens_no_other(clinic: Clinic) -> None:
    step = login.send_code(ANN, HOME, clock=CLOCK)
    assert isinstance(step, NextStep)
    assert isinstance(login.by_second_factor(step.key, "000000", HOME, clock=CLOCK), Refused)
    assert isinstance(login.by_passkey(step.key, {}, clock=CLOCK), Refused)
    assert login.stage_of(step.key, clock=CLOCK) == "code"
    assert login.stage_of("made up", clock=CLOCK) == ""


def test_who_begins_a_login_clears_away_what_others_never_finished(clinic: Clinic) -> None:
    login.send_code(ANN, HOME, clock=CLOCK)
    assert login.tidy(NOW) == 0
    later = FixedClock(NOW + timedelta(minutes=11))
    login.send_code("nobody@harbour.example", ATTACKER, clock=later)
    assert LoginStep.objects.get().email_key == "nobody@harbour.example"
    assert not TryCount.objects.filter(resets_at__lte=later.now()).exists()

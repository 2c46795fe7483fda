"""What a client owes, has paid and has left; packages; vouchers that are used once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from clinic import CLOCK, NOW, TEN, command, make_practice, well
from unpinch.clinical import assess, knowledge
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.kernel.money import with_check
from unpinch.records.models import (
    Appointment,
    AuditEvent,
    CancellationRule,
    Client,
    Course,
    LedgerEntry,
    Package,
    Role,
    Service,
    Status,
    User,
    Voucher,
)
from unpinch.services import access, booking, course_plan, course_price, money, packages, vouchers
from unpinch.services.money import PayCommand
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from clinic import Place
    from unpinch.services.access import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None) -> Place:
    return make_practice()


def staff(place: Place, role: Role) -> Caller:
    user = User.objects.create_user(
        f"{role}@{place.practice.slug}.example",
        "a long pass phrase",
        practice=place.practice,
        role=role,
        name="X",
    )
    return access.caller(user.pk)


@pytest.fixture
def desk(place: Place) -> Caller:
    return staff(place, Role.DESK)


def book(place: Place, **changes: Any) -> Appointment:
    outcome = booking.book(command(place, **changes), clock=CLOCK)
    assert isinstance(outcome, booking.Booked)
    return Appointment.objects.select_related("practice").get(pk=outcome.appointment.id)


def paid(desk: Caller, row: Appointment, amount: int, **more: Any) -> int:
    assert row.client_id is not None
    given = {"client_id": row.client_id, "key": str(uuid4()), "amount_minor": amount, "way": "cash", **more}
    return money.take(desk, PayCommand(**given), clock=CLOCK)


def standing(row: Appointment) -> tuple[int, int, int, int]:
    """Price, paid, open, credit."""
    found = money.of_appointment(row)
    return tuple(one.price_minor for one in (found.price, found.paid, found.open, found.credit))  # type: ignore[return-value]


def test_a_booked_session_is_owed_until_it_is_paid_and_the_rest_is_credit(place: Place, desk: Caller) -> None:
    row = book(place)
    assert standing(row) == (5800, 0, 5800, 0)
    assert money.of_appointment(row).by == TEN
    paid(desk, row, 6000)
    assert standing(row) == (5800, 5800, 0, 200)
    assert AuditEvent.objects.filter(action="money.write").count() == 1


def test_a_payment_sent_twice_counts_once(place: Place, desk: Caller) -> None:
    row = book(place)
    key = str(uuid4())
    assert paid(desk, row, 5800, key=key) == paid(desk, row, 5800, key=key)
    assert LedgerEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("fee_percent", "owed"), [(0, 0), (50, 2900), (100, 5800)], ids=["free", "half", "all"]
)
def test_cancelling_leaves_what_the_policy_keeps_and_the_rest_is_credit(
    place: Place, desk: Caller, fee_percent: int, owed: int
) -> None:
    CancellationRule.objects.create(
        practice=place.practice, service=place.swedish, notice_minutes=3 * 24 * 60, fee_percent=fee_percent
    )
    row = book(place)
    paid(desk, row, 5800)
    booking.cancel(booking.token_of(row.calendar_uid), clock=CLOCK)
    assert row.client_id is not None
    account = money.account_of(row.client_id)
    assert (account.used, account.left, account.owed) == (owed, 5800 - owed, 0)


def test_a_missed_session_is_owed(place: Place) -> None:
    row = book(place)
    Appointment.objects.update(status=Status.NO_SHOW)
    assert standing(row) == (5800, 0, 5800, 0)


def test_no_more_is_paid_back_than_is_left(place: Place, desk: Caller) -> None:
    row = book(place)
    paid(desk, row, 6000)
    assert row.client_id is not None
    back = PayCommand(row.client_id, "one", 201, "refund")
    assert isinstance(money.pay_back(desk, back, clock=CLOCK), Refused)
    money.pay_back(desk, replace(back, amount_minor=200), clock=CLOCK)
    money.pay_back(desk, replace(back, amount_minor=200), clock=CLOCK)
    assert standing(row) == (5800, 5800, 0, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_minor": 0}, "amount"),
        ({"amount_minor": -5}, "amount"),
        ({"amount_minor": 10**9}, "amount"),
        ({"way": "refund"}, "way"),
        ({"way": "shells"}, "way"),
    ],
)
def test_what_is_no_payment_is_refused(
    place: Place, desk: Caller, changes: dict[str, Any], code: str
) -> None:
    row = book(place)
    with pytest.raises(InputError) as caught:
        paid(desk, row, amount=changes.get("amount_minor", 100), way=changes.get("way", "cash"))
    assert caught.value.code == code
    assert not LedgerEntry.objects.exists()


def test_money_is_for_the_desk_of_this_practice(place: Place) -> None:
    row = book(place)
    elsewhere = staff(make_practice("elsewhere"), Role.DESK)
    for caller in (elsewhere, access.caller(place.ann_user.pk)):
        with pytest.raises(NotFoundError):
            paid(caller, row, 100)
        with pytest.raises(NotFoundError):
            vouchers.seen(caller) if caller is not elsewhere else money.sheet(caller, row.client_id or 0)


# Packages


def test_six_for_five_is_cheaper_and_its_parts_add_up(place: Place) -> None:
    owner = staff(place, Role.OWNER)
    packages.keep(owner, place.swedish.pk, 6, 5 * 5800, clock=CLOCK)
    price = course_price.price_of(place.swedish, 6)
    assert (price.total_minor, price.sum_minor, price.package) == (29000, 34800, "6 for 5")
    assert sum(price.shares) == 29000
    assert course_price.price_of(place.swedish, 5).package == ""
    packages.keep(owner, place.swedish.pk, 6, 30000, clock=CLOCK)
    assert [one.price.price_minor for one in packages.packages(owner, place.swedish.pk)] == [30000]
    packages.remove(owner, place.swedish.pk, Package.objects.get().pk, clock=CLOCK)
    assert course_price.price_of(place.swedish, 6).total_minor == 34800


@pytest.mark.parametrize(
    ("sessions", "price", "code"),
    [(1, 100, "sessions"), (31, 100, "sessions"), (6, 34800, "price"), (6, 0, "price")],
)
def test_what_is_no_package_is_refused(place: Place, sessions: int, price: int, code: str) -> None:
    with pytest.raises(InputError) as caught:
        packages.keep(staff(place, Role.OWNER), place.swedish.pk, sessions, price, clock=CLOCK)
    assert caught.value.code == code


def test_a_package_is_due_before_its_first_session_and_a_stopped_course_settles_itself(
    place: Place, desk: Caller
) -> None:
    first = book(place)
    second = book(place, starts=TEN + timedelta(days=7))
    assert first.client is not None
    course = Course.objects.create(
        practice=place.practice, client=first.client, sessions=2, is_package=True, created_at=NOW
    )
    Appointment.objects.update(course=course, price_minor=5000)
    assert money.of_appointment(second).by == TEN
    paid(desk, first, 10000)
    found = money.of_course(course.pk)
    assert found is not None
    assert (found.sessions, found.sessions_paid, found.open.price_minor) == (2, 2, 0)
    booking.cancel(booking.token_of(second.calendar_uid), clock=CLOCK)
    assert first.client_id is not None
    account = money.account_of(first.client_id)
    assert (account.used, account.left) == (5000, 5000)


# Vouchers


def redeem(client: Client, code: str, where: str = "203.0.113.7") -> vouchers.Redeemed | Refused:
    return vouchers.redeem(client.pk, code, where, actor="test", clock=CLOCK)


def test_a_voucher_becomes_credit_once(place: Place, desk: Caller) -> None:
    row = book(place)
    made = vouchers.make(desk, 5000, clock=CLOCK)
    client = Client.objects.get()
    assert isinstance(redeem(client, made.code.lower()), vouchers.Redeemed)
    again = redeem(client, made.code)
    assert isinstance(again, Refused)
    assert again.code == "used"
    assert standing(row) == (5800, 5000, 800, 0)
    assert made.code.replace("-", "") not in str(Voucher.objects.values().get())


@pytest.mark.parametrize("kind", ["mistyped", "unknown", "over", "used"])
def test_a_code_that_is_no_good_says_why(place: Place, desk: Caller, kind: str) -> None:
    book(place)
    code = vouchers.make(desk, 5000, NOW.date() + timedelta(days=1), clock=CLOCK).code
    if kind == "mistyped":
        code = code[:-1] + ("0" if code[-1] != "0" else "1")
    elif kind == "unknown":
        code = with_check("0" * 15)
    elif kind == "over":
        Voucher.objects.update(valid_until=NOW.date() - timedelta(days=1))
    else:
        assert vouchers.cancel(desk, Voucher.objects.get().pk, clock=CLOCK)
    outcome = redeem(Client.objects.get(), code)
    assert isinstance(outcome, Refused)
    assert outcome.code == kind
    assert not LedgerEntry.objects.exists()


def test_guessing_is_stopped_where_it_comes_from_and_nowhere_else(place: Place, desk: Caller) -> None:
    book(place)
    code = vouchers.make(desk, 5000, clock=CLOCK).code
    client = Client.objects.get()
    outcomes = [redeem(client, "X") for _ in range(11)]
    assert isinstance(outcomes[-1], Refused)
    assert outcomes[-1].code == "too-many"
    assert isinstance(redeem(client, code), Refused)
    assert isinstance(redeem(client, code, "198.51.100.9"), vouchers.Redeemed)


def test_the_database_refuses_a_voucher_twice_in_the_ledger(place: Place, desk: Caller) -> None:
    book(place)
    redeem(Client.objects.get(), vouchers.make(desk, 5000, clock=CLOCK).code)
    entry = LedgerEntry.objects.get()
    entry.pk, entry.key = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_one_code_at_once_one_has_it() -> None:
    place = make_practice()
    book(place)
    code = vouchers.make(staff(place, Role.DESK), 5000, clock=CLOCK).code
    client = Client.objects.get()
    outcomes: list[vouchers.Redeemed | Refused] = []
    start = Barrier(4)

    def use() -> None:
        start.wait()
        try:
            while True:
                try:
                    outcomes.append(redeem(client, code))
                    break
                except OperationalError:
                    # The tests' SQLite lives in memory, where a lock is an error at once and nobody waits.
                    assert connection.vendor == "sqlite"
        finally:
            connection.close()

    threads = [Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(isinstance(one, vouchers.Redeemed) for one in outcomes) == 1
    assert [one.amount_minor for one in LedgerEntry.objects.all()] == [5000]


def test_prices_change_no_answer_and_no_plan(place: Place) -> None:
    kb = knowledge.load()
    person = well(body_map=["region-neck"], main_place=["region-neck"])

    def told() -> object:
        return assess.assess(person, kb), course_plan.plan_for(person, on_agreement=True)

    before = told()
    Service.objects.update(price_minor=100)
    packages.keep(staff(place, Role.OWNER), place.swedish.pk, 6, 500, clock=CLOCK)
    place.practice.currency = "JPY"
    place.practice.save()
    assert told() == before

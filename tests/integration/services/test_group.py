"""Two side by side: both or neither, each through the gate, in one wide room or two."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from clinic import CLOCK, NOW, TEN, command, make_practice, make_therapist, stored_answers
from unpinch.kernel.errors import InputError
from unpinch.records.models import Appointment, Client, Message, Room
from unpinch.scheduling.availability import at_least
from unpinch.services.booking import Taken, book, cancel
from unpinch.services.group import (
    GroupBooked,
    GroupCommand,
    GroupTaken,
    Guest,
    book_group,
    group_starts,
)
from unpinch.services.outcomes import Refused
from unpinch.services.place import Wish
from unpinch.services.reschedule import Moved, move

if TYPE_CHECKING:
    from clinic import Place

HOUR = timedelta(hours=1)


@pytest.fixture
def place(db: None) -> Place:
    return make_practice()


def couple(place: Place, **changes: Any) -> GroupCommand:
    guests = tuple(
        Guest(stored_answers(place), f"{name} Byron", f"{name}@clients.example", "0117 496 0123")
        for name in ("ada", "bob")
    )
    return replace(
        GroupCommand(place.practice.pk, uuid4(), "swedish-60", "harbour", TEN, guests, True), **changes
    )


def side_by_side(place: Place, **changes: Any) -> GroupBooked:
    outcome = book_group(couple(place, **changes), clock=CLOCK)
    assert isinstance(outcome, GroupBooked), outcome
    return outcome


def test_two_rooms_and_two_therapists(place: Place) -> None:
    outcome = side_by_side(place)
    rows = list(Appointment.objects.order_by("pk"))
    assert {row.therapist for row in rows} == {place.ann, place.ben}
    assert len({row.room_id for row in rows}) == 2
    assert len({row.group for row in rows}) == 1
    assert [item.appointment.client_name for item in outcome.bookings] == ["ada Byron", "bob Byron"]
    assert set(Message.objects.values_list("to", flat=True)) == {
        "ada@clients.example",
        "bob@clients.example",
    }


def test_a_wide_room_is_shared_and_taken_whole(place: Place) -> None:
    wide = Room.objects.order_by("-pk")[0]
    Room.objects.filter(pk=wide.pk).update(places=2)
    side_by_side(place)
    first, second = Appointment.objects.order_by("pk")
    assert (first.room, second.room, second.shares_room_with) == (wide, None, first)
    make_therapist(place.harbour, "cy")
    third = command(place, name="Cleo", therapist_code="cy")
    assert not isinstance(book(third, clock=CLOCK), Taken)
    assert Appointment.objects.order_by("-pk")[0].room != wide


def test_who_stays_keeps_the_room(place: Place) -> None:
    Room.objects.order_by("pk")[1].delete()
    Room.objects.update(places=2)
    outcome = side_by_side(place)
    cancel(outcome.bookings[0].token, clock=CLOCK)
    stays = Appointment.objects.get(client__name="bob Byron")
    assert stays.room is not None
    assert stays.shares_room_with is None
    assert isinstance(book(command(place, name="Cleo"), clock=CLOCK), Taken)


def test_who_moves_leaves_the_room_to_the_other(place: Place) -> None:
    Room.objects.order_by("pk")[1].delete()
    Room.objects.update(places=2)
    outcome = side_by_side(place)
    first = outcome.bookings[0]
    code = Appointment.objects.select_related("therapist").get(client__name="ada Byron").therapist.code
    # A quarter of an hour later the other still lies in the only room.
    assert isinstance(move(first.token, Wish("harbour", code, TEN + HOUR / 4), clock=CLOCK), Taken)
    assert isinstance(move(first.token, Wish("harbour", code, TEN + 3 * HOUR), clock=CLOCK), Moved)
    assert Appointment.objects.get(client__name="bob Byron").room is not None


def test_one_wish_for_a_therapist_is_met(place: Place) -> None:
    asked = couple(place)
    first, second = asked.guests
    asked = replace(asked, guests=(first, replace(second, therapist_code="ann")))
    assert isinstance(book_group(asked, clock=CLOCK), GroupBooked)
    assert Appointment.objects.get(client__name="bob Byron").therapist == place.ann


@pytest.mark.parametrize("what", ["therapist", "room"])
def test_both_or_neither(place: Place, what: str) -> None:
    if what == "room":
        Room.objects.order_by("pk")[1].delete()
    else:
        book(command(place, name="Cleo"), clock=CLOCK)
    before = Appointment.objects.count()
    outcome = book_group(couple(place), clock=CLOCK)
    assert isinstance(outcome, GroupTaken)
    assert Appointment.objects.count() == before
    assert not Client.objects.filter(name="ada Byron").exists()
    for starts in outcome.starts[:1]:
        assert isinstance(book_group(couple(place, starts=starts), clock=CLOCK), GroupBooked)


def test_each_passes_the_gate(place: Place) -> None:
    asked = couple(place)
    ill = replace(asked.guests[1], assessment_key=stored_answers(place, rf_saddle_numb=True))
    outcome = book_group(replace(asked, guests=(asked.guests[0], ill)), clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "danger"
    assert not Appointment.objects.exists()


def test_the_same_person_twice_is_no_couple(place: Place) -> None:
    asked = couple(place)
    outcome = book_group(replace(asked, guests=(asked.guests[0],) * 2), clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "same-person"


def test_answers_of_one_do_not_serve_for_two(place: Place) -> None:
    asked = couple(place)
    twin = replace(asked.guests[1], assessment_key=asked.guests[0].assessment_key)
    outcome = book_group(replace(asked, guests=(asked.guests[0], twin)), clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "answers-of-another"


def test_the_second_press_books_nothing_new(place: Place) -> None:
    asked = couple(place)
    assert book_group(asked, clock=CLOCK) == book_group(asked, clock=CLOCK)
    assert Appointment.objects.count() == Message.objects.count() == 2
    other = book_group(replace(asked, starts=TEN + HOUR), clock=CLOCK)
    assert isinstance(other, Refused)
    assert other.code == "key-used"


def test_what_cannot_be_used_says_whose_it_is(place: Place) -> None:
    asked = couple(place)
    odd = replace(asked.guests[1], email="nowhere")
    with pytest.raises(InputError, match="Person 2"):
        book_group(replace(asked, guests=(asked.guests[0], odd)), clock=CLOCK)
    with pytest.raises(InputError):
        book_group(replace(asked, guests=asked.guests[:1]), clock=CLOCK)


def test_offered_to_two_is_free_for_two(place: Place) -> None:
    book(command(place, name="Cleo"), clock=CLOCK)
    place.swedish.practice = place.practice
    starts = group_starts(place.swedish, TEN.date(), 1, 2, NOW, location_code="harbour")
    assert TEN not in starts
    assert min(starts) == TEN + 1.25 * HOUR
    assert group_starts(place.swedish, TEN.date(), 1, 3, NOW, location_code="harbour") == ()


@pytest.mark.parametrize(("count", "found"), [(1, 0b1111), (2, 0b1110), (3, 0b1000), (4, 0)])
def test_at_least_so_many(count: int, found: int) -> None:
    assert at_least(count, [0b1011, 0b1110, 0b1100]) == found

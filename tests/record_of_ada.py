"""A client about whom every table says something, for tests of export, erasure and results."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from clinic import CLOCK, NOW, Place, command
from unpinch.clinical.progress import Activity, Reading
from unpinch.records.models import (
    Appointment,
    AppointmentBlock,
    Clearance,
    ClearanceAnswer,
    Client,
    Course,
    CourseReview,
    DayAfter,
    DoctorAgreement,
    LedgerEntry,
    Location,
    NoteAmendment,
    NoteVersion,
    ReliefReading,
    Role,
    RoomEvent,
    RoomSession,
    Service,
    SessionCheck,
    SessionNote,
    SignIn,
    User,
    Voucher,
    WaitlistEntry,
)
from unpinch.services import booking, consent, relief

if TYPE_CHECKING:
    from datetime import datetime

SECRET = "the-hash-of-a-link"


def full_record(place: Place, name: str = "Ada Byron", starts: datetime | None = None) -> Client:
    """One client, met in every table; her only appointment is at ten tomorrow unless told otherwise."""
    email = f"{name.split(maxsplit=1)[0].lower()}@clients.example"
    given: dict[str, Any] = {"name": name, "email": email}
    if starts is not None:
        given["starts"] = starts
    booked = booking.book(command(place, **given), clock=CLOCK)
    assert isinstance(booked, booking.Booked)
    client = Client.objects.get(name=name)
    practice = place.practice
    client.user = User.objects.create_user(email, "a long pass phrase", practice=practice, role=Role.CLIENT)
    client.save()
    SignIn.objects.create(
        practice=practice,
        user=client.user,
        key_hash=f"{SECRET}-{client.pk}",
        how="password",
        created_at=NOW,
        last_seen_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    for purpose in ("treatment", "statistics"):
        whose = consent.Whose(practice.pk, client_id=client.pk)
        consent.give(purpose, consent.Signature(name), whose, clock=CLOCK)
    _tell(place, client)
    return client


def _tell(place: Place, client: Client) -> None:
    practice = place.practice
    appointment = Appointment.objects.get(client=client)
    assessment = appointment.assessment
    assert assessment is not None
    course = Course.objects.create(
        practice=practice,
        key=uuid4(),
        client=client,
        assessment=assessment,
        plan={"condition": "carpal-tunnel-syndrome"},
        sessions=1,
        created_at=NOW,
    )
    Appointment.objects.filter(pk=appointment.pk).update(course=course, course_session=1)
    said = (
        ("start", Reading(pain=7, activities=(Activity("Lift the kettle", 3),)), NOW),
        (
            "session",
            Reading(pain=3, activities=(Activity("Lift the kettle", 8),), overall=5),
            NOW + timedelta(days=7),
        ),
    )
    for moment, reading, at in said:
        ReliefReading.objects.create(
            practice=practice,
            key=uuid4(),
            client=client,
            course=course,
            moment=moment,
            answers=relief.dump(reading),
            said_at=at,
        )
    CourseReview.objects.create(
        practice=practice,
        course=course,
        after_session=1,
        outcome="better",
        given="go-on",
        decided="go-on",
        actor="system",
        decided_at=NOW,
    )
    SessionCheck.objects.create(
        practice=practice,
        key=uuid4(),
        appointment=appointment,
        state="clear",
        said={},
        verdict={},
        said_at=NOW,
    )
    room = RoomSession.objects.create(
        practice=practice, appointment=appointment, phase="finished", plan={}, code=SECRET, started_at=NOW
    )
    RoomEvent.objects.create(
        practice=practice, session=room, number=1, what={"kind": "less"}, by="client", at=NOW
    )
    note = SessionNote.objects.create(practice=practice, appointment=appointment, signed_at=NOW)
    NoteVersion.objects.create(
        practice=practice, note=note, number=1, text={"plan": "rest"}, saved_by=place.ann_user, saved_at=NOW
    )
    NoteAmendment.objects.create(
        practice=practice,
        note=note,
        number=1,
        text="Left hand",
        reason="Wrong side",
        added_by=place.ann_user,
        added_at=NOW,
    )
    DayAfter.objects.create(
        practice=practice, key=uuid4(), appointment=appointment, outcome="fine", said={}, said_at=NOW
    )
    DoctorAgreement.objects.create(
        practice=practice,
        assessment=assessment,
        doctor_name="Dr Grey",
        agreed_on=date(2026, 11, 1),
        recorded_at=NOW,
    )
    clearance = Clearance.objects.create(
        practice=practice,
        assessment=assessment,
        state="answered",
        way="mail",
        doctor_name="Dr Grey",
        person_name=client.name,
        token_hash=f"{SECRET}-{client.pk}",
        asked_at=NOW,
        link_expires_at=NOW,
        letter_copy="JVBERi0xLjQ=",
    )
    ClearanceAnswer.objects.create(
        practice=practice,
        clearance=clearance,
        number=1,
        word={"answer": "yes", "note": "=not too hard"},
        answered_at=NOW,
        by_name="Dr Grey",
        how="link",
        said_on=date(2026, 11, 1),
    )
    AppointmentBlock.objects.create(
        practice=practice, appointment=appointment, clearance=clearance, reason="doctor-no", since=NOW
    )
    voucher = Voucher.objects.create(
        practice=practice,
        code_hash=f"{SECRET}-voucher-{client.pk}",
        hint="ab12",
        amount_minor=1000,
        note=f"For {client.name}",
        created_at=NOW,
        redeemed_at=NOW,
        redeemed_by=client,
    )
    LedgerEntry.objects.create(
        practice=practice,
        key=str(uuid4()),
        client=client,
        amount_minor=1000,
        way="voucher",
        appointment=appointment,
        course=course,
        voucher=voucher,
        note=f"{client.name} paid",
        actor="system",
        at=NOW,
    )
    WaitlistEntry.objects.create(
        practice=practice,
        client=client,
        assessment=assessment,
        service=Service.objects.get(practice=practice),
        location=Location.objects.get(practice=practice),
        first_day=date(2026, 12, 1),
        last_day=date(2026, 12, 9),
        state="left",
        queued_at=NOW,
        look_at=NOW,
        created_at=NOW,
    )

"""Load the demonstration practice, once; and keep how to log in to it in a file for its owner alone."""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from unpinch.clinical import knowledge
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import SetupError
from unpinch.records.models import (
    Appointment,
    Client,
    Course,
    Practice,
    Role,
    Room,
    Service,
    Status,
    StoredAssessment,
    Therapist,
    User,
)
from unpinch.services import booking, clearance, intake
from unpinch.services.contact import Contact
from unpinch.services.demo.calendar import DemoCalendar, Slot, noon
from unpinch.services.demo.clients import FOLDER, ClientStory, asked_for_a_plan, read_clients
from unpinch.services.demo.relief import give_plan, tell
from unpinch.services.practice_file import PracticePlan, read_practice
from unpinch.services.practice_setup import Login, new_password, set_up_practice

if TYPE_CHECKING:
    from collections.abc import Mapping

LOGINS_FILE = "demo-logins.json"


def load_demo(now: datetime) -> tuple[Login, ...]:
    """Load the demonstration if this installation is empty; the logins to it, the same at every call.

    Refused when the installation holds a real practice.
    """
    plan = read_practice(FOLDER / "practice.toml", now.astimezone(ZoneInfo("Europe/London")).date())
    logins, are_new = _logins(plan, Path(settings.DATA_FOLDER) / LOGINS_FILE)
    with transaction.atomic():
        if Practice.objects.filter(slug=plan.slug).exists():
            if are_new:
                _set_passwords(logins)
        else:
            passwords = {login.email: login.password for login in logins}
            practice = set_up_practice(plan, passwords, now)
            _Loading(practice, plan, now, passwords).load()
    return logins


class _Loading:
    """One loading: what every step of it needs."""

    def __init__(
        self, practice: Practice, plan: PracticePlan, now: datetime, passwords: Mapping[str, str]
    ) -> None:
        self._practice, self._plan, self._now, self._passwords = practice, plan, now, passwords
        self._zone = ZoneInfo(plan.time_zone)
        self._today = now.astimezone(self._zone).date()
        self._calendar = DemoCalendar(plan, self._zone)
        self._services = {item.code: item for item in Service.objects.filter(practice=practice)}
        self._therapists = {item.code: item for item in Therapist.objects.filter(practice=practice)}
        self._rooms = {
            (item.location.code, item.name): item
            for item in Room.objects.filter(practice=practice).select_related("location")
        }

    def load(self) -> None:
        """Everybody with their courses."""
        for turn, client in enumerate(read_clients()):
            self._load_client(client, turn)

    def _load_client(self, story: ClientStory, turn: int) -> None:
        first_day = self._today - timedelta(days=story.course.behind * story.course.every_days)
        began = noon(first_day - timedelta(days=3), self._zone)
        client = self._add_client(story, turn, began)
        said = asked_for_a_plan(story, knowledge.load())
        key = intake.store(said, practice_id=self._practice.pk, clock=FixedClock(began))
        if story.says_doctor_agrees:
            clearance.record_unverified_agreement(
                key, doctor_name="Dr Adeline Frost", agreed_on=began.date(), clock=FixedClock(began)
            )
        assessment = StoredAssessment.objects.get(key=key)
        assessment.client = client
        assessment.save(update_fields=["client"])
        course = Course.objects.create(
            practice=self._practice, client=client, assessment=assessment, created_at=began
        )
        service = next(item for item in self._plan.services if item.code == story.course.service)
        for number in range(story.course.sessions):
            near = first_day + timedelta(days=number * story.course.every_days + story.course.later)
            slot = self._calendar.take(service, story.course.therapist, story.name, near, turn + number)
            if slot is not None:
                status = self._status(story, number + 1, slot)
                self._book(slot, self._services[service.code], course, status)
        give_plan(course, said, story.course, on_agreement=story.says_doctor_agrees)
        tell(course, story.course, self._now)

    def _add_client(self, story: ClientStory, turn: int, began: datetime) -> Client:
        email = email_of(story)
        user = None
        if story.signs_in:
            user = User.objects.create_user(
                email, self._passwords.get(email), practice=self._practice, role=Role.CLIENT, name=story.name
            )
        contact = Contact(story.name, email, f"+447700900{turn:03d}")
        return Client.objects.create(
            practice=self._practice,
            user=user,
            name=contact.name,
            name_key=contact.name_key,
            email=contact.email,
            email_key=contact.email_key,
            phone=contact.phone,
            created_at=began,
        )

    def _status(self, story: ClientStory, number: int, slot: Slot) -> Status:
        if number == story.course.cancelled:
            return Status.CANCELLED
        if slot.ends > self._now:
            return Status.BOOKED
        return Status.NO_SHOW if number == story.course.missed else Status.COMPLETED

    def _book(self, slot: Slot, service: Service, course: Course, status: Status) -> None:
        room = self._rooms[slot.location, slot.room]
        uid = uuid.uuid4()
        local = slot.starts.astimezone(self._zone)
        Appointment.objects.create(
            practice=self._practice,
            key=uuid.uuid4(),
            therapist=self._therapists[slot.therapist],
            room=room,
            client=course.client,
            service=service,
            location=room.location,
            assessment=course.assessment,
            course=course,
            starts_at=slot.starts,
            ends_at=slot.ends,
            busy_from=slot.starts,
            busy_until=slot.busy_until,
            local_start=local.strftime("%Y-%m-%dT%H:%M"),
            time_zone=self._plan.time_zone,
            status=status,
            released_at=course.created_at if status is Status.CANCELLED else None,
            price_minor=service.price_minor,
            calendar_uid=uid,
            cancel_token_hash=booking.hash_of(booking.token_of(uid)),
            booked_at=course.created_at,
        )


def email_of(story: ClientStory) -> str:
    """The made-up address of a client."""
    return f"{story.name.split()[0].lower()}@example.org"


def _logins(plan: PracticePlan, file: Path) -> tuple[tuple[Login, ...], bool]:
    """The logins of this installation, and whether they are new: made once, read from the file ever after."""
    client = next(item for item in read_clients() if item.signs_in)
    therapist = plan.therapists[0].person
    people = (
        ("client", client.name, email_of(client)),
        ("therapist", therapist.name, therapist.email),
        ("owner", plan.owner.name, plan.owner.email),
    )
    try:
        passwords = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        complete = {email: str(passwords.get(email) or new_password()) for _, _, email in people}
        if complete != passwords:
            _write_privately(file, json.dumps(complete, indent=2) + "\n")
    except (OSError, ValueError, AttributeError) as error:
        raise SetupError(
            f"The file {file} with the demonstration's logins cannot be used. "
            "Remove it, or give unpinch access to it; new logins are made where it is missing."
        ) from error
    logins = tuple(Login(role, name, email, complete[email]) for role, name, email in people)
    return logins, complete != passwords


def _write_privately(file: Path, text: str) -> None:
    """Replace the file as a whole; nobody else may read it, at no moment."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".logins-")  # made with mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)
    Path(name).replace(file)


def _set_passwords(logins: tuple[Login, ...]) -> None:
    """Make the passwords hold when the file was lost and made anew."""
    for login in logins:
        user = User.objects.filter(email=login.email).first()
        if user is not None:
            user.set_password(login.password)
            user.save(update_fields=["password"])

"""Who signs in, who treats, and who is treated."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from unpinch.records.encrypted import EncryptedTextField
from unpinch.records.models.practice import Location, OfPractice, Practice


class Role(models.TextChoices):
    """What a person who signs in may do. A therapist who owns the practice is an owner with a therapist's row."""

    CLIENT = "client", "Client"
    THERAPIST = "therapist", "Therapist"
    DESK = "desk", "Front desk"
    OWNER = "owner", "Owner"


class UserManager(BaseUserManager["User"]):
    """Makes users; addresses are kept in lower case, so that one person has one account."""

    def create_user(
        self, email: str, password: str | None = None, *, practice: Practice, role: str, **more: Any
    ) -> User:
        """A new user; without a password nobody can sign in as this user."""
        user = self.model(email=email.strip().lower(), practice=practice, role=role, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this address, however it is spelled."""
        return self.get(email=(username or "").strip().lower())


class User(OfPractice, AbstractBaseUser):
    """A person who signs in, by e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=10, choices=Role)
    is_active = models.BooleanField(default=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    """When this person last proved that mail to the address reaches them."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["practice", "role"]

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or "user"


class Therapist(OfPractice):
    """A person who gives massage."""

    user = models.OneToOneField(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="therapist"
    )
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    about = models.CharField(max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "code"], name="therapist_code")]

    def __str__(self) -> str:
        return self.name


class TherapistSkill(OfPractice):
    """What a therapist has learned. ``region`` narrows it to a place on the body; empty means everywhere."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="skills")
    skill = models.CharField(max_length=40)
    region = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "therapist", "skill", "region"], name="skill_once")
        ]

    def __str__(self) -> str:
        return self.skill


class WorkingHours(OfPractice):
    """When a therapist works at a location on a weekday (0 is Monday), by the local clock.

    An end that is not after the start is on the next day, so 00:00 is midnight. A break is the gap between two
    rows. ``valid_from`` and ``valid_to`` are days of the start, both included; empty means without limit.
    """

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="hours")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(weekday__lte=6), name="hours_weekday")]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts} to {self.ends}"


class PrivateCalendar(OfPractice):
    """A therapist's own calendar somewhere else. What is busy there is time off here. The address is a secret."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="calendars")
    name = models.CharField(max_length=60)
    address = EncryptedTextField()
    etag = models.CharField(max_length=200, blank=True)
    look_at = models.DateTimeField(db_index=True)
    """When it is fetched next."""
    read_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True)
    """Why it could not be fetched the last time, in words for its owner."""

    def __str__(self) -> str:
        return f"calendar {self.pk}"


class TimeOff(OfPractice):
    """A time when a therapist is away, wherever they work; from their own calendar, if ``calendar`` is set."""

    therapist = models.ForeignKey(Therapist, on_delete=models.CASCADE, related_name="time_off")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    calendar = models.ForeignKey(
        PrivateCalendar, on_delete=models.CASCADE, null=True, blank=True, related_name="busy"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="time_off_in_order")
        ]
        indexes = [models.Index(fields=["practice", "ends_at"], name="time_off_by_end")]

    def __str__(self) -> str:
        return f"{self.starts_at} to {self.ends_at}"


class Remind(models.TextChoices):
    """How long before an appointment somebody is reminded of it, once they have agreed to be reminded at all."""

    NONE = "none", "Not at all"
    DAY = "day", "A day before"
    BOTH = "both", "A day before, and two hours before"


class Client(OfPractice):
    """A person who has booked. The same name with the same address is the same person.

    ``email_key`` and ``name_key`` are the address and the name as they are compared.
    """

    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="client")
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120)
    email = models.EmailField()
    email_key = models.EmailField()
    phone = models.CharField(max_length=20)
    remind = models.CharField(max_length=4, choices=Remind, default=Remind.DAY)
    """What they chose; without their consent to reminders none is sent, whatever is chosen."""
    remind_by_sms = models.BooleanField(default=False)
    """Whether reminders come as text messages, where the practice can send them; otherwise by mail."""
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "email_key", "name_key"], name="client_once")
        ]

    def __str__(self) -> str:
        return "client"


class CalendarFeed(OfPractice):
    """A secret address at which the calendar of a therapist, a room or a client can be read. Another ``uid`` revokes it."""

    kind = models.CharField(max_length=10)
    of = models.BigIntegerField()
    """The key of the therapist, room or client."""
    uid = models.UUIDField(unique=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "kind", "of"], name="feed_once")]

    def __str__(self) -> str:
        return f"feed of {self.kind} {self.of}"

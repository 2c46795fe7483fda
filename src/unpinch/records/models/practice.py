"""The practice and its places, services and days off."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

LONGEST_UNIT_MINUTES = 24 * 60
"""No session with its turnover is longer: reading the calendar of a day need not look further back."""


class Practice(models.Model):
    """One business. Every other row belongs to one."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="Europe/London")
    country = models.CharField(max_length=2, default="GB")
    """Two letters; phone numbers without a country code are read as numbers of this country."""
    currency = models.CharField(max_length=3, default="GBP")
    phone = models.CharField(max_length=20)
    email = models.EmailField()
    terms = models.TextField(blank=True)
    grid_minutes = models.PositiveSmallIntegerField(default=15)
    """Sessions start at local times that are multiples of this."""
    hold_minutes = models.PositiveSmallIntegerField(default=10)
    """For how long a place is kept while someone fills in the form."""
    offer_minutes = models.PositiveSmallIntegerField(default=120)
    """For how long a place is kept for someone on the waitlist before it is offered to the next."""
    needs_second_factor = models.BooleanField(default=False)
    """Whether staff must have a second factor before they see anything else."""
    feeds_show_initials = models.BooleanField(default=False)
    """Whether clients stand as initials in the calendars that staff subscribe to; otherwise not at all."""
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(grid_minutes__gte=5, grid_minutes__lte=60), name="practice_grid_5_to_60"
            ),
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=1, hold_minutes__lte=60), name="practice_hold_1_to_60"
            ),
            models.CheckConstraint(
                condition=Q(offer_minutes__gte=5, offer_minutes__lte=2880), name="practice_offer_to_two_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfPractice(models.Model):
    """What every other table starts with."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Location(OfPractice):
    """A place with an address and a clock of its own."""

    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    time_zone = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "code"], name="location_code")]

    def __str__(self) -> str:
        return self.name


class Room(OfPractice):
    """A room at a location; ``kind`` is what a service asks for ("massage" unless the practice says otherwise)."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="rooms")
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40, default="massage")
    places = models.PositiveSmallIntegerField(default=1)
    """How many people can lie here side by side."""
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "location", "code"], name="room_code"),
            models.CheckConstraint(condition=Q(places__gte=1, places__lte=4), name="room_places_1_to_4"),
        ]

    def __str__(self) -> str:
        return self.name


class Service(OfPractice):
    """What can be booked: how long, with what skill and room, for how much, and how far ahead."""

    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    skill = models.CharField(max_length=40)
    room_kind = models.CharField(max_length=40, default="massage")
    minutes = models.PositiveSmallIntegerField()
    turnover_before_minutes = models.PositiveSmallIntegerField(default=0)
    turnover_after_minutes = models.PositiveSmallIntegerField(default=0)
    price_minor = models.PositiveIntegerField(default=0)
    """In the smallest coin of the practice's currency."""
    is_self_bookable = models.BooleanField(default=True)
    notice_min_minutes = models.PositiveIntegerField(default=120)
    notice_max_days = models.PositiveSmallIntegerField(default=84)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "code"], name="service_code"),
            models.CheckConstraint(condition=Q(minutes__gte=5), name="service_takes_time"),
            models.CheckConstraint(
                condition=Q(
                    minutes__lte=LONGEST_UNIT_MINUTES
                    - F("turnover_before_minutes")
                    - F("turnover_after_minutes")
                ),
                name="service_fits_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CancellationRule(OfPractice):
    """What is kept of a service's price when there are fewer than ``notice_minutes`` left before it starts.

    A service may have several; the dearest that applies counts. Without any, cancelling is free until the start.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="cancellation_rules")
    notice_minutes = models.PositiveIntegerField()
    fee_percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "service", "notice_minutes"], name="cancellation_rule_once"
            ),
            models.CheckConstraint(condition=Q(fee_percent__lte=100), name="cancellation_fee_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.fee_percent} % under {self.notice_minutes} minutes"


class Closure(OfPractice):
    """Local days on which a location (or, without one, the whole practice) is closed; both days included."""

    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, blank=True, related_name="closures"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="closure_in_order")
        ]
        indexes = [models.Index(fields=["practice", "last_day"], name="closure_by_day")]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"

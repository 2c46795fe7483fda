"""Packages, what was paid, and gift vouchers. What is owed is nowhere written: it follows from the appointments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from unpinch.records.models.booking import Appointment
from unpinch.records.models.course import Course
from unpinch.records.models.people import Client
from unpinch.records.models.practice import OfPractice, Service


class Package(OfPractice):
    """So many sessions of a service in one course for a price of their own."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="packages")
    sessions = models.PositiveSmallIntegerField()
    price_minor = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "sessions"], name="package_once"),
            models.CheckConstraint(condition=Q(sessions__gte=2, sessions__lte=30), name="package_2_to_30"),
        ]

    def __str__(self) -> str:
        return f"package of {self.sessions}"


class Voucher(OfPractice):
    """A gift: a sum that whoever knows the code may use, once and as a whole. The code itself is not kept."""

    code_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=4)
    """The last letters of the code, to tell vouchers apart."""
    amount_minor = models.PositiveIntegerField()
    valid_until = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    redeemed_at = models.DateTimeField(null=True, blank=True)
    redeemed_by = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="voucher_of_something"),
            models.CheckConstraint(
                condition=Q(redeemed_at__isnull=True, redeemed_by__isnull=True)
                | Q(redeemed_at__isnull=False, redeemed_by__isnull=False, cancelled_at__isnull=True),
                name="voucher_redeemed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"voucher {self.hint}"


class Way(models.TextChoices):
    """How money came in, or went back."""

    CASH = "cash", "Cash"
    CARD = "card", "Card at the practice"
    TRANSFER = "transfer", "Bank transfer"
    ONLINE = "online", "Paid online"
    VOUCHER = "voucher", "Gift voucher"
    GOODWILL = "goodwill", "Goodwill"
    REFUND = "refund", "Paid back"


class LedgerEntry(OfPractice):
    """One sum that a client paid (above nought) or was paid back (below). Written once; an error is put right by another."""

    key = models.CharField(max_length=80)
    """Chosen by who writes it, so that a second press, or a second word of a provider, counts once."""
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="ledger")
    amount_minor = models.IntegerField()
    way = models.CharField(max_length=10, choices=Way)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voucher = models.OneToOneField(
        Voucher, on_delete=models.PROTECT, null=True, blank=True, related_name="entry"
    )
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "key"], name="ledger_key"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="ledger_not_nought"),
            models.CheckConstraint(
                condition=Q(way="refund", amount_minor__lt=0) | (~Q(way="refund") & Q(amount_minor__gt=0)),
                name="ledger_sign_by_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.amount_minor}"

"""What people agreed to, purpose by purpose, with the text they saw."""

from __future__ import annotations

from django.db import models

from unpinch.records.encrypted import EncryptedTextField
from unpinch.records.models.intake import StoredAssessment
from unpinch.records.models.people import Client
from unpinch.records.models.practice import OfPractice


class Consent(OfPractice):
    """One signature under one text. It holds until ``withdrawn_at``; the row itself stays.

    Before somebody has booked, it hangs on their answers; afterwards on them.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="consents")
    assessment = models.ForeignKey(
        StoredAssessment, on_delete=models.PROTECT, null=True, related_name="consents"
    )
    purpose = models.CharField(max_length=30)
    text_version = models.CharField(max_length=20)
    signed_name = EncryptedTextField()
    signature_path = EncryptedTextField(blank=True)
    """The drawn signature as an SVG path; empty when the name was typed."""
    guardian_relation = models.CharField(max_length=60, blank=True)
    """Set when somebody else signed for a minor: ``signed_name`` is then theirs."""
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(client__isnull=False) | models.Q(assessment__isnull=False),
                name="consent_of_somebody",
            )
        ]
        indexes = [models.Index(fields=["practice", "client", "purpose"], name="consent_by_client")]

    def __str__(self) -> str:
        return f"consent to {self.purpose}"

"""What a person said and what was concluded, kept when the person chose to book or to save."""

from __future__ import annotations

import uuid

from django.db import models

from unpinch.records.encrypted import EncryptedJSONField, EncryptedTextField
from unpinch.records.models.people import Client
from unpinch.records.models.practice import OfPractice


class StoredAssessment(OfPractice):
    """One set of answers with the judgement on it, as it was. Never changed, but for who it belongs to."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="assessments")
    """Set by the first booking made with it; then it is this person's and nobody else's."""
    answers = EncryptedJSONField()
    marks = EncryptedJSONField(default=list)
    """Where on the body chart, side by side: ``["region-thumb:right"]``. Drawing only; the judgement has no use for it."""
    result = EncryptedJSONField()
    disposition = models.CharField(max_length=20)
    knowledge_version = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.key)


class DoctorAgreement(OfPractice):
    """A person's word that their doctor agrees to massage. Nobody has checked it until ``verified_at`` is set."""

    assessment = models.ForeignKey(StoredAssessment, on_delete=models.PROTECT, related_name="agreements")
    doctor_name = EncryptedTextField()
    agreed_on = models.DateField()
    how = EncryptedTextField(blank=True)
    recorded_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return "verified agreement" if self.verified_at else "unverified agreement"

"""Who did what to which record, and when. Written once, never changed: the database refuses."""

from __future__ import annotations

from django.db import models

from unpinch.records.append_only import AppendOnly
from unpinch.records.models.practice import OfPractice


class AuditEvent(OfPractice):
    """One line of the record book. ``details`` names things and states; never what anyone said about health.

    ``number`` counts the lines of a practice from 1; ``content`` and ``chain`` are what ``records.chain`` says. On
    PostgreSQL number and chain are there once the transaction has ended.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    """``user:7`` for someone signed in, ``client:3`` or ``visitor`` without an account, ``system`` for jobs."""
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=30)
    object_id = models.CharField(max_length=40)
    about = models.BigIntegerField(null=True)
    """The client whom the line is about, where it was known; a number and no key, for it outlives the client."""
    details = models.JSONField(default=dict, blank=True)
    number = models.PositiveBigIntegerField(null=True)
    content = models.CharField(max_length=64)
    chain = models.CharField(max_length=64, null=True)  # noqa: DJ001 - null until it is chained, and never empty

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="audit_number"),
            AppendOnly(name="audit_append_only"),
        ]
        indexes = [
            models.Index(fields=["practice", "object_kind", "object_id"], name="audit_by_object"),
            models.Index(fields=["practice", "about"], name="audit_by_client"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_id}"

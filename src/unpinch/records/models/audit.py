"""Who did what to which record, and when. Written once, never changed."""

from __future__ import annotations

from django.db import models

from unpinch.records.models.practice import OfPractice


class AuditEvent(OfPractice):
    """One line of the record book. ``details`` names things and states; never what anyone said about health."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    """``user:7`` for someone signed in, ``client:3`` or ``visitor`` without an account, ``system`` for jobs."""
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=30)
    object_id = models.CharField(max_length=40)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "object_kind", "object_id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_id}"

"""Keys with which programs call the interface of a practice."""

from __future__ import annotations

from django.db import models

from unpinch.records.models.people import User
from unpinch.records.models.practice import OfPractice


class ApiToken(OfPractice):
    """A key for a program. It acts as ``user``, within ``scopes``; the table holds its hash alone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"token {self.pk}"

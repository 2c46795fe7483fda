"""How people log in: sign-ins, second factors, passkeys, invitations, and what slows down guessing."""

from __future__ import annotations

from django.db import models

from unpinch.records.encrypted import EncryptedTextField
from unpinch.records.models.people import Role, User
from unpinch.records.models.practice import OfPractice


class SignIn(OfPractice):
    """One browser in which somebody has logged in. The cookie holds the key; the table holds its hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    key_hash = models.CharField(max_length=64, unique=True)
    how = models.CharField(max_length=20)
    """``password``, ``code``, ``passkey`` or ``invitation``."""
    has_second_factor = models.BooleanField(default=False)
    browser = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sign-in {self.pk}"


class LoginStep(OfPractice):
    """A login that is half done: a code was mailed, a second factor or a passkey is waited for. Used once.

    ``user`` is null where the address has no account yet, or none at all.
    """

    key_hash = models.CharField(max_length=64, unique=True)
    stage = models.CharField(max_length=10)
    """``code``, ``second`` or ``passkey``."""
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    email_key = models.EmailField(blank=True)
    how = models.CharField(max_length=20, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    challenge = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="login_step_by_end")]

    def __str__(self) -> str:
        return f"login step {self.pk}"


class Authenticator(OfPractice):
    """An app that shows six digits (TOTP). It counts once ``confirmed_at`` is set."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="authenticator")
    secret = EncryptedTextField()
    last_step = models.PositiveBigIntegerField(default=0)
    """The time step of the last code taken: a code is taken once."""
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"authenticator {self.pk}"


class RecoveryCode(OfPractice):
    """A code on paper, for when the second factor is lost. Good once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class Passkey(OfPractice):
    """A key on a phone, a computer or a stick that logs in without a password."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.CharField(max_length=1400, unique=True)
    """URL-safe base64, at most 1023 bytes by the standard."""
    credential = models.TextField()
    """The attested credential data in URL-safe base64: the public key."""
    sign_count = models.PositiveBigIntegerField(default=0)
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"passkey {self.pk}"


class Invitation(OfPractice):
    """An offer to work here, by a link that is good once and not for long."""

    email = models.EmailField()
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=10, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class TryCount(models.Model):
    """How often something was tried within a span of time. ``key`` is a hash: it tells nothing about a person.

    The one table without a practice: who is trying is not known yet.
    """

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    resets_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["resets_at"], name="try_count_by_end")]

    def __str__(self) -> str:
        return f"{self.count} tries"

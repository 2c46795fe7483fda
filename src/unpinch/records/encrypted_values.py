"""Every encrypted value of the database as it is kept: which key it needs, and how it is encrypted anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast

from unpinch.records.encrypted import ENCRYPTED
from unpinch.records.keyring import keyring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models

_BATCH = 500


def columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every encrypted field of every table."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, ENCRYPTED):
                yield model, field.name


def keys_needed(model: type[models.Model], name: str) -> Iterator[tuple[Any, str]]:
    """The row and the id of the key, for every value of a column that is not null."""
    for row, raw in _raw(model, name):
        if raw is not None:
            yield row, raw.partition(":")[0]


def encrypt_again(model: type[models.Model], name: str, key_id: str) -> int:
    """Encrypt the values of a column that need another key than ``key_id`` with the ring's first; how many."""
    old = [row for row, needed in keys_needed(model, name) if needed != key_id]
    changed = 0
    for start in range(0, len(old), _BATCH):
        rows = _kept(model, name).filter(pk__in=old[start : start + _BATCH])
        for row, raw in rows.values_list("pk", "kept"):
            fresh = Value(keyring.encrypt(keyring.decrypt(raw)), output_field=TextField())
            # Only what is still as we read it: whoever changed it meanwhile used the new key.
            changed += rows.filter(pk=row, kept=raw).update(**{name: fresh})
    return changed


def _raw(model: type[models.Model], name: str) -> Iterator[tuple[Any, str | None]]:
    return iter(_kept(model, name).order_by("pk").values_list("pk", "kept").iterator(chunk_size=_BATCH))


def _kept(model: type[models.Model], name: str) -> models.QuerySet[Any]:
    # The cast takes the field's decryption away.
    return model._default_manager.annotate(kept=Cast(F(name), TextField()))

"""Fields for what people say about their health: encrypted in the table, plain in Python.

Nothing can be searched or sorted by such a field; put what a query needs into a field of its own, or leave it
out. A null stays a null, and an empty text is encrypted like any other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models

from unpinch.records.keyring import keyring

# What a field holds is the business of the model that has it, as with Django's own JSONField.
if TYPE_CHECKING:
    _Text = models.TextField[str, str]
    _Json = models.Field[Any, Any]
else:
    _Text = models.TextField
    _Json = models.TextField


class EncryptedTextField(_Text):
    """Text that only someone with the key can read. ``max_length`` is checked by forms, not by the database."""

    description = "Encrypted text"

    def get_prep_value(self, value: Any) -> Any:
        """What goes into the table."""
        return None if value is None else keyring.encrypt(str(value))

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """What comes out of the table."""
        return None if value is None else keyring.decrypt(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only "is it there": two encryptions of one text differ, so nothing else could ever be found."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class EncryptedJSONField(_Json):
    """A JSON value that only someone with the key can read."""

    description = "Encrypted JSON"
    empty_strings_allowed = False

    def get_internal_type(self) -> str:
        """A text column on every database."""
        return "TextField"

    def get_prep_value(self, value: Any) -> Any:
        """What goes into the table."""
        if value is None:
            return None
        return keyring.encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        """What comes out of the table."""
        return None if value is None else json.loads(keyring.decrypt(value))

    def to_python(self, value: Any) -> Any:
        """The value as it is: it was never text."""
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """For dumps: plain JSON."""
        return json.dumps(self.value_from_object(obj))

    def get_lookup(self, lookup_name: str) -> Any:
        """Only "is it there", as with encrypted text."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


ENCRYPTED = (EncryptedTextField, EncryptedJSONField)

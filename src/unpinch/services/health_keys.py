"""Changes the key that health records are encrypted with, while the server runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from unpinch.records import keyring
from unpinch.records.encrypted_values import columns, encrypt_again, keys_needed


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a change of keys did: the name of the key now in use, and how many values it encrypted anew."""

    key_id: str
    values: int


def rotate(*, with_new_key: bool = True) -> Rotated:
    """Encrypt every health record with a new key (or the first one of the ring).

    Old keys stay in the ring, so that backups can be read. May be cut off and run again at any moment: each
    value is readable before, during and after. A value that changes meanwhile is written with the new key anyway.
    """
    if with_new_key:
        keyring.add_key()
    current = keyring.keyring.ids()[0]
    return Rotated(current, sum(encrypt_again(model, name, current) for model, name in columns()))


def forget_unused() -> tuple[str, ...]:
    """Drop the keys that no value needs any more; their names. Backups from before can then no longer be read."""
    return keyring.keep_only(set(in_use()))


def in_use() -> Counter[str]:
    """How many values need which key."""
    return Counter(needed for model, name in columns() for _, needed in keys_needed(model, name))

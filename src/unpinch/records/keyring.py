"""The keys that health text is encrypted with.

A value is kept as ``KEY-ID:TOKEN``. The id says which key it needs, so that old and new keys can be in use side
by side while one takes over from the other. The first key of the ring encrypts; all of them decrypt.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from threading import Lock

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from unpinch.kernel.errors import RefusedError, SetupError

_ID_LENGTH = 8


def id_of(key: str) -> str:
    """The name of a key. It is safe to show: nobody can find the key from it."""
    return hashlib.sha256(key.encode()).hexdigest()[:_ID_LENGTH]


class Keyring:
    """The keys of this installation, read again whenever their file has changed, so that a server need not restart."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stamp: object = None
        self._keys: dict[str, Fernet] = {}

    def encrypt(self, text: str) -> str:
        """``text`` as ``KEY-ID:TOKEN``, different at every call."""
        key_id, key = next(iter(self._current().items()))
        return f"{key_id}:{key.encrypt(text.encode()).decode('ascii')}"

    def decrypt(self, kept: str) -> str:
        """The text behind what is kept. SetupError when its key is missing or somebody changed it."""
        key_id, colon, token = kept.partition(":")
        key = self._current().get(key_id)
        if not colon or len(key_id) != _ID_LENGTH:
            raise SetupError(
                "A health record is not encrypted, so it was not written by unpinch. " + _WHAT_TO_DO
            )
        if key is None:
            raise SetupError(f"A health record needs the key {key_id!r}, which is not there. {_WHAT_TO_DO}")
        try:
            return key.decrypt(token).decode()
        except InvalidToken as error:
            raise SetupError(f"A health record was changed after it was written. {_WHAT_TO_DO}") from error

    def ids(self) -> tuple[str, ...]:
        """The names of all keys, the one that encrypts first."""
        return tuple(self._current())

    def _current(self) -> dict[str, Fernet]:
        given: tuple[str, ...] = settings.HEALTH_KEYS
        stamp = given or _stamp(settings.HEALTH_KEY_FILE)
        if stamp != self._stamp:
            with self._lock:
                keys = given or _read(settings.HEALTH_KEY_FILE)
                self._keys, self._stamp = {id_of(key): _fernet(key) for key in keys}, stamp
        return self._keys


keyring = Keyring()


def add_key() -> str:
    """Make a new key and put it first in the file, so that it encrypts from now on; its name."""
    _refuse_if_given()
    key = Fernet.generate_key().decode("ascii")
    _write((key, *_read(settings.HEALTH_KEY_FILE)))
    return id_of(key)


def keep_only(wanted: set[str]) -> tuple[str, ...]:
    """Take all keys but the first and the ``wanted`` ones out of the file; the names of those that went."""
    _refuse_if_given()
    first, *others = _read(settings.HEALTH_KEY_FILE)
    gone = tuple(id_of(key) for key in others if id_of(key) not in wanted)
    if gone:
        _write((first, *(key for key in others if id_of(key) in wanted)))
    return gone


def all_keys() -> tuple[str, ...]:
    """The keys themselves, the one that encrypts first. For backups alone."""
    given: tuple[str, ...] = settings.HEALTH_KEYS
    return given or _read(settings.HEALTH_KEY_FILE)


def put_first(keys: tuple[str, ...]) -> None:
    """Put these keys before those in the file; each stands there once, and none goes."""
    _refuse_if_given()
    file: Path = settings.HEALTH_KEY_FILE
    here = _read(file) if file.exists() else ()
    _write(tuple(dict.fromkeys((*keys, *here))))


def replace_file(file: Path, text: str) -> None:
    """Replace a file as a whole: a reader sees the old one or the new one, and nobody else may read it."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # made with mode 0600
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    Path(name).replace(file)


def _refuse_if_given() -> None:
    if settings.HEALTH_KEYS:
        raise RefusedError(
            "The keys come from UNPINCH_HEALTH_KEYS, so unpinch cannot change them. Put a new key first in that "
            "setting, with a comma before the old ones, restart, and run this with --again."
        )


def _stamp(file: Path) -> tuple[int, int, int]:
    try:
        status = file.stat()
    except OSError as error:
        raise _unreadable(file, error) from error
    return status.st_mtime_ns, status.st_ino, status.st_size


def _read(file: Path) -> tuple[str, ...]:
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from error
    keys = tuple(line.strip() for line in lines if line.strip())
    if not keys:
        raise SetupError(f"The file {file} holds no key for health records. {_WHAT_TO_DO}")
    return keys


def _fernet(key: str) -> Fernet:
    try:
        return Fernet(key)
    except ValueError as error:
        raise SetupError(
            "A key for health records is damaged: it must be 44 characters of base64. " + _WHAT_TO_DO
        ) from error


def _write(keys: tuple[str, ...]) -> None:
    replace_file(settings.HEALTH_KEY_FILE, "".join(f"{key}\n" for key in keys))


def _unreadable(file: Path, error: Exception) -> SetupError:
    reason = error.strerror if isinstance(error, OSError) else "it is not text"
    return SetupError(f"The keys for health records in {file} cannot be read: {reason}. {_WHAT_TO_DO}")


_WHAT_TO_DO = "Put the file health-keys of the last backup into the data folder; how: docs/how-to/back-up.md."

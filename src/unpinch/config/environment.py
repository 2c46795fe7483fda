"""Settings as the environment gives them: each with a safe default, each fault a SetupError that names it."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import dj_database_url
from cryptography.fernet import Fernet

from unpinch.kernel.errors import SetupError

_MAIL = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "memory": "django.core.mail.backends.locmem.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "smtps": "django.core.mail.backends.smtp.EmailBackend",
}
_SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON"
_SECRET_LENGTH = 50


def read(name: str, otherwise: str = "") -> str:
    """One setting, without surrounding blanks; an empty one counts as not set."""
    return os.environ.get(name, "").strip() or otherwise


def yes_or_no(name: str, *, otherwise: bool) -> bool:
    """A switch. Anything but yes, no and their usual spellings is refused."""
    given = read(name, "yes" if otherwise else "no").lower()
    if given in {"1", "yes", "true", "on"}:
        return True
    if given in {"0", "no", "false", "off"}:
        return False
    raise SetupError(f"{name} is {given!r}, which is neither yes nor no. Set it to yes or no.")


def data_folder() -> Path:
    """The folder for the database and the secret key, made if it is missing."""
    folder = Path(read("UNPINCH_DATA", "data")).expanduser().absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"The data folder {folder} cannot be made: {error.strerror}. "
            "Set UNPINCH_DATA to a folder that unpinch may write to."
        ) from error
    return folder


def secret_key(folder: Path) -> str:
    """``UNPINCH_SECRET_KEY``, else the key in the data folder, made once and readable by its owner alone."""
    given = read("UNPINCH_SECRET_KEY")
    if given:
        if len(given) < _SECRET_LENGTH:
            raise SetupError(
                f"UNPINCH_SECRET_KEY has {len(given)} characters; it protects sign-ins and links and needs "
                f"at least {_SECRET_LENGTH}. Leave it out to have one made, or set a longer random one."
            )
        return given
    file = folder / "secret-key"
    try:
        if not file.exists():
            _make_secret(file, secrets.token_urlsafe(64))
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SetupError(
            f"The secret key {file} cannot be read or made: {error.strerror}. "
            "Give unpinch access to it, or set UNPINCH_SECRET_KEY."
        ) from error


def health_keys(folder: Path) -> tuple[tuple[str, ...], Path]:
    """The keys of ``UNPINCH_HEALTH_KEYS``, and the file of keys in the data folder, made once when it is to be used."""
    given = tuple(key.strip() for key in read("UNPINCH_HEALTH_KEYS").split(",") if key.strip())
    for key in given:
        try:
            Fernet(key)
        except ValueError as error:
            raise SetupError(
                "UNPINCH_HEALTH_KEYS holds something that is no key; it encrypts what people say about their "
                "health. A key is 44 characters of base64 (32 random bytes). Leave the setting out to have one made."
            ) from error
    file = folder / "health-keys"
    try:
        if not given and not file.exists():
            _make_secret(file, Fernet.generate_key().decode("ascii") + "\n")
    except OSError as error:
        raise SetupError(
            f"The keys for health records {file} cannot be made: {error.strerror}. "
            "Give unpinch access to that folder, or set UNPINCH_HEALTH_KEYS."
        ) from error
    return given, file


def _make_secret(file: Path, secret: str) -> None:
    # Written beside and linked into place: of two processes that start together one wins, and both read it whole.
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".secret-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(secret)
        Path(name).chmod(0o600)
        file.hardlink_to(name)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink(missing_ok=True)


def hosts(url: SplitResult) -> list[str]:
    """The names under which the server answers: ``UNPINCH_HOSTS``, and always the host of the public address."""
    given = [host.strip() for host in read("UNPINCH_HOSTS").split(",") if host.strip()]
    own = [url.hostname] if url.hostname else []
    return sorted({*given, *own, "127.0.0.1", "localhost", "[::1]"})


def public_url() -> SplitResult:
    """The address that people use, for links in messages: ``UNPINCH_URL``."""
    given = read("UNPINCH_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise SetupError(
            f"UNPINCH_URL is {given!r}; links in messages start with it, so it must be a web address such as "
            "https://booking.example.org."
        )
    return parts


def database(url: str, folder: Path) -> dict[str, Any]:
    """Django's description of the database: ``sqlite:///path`` or ``postgresql://user:password@host/name``."""
    if not url:
        return _sqlite(str(folder / "unpinch.sqlite3"))
    try:
        parsed: dict[str, Any] = {**dj_database_url.parse(url)}
    except Exception as error:  # whatever the parser makes of it, the address is of no use
        raise SetupError(_BAD_DATABASE) from error
    engine = str(parsed.get("ENGINE", ""))
    if engine.endswith("sqlite3"):
        return _sqlite(str(parsed.get("NAME") or ":memory:"))
    if engine.endswith("postgresql"):
        options: dict[str, Any] = {**parsed.get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": 16}}
        return {**parsed, "CONN_MAX_AGE": 0, "OPTIONS": options}
    raise SetupError(_BAD_DATABASE)


# The address itself is left out: it may hold a password.
_BAD_DATABASE = (
    "UNPINCH_DATABASE_URL is not the address of a database that unpinch can use. "
    "Write sqlite:///path/to/file or postgresql://user:password@host:5432/name, or leave it out for SQLite."
)


def _sqlite(name: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": _SQLITE_PRAGMAS},
    }


def mail() -> dict[str, Any]:
    """Django's mail settings from ``UNPINCH_EMAIL_URL``; the terminal when it is not set."""
    parts = urlsplit(read("UNPINCH_EMAIL_URL", "console://"))
    if parts.scheme not in _MAIL:
        raise SetupError(
            f"UNPINCH_EMAIL_URL starts with {parts.scheme!r}; messages can go to {', '.join(sorted(_MAIL))}. "
            "For a mail server write smtp://user:password@host:587."
        )
    found: dict[str, Any] = {"EMAIL_BACKEND": _MAIL[parts.scheme], "EMAIL_TIMEOUT": 20}
    if parts.scheme == "file":
        return {**found, "EMAIL_FILE_PATH": parts.path}
    if parts.scheme not in {"smtp", "smtps"}:
        return found
    return {**found, **_smtp(parts)}


def _smtp(parts: SplitResult) -> dict[str, Any]:
    try:
        port = parts.port
    except ValueError as error:
        raise SetupError(
            "UNPINCH_EMAIL_URL has a port that is not a number. Write for example :587."
        ) from error
    if not parts.hostname:
        raise SetupError("UNPINCH_EMAIL_URL names no mail server. Write smtp://user:password@host:587.")
    encrypted = parts.scheme == "smtps"
    plain = "no" in parse_qs(parts.query).get("tls", [])
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if encrypted else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": encrypted,
        "EMAIL_USE_TLS": not encrypted and not plain,
    }


def sms() -> dict[str, Any]:
    """Where text messages go, from ``UNPINCH_SMS_URL``; nothing when they are not sent."""
    given = read("UNPINCH_SMS_URL")
    if not given:
        return {}
    parts = urlsplit(given)
    if parts.scheme == "console":
        return {"kind": "console"}
    sender = parse_qs(parts.query).get("from", [""])[0]
    try:
        port = parts.port
    except ValueError:
        port = 0
    # The address itself is left out of what is said: it holds a password.
    if (
        parts.scheme != "twilio"
        or not (parts.username and parts.password and parts.hostname and sender)
        or port == 0
    ):
        raise SetupError(
            "UNPINCH_SMS_URL is not an address that text messages can be sent by. Write console:// or "
            "twilio://account:token@api.twilio.com?from=%2B441174960100, or leave it out for none."
        )
    return {
        "kind": "twilio",
        "account": unquote(parts.username),
        "token": unquote(parts.password),
        "sender": sender,
        "host": parts.hostname,
        "port": port or 443,
        "is_encrypted": True,
    }

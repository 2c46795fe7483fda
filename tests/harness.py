"""How the tests are run: which of them need a database, and what a skip means."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db.backends.sqlite3.base import DatabaseWrapper

if TYPE_CHECKING:
    from collections.abc import Generator

_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_serialized_rollback", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="run only the tests that use the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    kept = [item for item in items if uses_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not uses_database(item)])
    items[:] = kept


def uses_database(item: pytest.Item) -> bool:
    """Whether a test talks to the database of the test run. Those that start a server bring their own."""
    asked_for = _DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    return bool(asked_for) or item.get_closest_marker("django_db") is not None


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """What pages need that are asked for without a server: no collected static files, and no slow hash."""
    # The real hash takes half a second a password, on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("whitenoise.")]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    _flush_past_the_record_book(DatabaseWrapper.ops_class)


def _flush_past_the_record_book(ops: Any) -> None:
    """Let tests with real transactions empty SQLite's tables: the record book refuses to be emptied."""
    flush = ops.sql_flush

    def sql_flush(self: Any, *args: Any, **more: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE 'audit_append_only_%'")
            triggers = cursor.fetchall()
        drop = [f"DROP TRIGGER {name}" for name, _ in triggers]
        return [*drop, *flush(self, *args, **more), *(sql for _, sql in triggers)]

    ops.sql_flush = sql_flush


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """On the build machine a test that was left out is a test that failed: nobody reads its skips."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"left out, which must not happen with CI=true: {report.longrepr}"
    return report

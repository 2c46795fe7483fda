"""Queries that are asked with every booking: put into SQL once for each connection, then only filled in.

Django works out the SQL of a query anew each time, which takes several times longer than the database needs to
answer it. Here a query is written in Django's own words as always, with a :class:`Slot` for every value that
changes, and its SQL is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    Expression,
    Field,
    IntegerField,
    UUIDField,
)
from django.db.models.query import get_related_populators

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model, QuerySet

_M = TypeVar("_M", bound="Model")


class Slot(Expression):
    """The place of a value in a prepared query. The value is given by its name, and is never None."""

    def __init__(self, name: str, of: Field[Any, Any]) -> None:
        super().__init__(output_field=of)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:  # noqa: ARG002 - Django's signature
        """A placeholder; the slot itself stands among the parameters until it is filled."""
        return "%s", [self]

    def filled(self, values: dict[str, Any], using: BaseDatabaseWrapper) -> Any:
        """The value as the database takes it."""
        return self.output_field.get_db_prep_value(values[self.name], using)


def number(name: str) -> Slot:
    """The place of a whole number or key."""
    return Slot(name, IntegerField())


def text(name: str) -> Slot:
    """The place of a text."""
    return Slot(name, CharField())


def moment(name: str) -> Slot:
    """The place of an aware moment."""
    return Slot(name, DateTimeField())


def date(name: str) -> Slot:
    """The place of a day."""
    return Slot(name, DateField())


def uuid(name: str) -> Slot:
    """The place of a UUID."""
    return Slot(name, UUIDField())


class Prepared(Generic[_M]):
    """One query, made by ``make`` when it is first asked.

    Lists of values must not change in number: what is "one of these" belongs into an ordinary query.
    """

    def __init__(self, make: Callable[[], QuerySet[_M, Any]]) -> None:
        self._make = make

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The answer to a query of ``values_list``."""
        using = _this_connection()
        return self._plan(using).rows(values, using)

    def row(self, **values: Any) -> tuple[Any, ...] | None:
        """The first of :meth:`rows`."""
        return next(iter(self.rows(**values)), None)

    def one(self, **values: Any) -> _M | None:
        """The first answer to a query for whole rows, as a model, with what ``select_related`` names."""
        using = _this_connection()
        plan = self._plan(using)
        rows = plan.rows(values, using)
        found: _M | None = plan.model_of(rows[0]) if rows else None
        return found

    def _plan(self, using: BaseDatabaseWrapper) -> _Plan:
        # Plans live and die with their connection, and a connection belongs to one thread.
        plans: dict[Prepared[Any], _Plan] = vars(using).setdefault("prepared_plans", {})
        plan = plans.get(self)
        if plan is None:
            plan = plans[self] = _Plan(self._make(), using)
        return plan


class _Plan:
    """A query as SQL for one connection, with what turns its rows into Python's values."""

    def __init__(self, query: QuerySet[Any, Any], using: BaseDatabaseWrapper) -> None:
        compiler: Any = query.query.get_compiler(connection=using)
        self._sql, self._parameters = compiler.as_sql()
        columns = [expression for expression, _, _ in compiler.select]
        self._converters = compiler.get_converters(columns)
        self._apply = compiler.apply_converters
        self._model: Any = None
        if compiler.klass_info is not None:
            # As Django's own ModelIterable does it.
            info = compiler.klass_info
            first, last = info["select_fields"][0], info["select_fields"][-1] + 1
            self._model, self._alias, self._own = info["model"], using.alias, slice(first, last)
            self._names = [column.target.attname for column in columns[first:last]]
            self._related = get_related_populators(info, compiler.select, using.alias)  # type: ignore[call-arg] # stubs of a later Django

    def rows(self, values: dict[str, Any], using: BaseDatabaseWrapper) -> list[tuple[Any, ...]]:
        filled = [part.filled(values, using) if isinstance(part, Slot) else part for part in self._parameters]
        with using.cursor() as cursor:
            cursor.execute(self._sql, filled)
            found = cursor.fetchall()
        return [tuple(row) for row in self._apply(found, self._converters)] if self._converters else found

    def model_of(self, row: tuple[Any, ...]) -> Any:
        made = self._model.from_db(self._alias, self._names, row[self._own])
        for related in self._related:
            related.populate(row, made)
        return made


def _this_connection() -> BaseDatabaseWrapper:
    return connections[DEFAULT_DB_ALIAS]

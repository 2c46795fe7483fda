"""The database itself refuses to let two rows have one resource at the same time.

PostgreSQL has exclusion constraints for this. For SQLite the same promise is kept by two triggers that look at
one stored row only. Why one row is enough: stored rows of a resource do not overlap and none is empty, so they
can be put in order, and an earlier start means an earlier end. Let P be the row with the largest start below
the new end. A row that starts at or after the new end does not overlap the new one. If P ends at or before the
new start, so does every row before P, and nothing overlaps. If P ends after the new start, P itself overlaps.
So the new row is free of overlap exactly when P is, and the trigger keeps the rows free of overlap. Rows that
are exempt take no part on either side, so the argument holds for the others as if they were not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TRIGGER = """\
CREATE TRIGGER %(trigger)s BEFORE %(event)s ON %(table)s
WHEN NEW.%(released)s IS NULL AND NEW.%(resource)s IS NOT NULL%(new_counts)s AND EXISTS (
    SELECT 1 FROM (
        SELECT %(end)s AS taken_until FROM %(table)s
        WHERE %(resource)s = NEW.%(resource)s AND %(released)s IS NULL%(counts)s AND %(start)s < NEW.%(end)s%(other)s
        ORDER BY %(start)s DESC LIMIT 1
    ) WHERE taken_until > NEW.%(start)s
)
BEGIN SELECT RAISE(ABORT, '%(name)s'); END"""

_EXCLUDE = """\
ALTER TABLE %(table)s ADD CONSTRAINT %(name)s EXCLUDE USING gist (
    %(resource)s WITH =, tstzrange(%(start)s, %(end)s, '[)') WITH &&
) WHERE (%(released)s IS NULL%(counts)s)"""


class NoOverlap(BaseConstraint):
    """Rows that still hold their time never share ``resource`` over ``[start, end)``.

    A row holds its time while ``released`` is null. A row whose boolean field ``exempt`` is true stands outside
    the promise: it may lie over others, and others over it. Needs an index on (resource, start) of the rows that
    hold their time to be fast. Both databases answer a breach with an IntegrityError that names the constraint.
    """

    def __init__(
        self, *, name: str, resource: str, start: str, end: str, released: str, exempt: str | None = None
    ) -> None:
        super().__init__(name=name)
        self.resource, self.start, self.end, self.released = resource, start, end, released
        self.exempt = exempt

    def constraint_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        """Nothing inside CREATE TABLE: the statements run after it, and again after SQLite remade the table."""
        assert model is not None
        assert schema_editor is not None
        schema_editor.deferred_sql.extend(self._create(model, schema_editor))
        return None  # type: ignore[return-value]  # Django leaves out what is not there; the stubs do not know

    def create_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        """The statements for a table that exists."""
        assert model is not None
        assert schema_editor is not None
        first, *others = self._create(model, schema_editor)
        schema_editor.deferred_sql.extend(others)
        return first

    def remove_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        """The statements that take the promise back."""
        assert model is not None
        assert schema_editor is not None
        quote = schema_editor.quote_name
        if schema_editor.connection.vendor == "postgresql":
            table = quote(model._meta.db_table)
            return f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {quote(self.name)}"
        schema_editor.deferred_sql.append(f"DROP TRIGGER IF EXISTS {quote(self.name + '_update')}")
        return f"DROP TRIGGER IF EXISTS {quote(self.name + '_insert')}"

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Say so before the database does; raises ValidationError with the code of the constraint."""
        del exclude
        resource = getattr(instance, self._attname(model, self.resource))
        if resource is None or getattr(instance, self.released) is not None:
            return
        if self.exempt is not None and getattr(instance, self.exempt):
            return
        others = model._default_manager.using(using).filter(
            **{
                self.resource: resource,
                f"{self.released}__isnull": True,
                f"{self.start}__lt": getattr(instance, self.end),
                f"{self.end}__gt": getattr(instance, self.start),
            }
        )
        if self.exempt is not None:
            others = others.filter(**{self.exempt: False})
        if others.exclude(pk=instance.pk).exists():
            raise ValidationError(self.get_violation_error_message(), code=self.name)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """How a migration writes this constraint down."""
        path, args, kwargs = super().deconstruct()
        fields = {"resource": self.resource, "start": self.start, "end": self.end, "released": self.released}
        if self.exempt is not None:
            fields["exempt"] = self.exempt
        return path, args, {**kwargs, **fields}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoOverlap) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)

    @staticmethod
    def _attname(model: type[models.Model], field: str) -> str:
        return str(getattr(model._meta.get_field(field), "attname", field))

    def _create(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[Any]:
        quote = schema_editor.quote_name
        columns = {
            word: quote(str(getattr(model._meta.get_field(getattr(self, word)), "column", "")))
            for word in ("resource", "start", "end", "released")
        }
        exempt = None if self.exempt is None else quote(str(model._meta.get_field(self.exempt).column))  # type: ignore[union-attr]
        counts = "" if exempt is None else f" AND NOT {exempt}"
        if schema_editor.connection.vendor == "postgresql":
            return [
                self._statement(
                    _EXCLUDE, model, schema_editor, name=quote(self.name), counts=counts, **columns
                )
            ]
        watched = ", ".join([*columns.values(), *([exempt] if exempt else [])])
        key = quote(str(model._meta.pk.column))
        moments = {"insert": ("INSERT", ""), "update": (f"UPDATE OF {watched}", f" AND {key} <> NEW.{key}")}
        return [
            self._statement(
                _TRIGGER,
                model,
                schema_editor,
                name=self.name,
                trigger=quote(f"{self.name}_{moment}"),
                event=event,
                other=other,
                counts=counts,
                new_counts="" if exempt is None else f" AND NOT NEW.{exempt}",
                **columns,
            )
            for moment, (event, other) in moments.items()
        ]

    @staticmethod
    def _statement(
        template: str, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, **words: str
    ) -> Statement:
        # A Statement and not a string: when SQLite remakes a table, Django renames the table within it.
        return Statement(template, table=Table(model._meta.db_table, schema_editor.quote_name), **words)

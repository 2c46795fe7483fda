"""The database itself refuses to change or delete a line of the record book, and chains each new one.

SQLite lets one transaction write at a time, so a line is numbered and chained when it is written
(``services.audit``). On PostgreSQL many write at once: there a trigger numbers and chains a line at the end of its
transaction, when nothing but the commit is left to wait for. Taken any earlier, the lock that keeps the lines of a
practice in order would be held while its transaction waits for others, and two could wait for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SQLITE = """\
CREATE TRIGGER %(name)s_%(event)s BEFORE %(event)s ON %(table)s
BEGIN SELECT RAISE(ABORT, '%(name)s'); END"""

_REFUSE = """\
CREATE OR REPLACE FUNCTION %(name)s_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.chain IS NULL
        AND to_jsonb(OLD) - 'chain' - 'number' = to_jsonb(NEW) - 'chain' - 'number' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '%(name)s' USING ERRCODE = 'integrity_constraint_violation';
END $$"""

_REFUSES = """\
CREATE TRIGGER %(name)s_refuses BEFORE UPDATE OR DELETE ON %(table)s
FOR EACH ROW EXECUTE FUNCTION %(name)s_refuse()"""

_CHAIN = """\
CREATE OR REPLACE FUNCTION %(name)s_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
    next bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(20614, NEW.practice_id::integer);
    SELECT number, chain INTO last FROM %(table)s
        WHERE practice_id = NEW.practice_id AND number IS NOT NULL ORDER BY number DESC LIMIT 1;
    next := coalesce(last.number, 0) + 1;
    UPDATE %(table)s SET number = next, chain = encode(sha256(convert_to(
        coalesce(last.chain, repeat('0', 64)) || ':' || next || ':' || NEW.content, 'UTF8')), 'hex')
        WHERE id = NEW.id AND chain IS NULL;
    RETURN NULL;
END $$"""

_CHAINS = """\
CREATE CONSTRAINT TRIGGER %(name)s_chains AFTER INSERT ON %(table)s DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION %(name)s_chain()"""


class AppendOnly(BaseConstraint):
    """Rows are written once. A breach is an IntegrityError that names the constraint. For the record book alone."""

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
        del model
        assert schema_editor is not None
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.deferred_sql.append(f"DROP FUNCTION IF EXISTS {self.name}_refuse() CASCADE")
            return f"DROP FUNCTION IF EXISTS {self.name}_chain() CASCADE"
        schema_editor.deferred_sql.append(f"DROP TRIGGER IF EXISTS {self.name}_update")
        return f"DROP TRIGGER IF EXISTS {self.name}_delete"

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Nothing to say about a new row."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AppendOnly) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)

    def _create(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[Any]:
        def statement(template: str, **words: str) -> Statement:
            # A Statement and not a string: when SQLite remakes a table, Django renames the table within it.
            table = Table(model._meta.db_table, schema_editor.quote_name)
            return Statement(template, table=table, name=self.name, **words)

        if schema_editor.connection.vendor == "postgresql":
            return [statement(part) for part in (_REFUSE, _REFUSES, _CHAIN, _CHAINS)]
        return [statement(_SQLITE, event=event) for event in ("update", "delete")]

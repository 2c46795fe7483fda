"""Encrypt what people said, what was concluded and what their doctors said: from here on no table holds it in the open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import migrations

from unpinch.records.encrypted import EncryptedJSONField, EncryptedTextField
from unpinch.records.keyring import keyring

if TYPE_CHECKING:
    from collections.abc import Callable

_COLUMNS = {"storedassessment": ("answers", "marks", "result"), "doctoragreement": ("doctor_name", "how")}


def _through(apps: Any, schema_editor: Any, change: Callable[[str], str]) -> None:
    quote = schema_editor.quote_name
    for model, columns in _COLUMNS.items():
        table = quote(apps.get_model("records", model)._meta.db_table)
        wanted = ", ".join(map(quote, columns))
        changes = ", ".join(f"{quote(column)} = %s" for column in columns)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT id, {wanted} FROM {table}")  # noqa: S608 - names of our own tables
            for key, *values in cursor.fetchall():
                cursor.execute(
                    f"UPDATE {table} SET {changes} WHERE id = %s",  # noqa: S608 - the same
                    [*(None if value is None else change(value) for value in values), key],
                )


def encrypt(apps: Any, schema_editor: Any) -> None:
    _through(apps, schema_editor, keyring.encrypt)


def decrypt(apps: Any, schema_editor: Any) -> None:
    _through(apps, schema_editor, keyring.decrypt)


class Migration(migrations.Migration):
    dependencies = [("records", "0002_marks_and_how")]

    operations = [
        migrations.AlterField("doctoragreement", "doctor_name", EncryptedTextField()),
        migrations.AlterField("doctoragreement", "how", EncryptedTextField(blank=True)),
        migrations.AlterField("storedassessment", "answers", EncryptedJSONField()),
        migrations.AlterField("storedassessment", "marks", EncryptedJSONField(default=list)),
        migrations.AlterField("storedassessment", "result", EncryptedJSONField()),
        migrations.RunPython(encrypt, decrypt),
    ]

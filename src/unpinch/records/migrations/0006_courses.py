"""Courses that are booked in one go; their plans are encrypted from here on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import migrations, models

from unpinch.records.encrypted import EncryptedJSONField
from unpinch.records.keyring import keyring

if TYPE_CHECKING:
    from collections.abc import Callable


def _through(apps: Any, schema_editor: Any, change: Callable[[str], str]) -> None:
    table = schema_editor.quote_name(apps.get_model("records", "Course")._meta.db_table)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"SELECT id, plan FROM {table}")  # noqa: S608 - the name of our own table
        for key, plan in cursor.fetchall():
            cursor.execute(f"UPDATE {table} SET plan = %s WHERE id = %s", [change(plan), key])  # noqa: S608 - same


def encrypt(apps: Any, schema_editor: Any) -> None:
    _through(apps, schema_editor, keyring.encrypt)


def decrypt(apps: Any, schema_editor: Any) -> None:
    _through(apps, schema_editor, keyring.decrypt)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0005_record_book_chain"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="course_session",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="appointment",
            name="is_review",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="appointment",
            name="is_tentative",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="course",
            name="gap_max_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="course",
            name="gap_min_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="course",
            name="key",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="course",
            name="link_uid",
            field=models.UUIDField(null=True, unique=True),
        ),
        migrations.AddField(
            model_name="course",
            name="price_minor",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="course",
            name="review_after",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="course",
            name="sessions",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="course",
            name="plan",
            field=EncryptedJSONField(blank=True, default=dict),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.UniqueConstraint(fields=("practice", "key"), name="course_key"),
        ),
        migrations.RunPython(encrypt, decrypt),
    ]

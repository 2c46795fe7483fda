"""Chain the lines of the record book, those that are there first, and let the database refuse to change them."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from unpinch.records.append_only import AppendOnly
from unpinch.records.chain import FIRST, content_of, link


def chain(apps: Any, schema_editor: Any) -> None:
    lines = apps.get_model("records", "AuditEvent").objects
    ends: dict[int, tuple[int, str]] = {}
    for line in lines.order_by("practice_id", "pk").iterator():
        number, previous = ends.get(line.practice_id, (0, FIRST))
        words = (line.actor, line.action, line.object_kind, line.object_id)
        line.number = number + 1
        line.content = content_of(line.practice_id, line.at, words, line.about, line.details)
        line.chain = link(previous, line.number, line.content)
        line.save(update_fields=["number", "content", "chain"])
        ends[line.practice_id] = (line.number, line.chain)


class Migration(migrations.Migration):
    dependencies = [("records", "0004_holds_and_waitlist")]

    operations = [
        migrations.AddField("auditevent", "about", models.BigIntegerField(null=True)),
        migrations.AddField("auditevent", "number", models.PositiveBigIntegerField(null=True)),
        migrations.AddField(
            "auditevent", "content", models.CharField(default="", max_length=64), preserve_default=False
        ),
        migrations.AddField("auditevent", "chain", models.CharField(max_length=64, null=True)),
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.AddIndex("auditevent", models.Index(fields=["practice", "about"], name="audit_by_client")),
        migrations.AddConstraint(
            "auditevent", models.UniqueConstraint(fields=["practice", "number"], name="audit_number")
        ),
        migrations.AddConstraint("auditevent", AppendOnly(name="audit_append_only")),
    ]

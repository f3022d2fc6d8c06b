"""Drills of escalations are kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids
from common.rls import append_only

# They belong to the desk as a whole: behind the wall are those who see every ticket.
_DESK = """(
    'all' IN (
        (SELECT coalesce(current_setting('hub.scope', true), '')), (SELECT coalesce(current_setting('hub.desk', true), ''))
    )
)"""
_WALL = migrations.RunSQL(
    sql=[
        "ALTER TABLE tickets_escalationdrill ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE tickets_escalationdrill FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tickets_escalationdrill_desk ON tickets_escalationdrill USING {_DESK} WITH CHECK {_DESK}",
    ],
    reverse_sql=[
        "DROP POLICY tickets_escalationdrill_desk ON tickets_escalationdrill",
        "ALTER TABLE tickets_escalationdrill NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE tickets_escalationdrill DISABLE ROW LEVEL SECURITY",
    ],
)


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0024_planned_for_anybody"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EscalationDrill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("played_at", models.DateTimeField()),
                ("policy", models.CharField(max_length=60)),
                ("policy_version", models.PositiveIntegerField(help_text="Of the pack of service levels.")),
                (
                    "priority",
                    models.CharField(
                        choices=[("critical", "Critical"), ("high", "High"), ("medium", "Medium"), ("low", "Low")],
                        max_length=10,
                    ),
                ),
                ("queue", models.CharField(max_length=120)),
                ("starts_at", models.DateTimeField()),
                (
                    "ticket_number",
                    models.BigIntegerField(help_text="Whose ticket it was thought to be, if of one.", null=True),
                ),
                ("has_teams", models.BooleanField()),
                ("steps", models.PositiveIntegerField()),
                ("holes", models.PositiveIntegerField()),
                ("outcome", models.JSONField()),
                (
                    "played_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-played_at", "-id"],
                "indexes": [models.Index(fields=["-played_at", "-id"], name="drill_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("holes__lte", models.F("steps"))), name="drill_holes_are_steps"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__in", ["critical", "high", "medium", "low"])),
                        name="drill_priority_known",
                    ),
                ],
            },
        ),
        _WALL,
        append_only("tickets_escalationdrill"),
    ]

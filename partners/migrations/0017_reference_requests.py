"""References: who is to hear of a win from those who had it."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import common.ids
from common.rls import enable_rls


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0016_words_in_history"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReferenceRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("wanted_for", models.CharField(max_length=200, verbose_name="for whom")),
                ("wanted_until", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("agreed", "Agreed"),
                            ("served", "Served"),
                            ("declined", "Declined"),
                        ],
                        default="asked",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("asked_on", models.DateField(verbose_name="asked on")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="settled on")),
                ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="what came of it")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reference_requests",
                        to="partners.organization",
                    ),
                ),
                (
                    "win",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="partners.win"
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ReferenceRequestEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("wanted_for", models.CharField(max_length=200, verbose_name="for whom")),
                ("wanted_until", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("agreed", "Agreed"),
                            ("served", "Served"),
                            ("declined", "Declined"),
                        ],
                        default="asked",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("asked_on", models.DateField(verbose_name="asked on")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="settled on")),
                ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="what came of it")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.organization",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="partners.referencerequest",
                    ),
                ),
                (
                    "win",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.win",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="referencerequest",
            index=models.Index(fields=["organization", "-asked_on"], name="reference_of_organization"),
        ),
        migrations.AddConstraint(
            model_name="referencerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "agreed", "served", "declined"])),
                name="reference_request_state_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referencerequest",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_referencerequestevent" ("asked_by_id", "asked_on", "closed_on", "closing_note", "created_at", "id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "state", "version", "wanted_for", "wanted_until", "win_id") VALUES (NEW."asked_by_id", NEW."asked_on", NEW."closed_on", NEW."closing_note", NEW."created_at", NEW."id", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."state", NEW."version", NEW."wanted_for", NEW."wanted_until", NEW."win_id"); RETURN NULL;',
                    hash="7a9365131ab9d189fa711f44c8c6bbcd582733bf",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9b4cf",
                    table="partners_referencerequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referencerequest",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."asked_on" IS DISTINCT FROM (NEW."asked_on") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."closing_note" IS DISTINCT FROM (NEW."closing_note") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."wanted_for" IS DISTINCT FROM (NEW."wanted_for") OR OLD."wanted_until" IS DISTINCT FROM (NEW."wanted_until") OR OLD."win_id" IS DISTINCT FROM (NEW."win_id"))',
                    func='INSERT INTO "partners_referencerequestevent" ("asked_by_id", "asked_on", "closed_on", "closing_note", "created_at", "id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "state", "version", "wanted_for", "wanted_until", "win_id") VALUES (NEW."asked_by_id", NEW."asked_on", NEW."closed_on", NEW."closing_note", NEW."created_at", NEW."id", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."state", NEW."version", NEW."wanted_for", NEW."wanted_until", NEW."win_id"); RETURN NULL;',
                    hash="35d27baf6207bbbe8a0abdbcde50d36ab5ae2a6f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1ce80",
                    table="partners_referencerequest",
                    when="AFTER",
                ),
            ),
        ),
        enable_rls("partners_referencerequest"),
        enable_rls("partners_referencerequestevent"),
    ]

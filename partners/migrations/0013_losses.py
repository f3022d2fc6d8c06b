"""Losses: who has left us, from which day on, and why."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import common.ids
from common.rls import enable_rls


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0012_health"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Loss",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("lost_on", models.DateField(verbose_name="lost on")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("price", "Price"),
                            ("budget", "No budget any more"),
                            ("competitor", "Went to a competitor"),
                            ("product", "The product lacks something"),
                            ("support", "Unhappy with support or performance"),
                            ("unused", "Was not used"),
                            ("strategy", "Change of strategy or ownership"),
                            ("ended", "Out of business"),
                            ("other", "Something else"),
                            ("unknown", "Not known"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="lost a year"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Lost"), ("returned", "Came back"), ("withdrawn", "Recorded by mistake")],
                        default="open",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("returned_on", models.DateField(blank=True, null=True, verbose_name="came back on")),
                ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="how it ended")),
                ("source", models.CharField(blank=True, max_length=60)),
                ("recorded_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "closed_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="losses", to="partners.organization"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-lost_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="LossEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("lost_on", models.DateField(verbose_name="lost on")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("price", "Price"),
                            ("budget", "No budget any more"),
                            ("competitor", "Went to a competitor"),
                            ("product", "The product lacks something"),
                            ("support", "Unhappy with support or performance"),
                            ("unused", "Was not used"),
                            ("strategy", "Change of strategy or ownership"),
                            ("ended", "Out of business"),
                            ("other", "Something else"),
                            ("unknown", "Not known"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="lost a year"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Lost"), ("returned", "Came back"), ("withdrawn", "Recorded by mistake")],
                        default="open",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("returned_on", models.DateField(blank=True, null=True, verbose_name="came back on")),
                ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="how it ended")),
                ("source", models.CharField(blank=True, max_length=60)),
                ("recorded_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "closed_by",
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
                        to="partners.loss",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="loss",
            index=models.Index(fields=["organization", "-lost_on"], name="loss_of_organization"),
        ),
        migrations.AddIndex(
            model_name="loss",
            index=models.Index(fields=["-lost_on", "-id"], name="loss_newest"),
        ),
        migrations.AddConstraint(
            model_name="loss",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("organization",), name="loss_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="loss",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        [
                            "price",
                            "budget",
                            "competitor",
                            "product",
                            "support",
                            "unused",
                            "strategy",
                            "ended",
                            "other",
                            "unknown",
                        ],
                    )
                ),
                name="loss_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="loss",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "returned", "withdrawn"])), name="loss_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="loss",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__isnull", True), ("amount__gte", 0), _connector="OR"),
                name="loss_amount_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="loss",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("returned_on__isnull", False), ("state", "returned")),
                    models.Q(models.Q(("state", "returned"), _negated=True), ("returned_on__isnull", True)),
                    _connector="OR",
                ),
                name="loss_returned_has_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="loss",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("returned_on__isnull", True), ("returned_on__gt", models.F("lost_on")), _connector="OR"
                ),
                name="loss_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="loss",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="loss_closed_has_moment",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="loss",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_lossevent" ("amount", "closed_at", "closed_by_id", "closing_note", "created_at", "currency", "id", "lost_on", "note", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reason", "recorded_at", "recorded_by_id", "returned_on", "source", "state", "version") VALUES (NEW."amount", NEW."closed_at", NEW."closed_by_id", NEW."closing_note", NEW."created_at", NEW."currency", NEW."id", NEW."lost_on", NEW."note", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."returned_on", NEW."source", NEW."state", NEW."version"); RETURN NULL;',
                    hash="8fb1f47b34aab347938b7f1acf28ab41c1f81a1d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c7e58",
                    table="partners_loss",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="loss",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_by_id" IS DISTINCT FROM (NEW."closed_by_id") OR OLD."closing_note" IS DISTINCT FROM (NEW."closing_note") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."lost_on" IS DISTINCT FROM (NEW."lost_on") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."returned_on" IS DISTINCT FROM (NEW."returned_on") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_lossevent" ("amount", "closed_at", "closed_by_id", "closing_note", "created_at", "currency", "id", "lost_on", "note", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reason", "recorded_at", "recorded_by_id", "returned_on", "source", "state", "version") VALUES (NEW."amount", NEW."closed_at", NEW."closed_by_id", NEW."closing_note", NEW."created_at", NEW."currency", NEW."id", NEW."lost_on", NEW."note", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."returned_on", NEW."source", NEW."state", NEW."version"); RETURN NULL;',
                    hash="5a1812dfbe19cd56f80f27a522cf5ddaf297f607",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_61313",
                    table="partners_loss",
                    when="AFTER",
                ),
            ),
        ),
        enable_rls("partners_loss"),
        enable_rls("partners_lossevent"),
    ]

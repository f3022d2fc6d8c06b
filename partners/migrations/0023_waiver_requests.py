"""Waivers that were asked for, and contacts by address whether they have left or not."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import common.ids
from common.rls import enable_rls

# Who asked for what stays as it was: the application answers a request, and makes names in its words neutral.
_FREEZE = migrations.RunSQL(
    sql=[
        "REVOKE UPDATE, DELETE, TRUNCATE ON partners_waiverrequest FROM hub_app",
        "GRANT UPDATE (reason, answer, answered_by_id, answered_at, note, waiver_id) ON partners_waiverrequest"
        " TO hub_app",
    ],
    reverse_sql="GRANT UPDATE, DELETE ON partners_waiverrequest TO hub_app",
)


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0022_kept_weeks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WaiverRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                (
                    "criterion",
                    models.CharField(help_text='"section:<id>" or "criterion:<id>", as of a waiver.', max_length=80),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("asked_at", models.DateTimeField()),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("granted", "Granted"), ("refused", "Refused"), ("withdrawn", "Withdrawn")],
                        max_length=9,
                        verbose_name="answer",
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "note",
                    models.TextField(blank=True, help_text="Why it was refused or withdrawn.", verbose_name="note"),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-id"],
            },
        ),
        migrations.RemoveIndex(
            model_name="contact",
            name="contact_of_address",
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("email", ""), _negated=True),
                name="contact_of_address",
            ),
        ),
        migrations.AddField(
            model_name="waiverrequest",
            name="answered_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="waiverrequest",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="waiverrequest",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.organization"
            ),
        ),
        migrations.AddField(
            model_name="waiverrequest",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="waiver_requests", to="partners.gatereview"
            ),
        ),
        migrations.AddField(
            model_name="waiverrequest",
            name="waiver",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.waiver"
            ),
        ),
        migrations.AddIndex(
            model_name="waiverrequest",
            index=models.Index(fields=["organization", "-asked_at"], name="waiver_request_of"),
        ),
        migrations.AddIndex(
            model_name="waiverrequest",
            index=models.Index(fields=["-asked_at", "-id"], name="waiver_request_newest"),
        ),
        migrations.AddConstraint(
            model_name="waiverrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answer", "")), fields=("review", "criterion"), name="waiver_request_one_waits"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiverrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at__isnull", True)),
                    models.Q(
                        ("answer__in", ["granted", "refused", "withdrawn"]), ("answered_at__gte", models.F("asked_at"))
                    ),
                    _connector="OR",
                ),
                name="waiver_request_answered_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiverrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "refused"), _negated=True),
                    models.Q(("note", ""), _negated=True),
                    _connector="OR",
                ),
                name="waiver_request_refused_says_why",
            ),
        ),
        enable_rls("partners_waiverrequest"),
        _FREEZE,
    ]

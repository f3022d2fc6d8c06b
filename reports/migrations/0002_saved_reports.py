import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_facts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("report", models.CharField(help_text="Its id in the policy pack.", max_length=60)),
                ("query", models.TextField(blank=True)),
                (
                    "sharing",
                    models.CharField(
                        choices=[
                            ("nobody", "Only me"),
                            ("teams", "Teams"),
                            ("roles", "Roles"),
                            ("everybody", "Everybody who reads reports"),
                        ],
                        default="nobody",
                        max_length=10,
                        verbose_name="shared with",
                    ),
                ),
                (
                    "team_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), blank=True, default=list, size=None
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_reports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="ReportSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("report", models.CharField(blank=True, max_length=60)),
                ("query", models.TextField(blank=True)),
                (
                    "every",
                    models.CharField(
                        choices=[("week", "Every week"), ("month", "Every month"), ("quarter", "Every quarter")],
                        default="week",
                        max_length=10,
                        verbose_name="how often",
                    ),
                ),
                ("day", models.PositiveSmallIntegerField(default=1, verbose_name="day")),
                ("hour", models.PositiveSmallIntegerField(default=8, verbose_name="hour")),
                (
                    "attachment",
                    models.CharField(
                        choices=[
                            ("none", "Figures in the mail alone"),
                            ("csv", "With a CSV file"),
                            ("xlsx", "With an Excel file"),
                            ("pdf", "With a PDF file"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="file",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "paused_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person", "Stopped by hand"),
                            ("no_right", "You may not read reports any longer"),
                            ("inactive", "The account was not active"),
                            ("report_gone", "The report is not laid down any longer"),
                            ("unshared", "The saved report is not shared with you any longer"),
                        ],
                        max_length=12,
                    ),
                ),
                ("zone", models.CharField(max_length=64)),
                ("next_at", models.DateTimeField(null=True)),
                ("last_slot", models.DateTimeField(null=True)),
                ("last_sent_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_subscriptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "saved",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="reports.savedreport",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="savedreport",
            index=models.Index(
                condition=models.Q(("sharing", "nobody"), _negated=True), fields=["sharing"], name="saved_report_shared"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedreport",
            constraint=models.UniqueConstraint(fields=("owner", "name"), name="saved_report_name_once"),
        ),
        migrations.AddConstraint(
            model_name="savedreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("sharing__in", ["nobody", "teams", "roles", "everybody"])),
                name="saved_report_sharing_known",
            ),
        ),
        migrations.AddIndex(
            model_name="reportsubscription",
            index=models.Index(
                condition=models.Q(("is_active", True)), fields=["next_at"], name="report_subscription_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportsubscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("query", ""), ("report", ""), ("saved__isnull", False)),
                    models.Q(("saved__isnull", True), models.Q(("report", ""), _negated=True)),
                    _connector="OR",
                ),
                name="report_subscription_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportsubscription",
            constraint=models.CheckConstraint(condition=models.Q(("hour__lte", 23)), name="report_subscription_hour"),
        ),
        migrations.AddConstraint(
            model_name="reportsubscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("day__range", (1, 7)), ("every", "week")),
                    models.Q(("day__range", (1, 31)), ("every", "month")),
                    models.Q(("day__range", (1, 92)), ("every", "quarter")),
                    _connector="OR",
                ),
                name="report_subscription_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportsubscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("attachment__in", ["none", "csv", "xlsx", "pdf"])),
                name="report_subscription_file_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportsubscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_active", True), ("next_at__isnull", False), ("paused_by", "")),
                    models.Q(
                        ("is_active", False),
                        ("next_at__isnull", True),
                        ("paused_by__in", ["person", "no_right", "inactive", "report_gone", "unshared"]),
                    ),
                    _connector="OR",
                ),
                name="report_subscription_paused_why",
            ),
        ),
    ]

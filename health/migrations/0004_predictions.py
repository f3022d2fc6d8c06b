"""Predictions of loss: trainings with their figures, and what they say of organizations."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids
from common.rls import enable_rls


class Migration(migrations.Migration):
    dependencies = [
        ("health", "0003_alerts"),
        ("partners", "0013_losses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Training",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("kind", models.CharField(choices=[("partner", "Partner"), ("customer", "Customer")], max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Under way"), ("done", "Done"), ("failed", "Broken off")],
                        default="running",
                        max_length=7,
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("speaks", "Predicts"), ("too_few", "Not enough history"), ("no_signal", "No signal")],
                        max_length=9,
                        verbose_name="verdict",
                    ),
                ),
                ("as_of", models.DateField(null=True)),
                ("horizon_days", models.PositiveSmallIntegerField()),
                ("organizations", models.PositiveIntegerField(default=0)),
                ("losses", models.PositiveIntegerField(default=0)),
                ("auc", models.FloatField(null=True)),
                ("brier", models.FloatField(null=True)),
                ("base_brier", models.FloatField(null=True)),
                ("figures", models.JSONField(default=dict)),
                ("features", models.JSONField(default=list)),
                ("model", models.JSONField(default=dict)),
                ("code_version", models.CharField(max_length=40)),
                ("done", models.PositiveSmallIntegerField(default=0)),
                ("total", models.PositiveSmallIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Prediction",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="partners.organization",
                    ),
                ),
                ("probability", models.DecimalField(decimal_places=5, max_digits=6)),
                ("reasons", models.JSONField(default=list)),
                ("as_of", models.DateField(help_text="The day whose end it was predicted from.")),
                ("made_at", models.DateTimeField()),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="predictions", to="health.training"
                    ),
                ),
            ],
            options={
                "ordering": ["-probability", "organization_id"],
            },
        ),
        migrations.AddIndex(
            model_name="training",
            index=models.Index(fields=["kind", "-ended_at"], name="training_newest"),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["running", "done", "failed"])), name="training_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["", "speaks", "too_few", "no_signal"])),
                name="training_verdict_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    models.Q(("verdict", ""), _negated=True),
                    _connector="OR",
                ),
                name="training_done_has_verdict",
            ),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")), fields=("kind",), name="training_one_under_way"
            ),
        ),
        migrations.AddIndex(
            model_name="prediction",
            index=models.Index(
                models.OrderBy(models.F("probability"), descending=True),
                models.F("organization"),
                name="prediction_likeliest",
            ),
        ),
        migrations.AddConstraint(
            model_name="prediction",
            constraint=models.CheckConstraint(
                condition=models.Q(("probability__gte", 0), ("probability__lte", 1)),
                name="prediction_probability_is_one",
            ),
        ),
        enable_rls("health_prediction"),
    ]

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0003_reporting_schema"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExternalSurvey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("wave", models.CharField(max_length=40, verbose_name="wave")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("file_name", models.CharField(max_length=200)),
                ("file_hash", models.CharField(max_length=64)),
                ("mapping_hash", models.CharField(max_length=64)),
                ("rows", models.PositiveIntegerField()),
                ("weight_column", models.CharField(blank=True, max_length=80)),
                ("imported_at", models.DateTimeField()),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "-wave"],
            },
        ),
        migrations.CreateModel(
            name="ExternalQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("key", models.CharField(max_length=80)),
                ("label", models.CharField(max_length=200)),
                ("kind", models.CharField(choices=[("csat", "Satisfaction"), ("nps", "Recommending")], max_length=4)),
                ("counts", models.JSONField(default=dict)),
                ("left_out", models.JSONField(default=dict)),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="reports.externalsurvey",
                    ),
                ),
            ],
            options={
                "ordering": ["survey_id", "position"],
            },
        ),
        migrations.AddConstraint(
            model_name="externalsurvey",
            constraint=models.UniqueConstraint(fields=("name", "wave"), name="external_survey_wave_once"),
        ),
        migrations.AddConstraint(
            model_name="externalquestion",
            constraint=models.UniqueConstraint(fields=("survey", "key"), name="external_question_once"),
        ),
        migrations.AddConstraint(
            model_name="externalquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["csat", "nps"])), name="external_question_kind_known"
            ),
        ),
    ]

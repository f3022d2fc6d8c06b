import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("health", "0005_lab")]

    operations = [
        migrations.CreateModel(
            name="RunPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("total", models.PositiveIntegerField()),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="health.healthrun"
                    ),
                ),
            ],
            options={
                "ordering": ["run_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "number"), name="health_run_part_once"),
                    models.CheckConstraint(
                        condition=models.Q(("last_id__gte", models.F("first_id"))), name="health_run_part_forward"
                    ),
                ],
            },
        ),
    ]

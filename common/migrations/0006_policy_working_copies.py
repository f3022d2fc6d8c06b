"""Policy that is being written on pages has a working copy, one for each pack."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0005_outbox_set_aside")]

    operations = [
        migrations.CreateModel(
            name="PolicyWorkingCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("body", models.JSONField()),
                ("before", models.JSONField(null=True)),
                ("base_version", models.PositiveIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("edited_by_id", models.BigIntegerField(null=True)),
                ("edited_at", models.DateTimeField()),
            ],
            options={"verbose_name_plural": "policy working copies"},
        ),
    ]

"""What was sent once is remembered for a day, so that a repeat makes nothing twice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0003_removed_files")]

    operations = [
        migrations.CreateModel(
            name="SentKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_id", models.BigIntegerField()),
                ("key", models.CharField(max_length=300)),
                ("fingerprint", models.CharField(max_length=64)),
                ("result", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="sent_key_age")],
                "constraints": [models.UniqueConstraint(fields=("user_id", "key"), name="sent_key_once")],
            },
        ),
    ]

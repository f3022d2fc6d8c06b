"""Runs of the import count their attempts, so that one that kills its workers is given up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        # Never written nor read: progress is in the cache, the outcome in the other counters.
        migrations.RemoveField(model_name="importrun", name="rows_done"),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(
                condition=models.Q(("state__in", ["checking", "running", "undoing"])),
                fields=["started_at"],
                name="import_working",
            ),
        ),
    ]

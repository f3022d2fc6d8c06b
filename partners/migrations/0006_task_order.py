"""The indexes of unfinished tasks follow the order of lists: tasks without a day come last."""

import datetime

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0005_handoffs_read"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="task",
            name="task_open_of_owner",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="task_open_by_day",
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                models.F("owner"),
                django.db.models.functions.comparison.Coalesce("due_on", models.Value(datetime.date(9999, 12, 31))),
                models.F("id"),
                condition=models.Q(("archived_at__isnull", True), ("state__in", ["open", "started"])),
                name="task_open_of_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce("due_on", models.Value(datetime.date(9999, 12, 31))),
                models.F("id"),
                condition=models.Q(("archived_at__isnull", True), ("state__in", ["open", "started"])),
                name="task_open_by_day",
            ),
        ),
    ]

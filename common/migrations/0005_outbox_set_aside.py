"""Effects that were set aside are found without reading those that are done."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0004_sent_keys")]

    operations = [
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(
                condition=models.Q(("set_aside_at__isnull", False)), fields=["set_aside_at"], name="outbox_set_aside"
            ),
        ),
    ]

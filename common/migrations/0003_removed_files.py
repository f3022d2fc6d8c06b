"""Stored files say when they went from the disk, where their row has to stay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("common", "0002_import_attempts")]

    operations = [
        migrations.AddField(
            model_name="storedfile",
            name="removed_at",
            field=models.DateTimeField(
                help_text="When the file went from the disk; what it was is still known.", null=True
            ),
        ),
    ]

"""A success plan that leaves the portal remembers which tasks left with it."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0019_balance_making")]

    operations = [
        migrations.AddField(
            model_name="successplan",
            name="withheld",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, editable=False, null=True, size=None
            ),
        ),
    ]

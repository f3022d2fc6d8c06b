"""A key of another system that is taken is refused in words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_journey_work")]

    operations = [
        migrations.AlterConstraint(
            model_name="organization",
            name="organization_external_key_once",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_key", ""), _negated=True),
                fields=("source", "external_key"),
                name="organization_external_key_once",
                violation_error_message="Another organization has this key of this source.",
            ),
        ),
    ]

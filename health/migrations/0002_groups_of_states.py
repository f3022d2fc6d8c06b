from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("health", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="healthstate",
            name="groups",
            field=models.JSONField(
                default=list,
                db_default=models.Value([], models.JSONField()),
                help_text="How each group of the card stands, as rules/groups.py writes it.",
            ),
        ),
    ]

from django.db import migrations, models
from django.db.models.functions import Cast, Coalesce


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
        migrations.AddField(
            model_name="healthstate",
            name="place",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(band="red", then=models.Value(0)),
                    models.When(band="yellow", then=models.Value(100_000)),
                    models.When(band="grey", then=models.Value(200_000)),
                    default=models.Value(300_000),
                )
                + Coalesce(Cast(models.F("score") * 100, models.IntegerField()), models.Value(0)),
                output_field=models.IntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="healthstate",
            index=models.Index(
                condition=models.Q(is_main=True), fields=["place", "organization"], name="health_state_worst_first"
            ),
        ),
    ]

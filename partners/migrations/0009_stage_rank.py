"""Lists in the order of stages are read from an index."""

from django.db import migrations, models

STAGES = (
    *("pre_contract", "gate_0", "gate_1", "gate_2", "gate_3", "post_launch"),
    *("pre_sales", "kick_off", "integrate", "adopt", "live"),
)


class Migration(migrations.Migration):
    dependencies = [("partners", "0008_search_short_names")]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="stage_rank",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    *(models.When(stage=stage, then=models.Value(place)) for place, stage in enumerate(STAGES)),
                    default=models.Value(99),
                    output_field=models.SmallIntegerField(),
                ),
                help_text="Lists sort by it.",
                output_field=models.SmallIntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(
                condition=models.Q(("archived_at__isnull", True)),
                fields=["stage_rank", "name_sort", "id"],
                name="organization_by_stage_rank",
            ),
        ),
    ]

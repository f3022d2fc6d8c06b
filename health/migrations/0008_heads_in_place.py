"""What is known last of a metric is written anew in place: half of each page is kept free for it.

Twice as many pages, of which a run reads the same rows; ten thousand samples cost a third less.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("health", "0007_alert_hooks")]

    operations = [
        migrations.AlterField(
            model_name="metrichead",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.organization",
            ),
        ),
        migrations.AlterField(
            model_name="metrichead",
            name="metric",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="health.metric"
            ),
        ),
        migrations.RunSQL(
            sql="ALTER TABLE health_metrichead SET (fillfactor = 50)",
            reverse_sql="ALTER TABLE health_metrichead RESET (fillfactor)",
        ),
    ]

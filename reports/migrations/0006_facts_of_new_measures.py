"""Facts of measures that came later are made of what is there already: by the marks that the job takes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_partitions_for_the_application_alone")]

    operations = [
        migrations.RunSQL(
            sql="INSERT INTO reports_factmark (organization_id) SELECT id FROM partners_organization ORDER BY id",
            reverse_sql=migrations.RunSQL.noop,
        )
    ]

"""Names of organizations are read without a desk as well: the planner tries what the setting would be."""

from django.db import migrations

from tickets.rls import DESK_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_desk_pages")]

    operations = [migrations.RunSQL(sql=DESK_FUNCTION, reverse_sql=migrations.RunSQL.noop)]

"""The audit page finds rare happenings by their verb.

By the order of bytes, whatever the database's own order of texts is: the page asks for the beginning of a verb as a
range, since row security keeps LIKE away from indexes.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_chain_positions")]

    operations = [
        migrations.RunSQL(
            sql='CREATE INDEX accounts_activity_verb ON accounts_activity (verb COLLATE "C", at DESC, id DESC)',
            reverse_sql="DROP INDEX accounts_activity_verb",
        )
    ]

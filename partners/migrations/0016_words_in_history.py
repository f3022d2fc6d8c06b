"""What history says of a person can be made neutral (security.md 19): its words alone, and nothing else of it."""

from django.db import migrations

_WORDS = (("partners_commitmentchange", "reason"), ("partners_revenuechange", "note"))


class Migration(migrations.Migration):
    dependencies = [("partners", "0015_relationship")]

    operations = [
        migrations.RunSQL(
            sql=f"GRANT UPDATE ({column}) ON {table} TO hub_app",
            reverse_sql=f"REVOKE UPDATE ({column}) ON {table} FROM hub_app",
        )
        for table, column in _WORDS
    ]

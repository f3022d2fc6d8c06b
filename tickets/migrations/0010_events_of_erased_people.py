"""Whoever is erased goes from the events of tickets too: the words of an event may be changed, nothing else of it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_hooks")]

    operations = [
        migrations.RunSQL(
            sql="GRANT UPDATE (actor_name, changes, data) ON tickets_ticketevent TO hub_app",
            reverse_sql="REVOKE UPDATE (actor_name, changes, data) ON tickets_ticketevent FROM hub_app",
        )
    ]

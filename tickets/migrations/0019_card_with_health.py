"""The card of an organization that people at the desk read says its health band, and no more of it (ADR 0023)."""

from importlib import import_module

from django.db import migrations

CARD = import_module("tickets.migrations.0002_desk").CARD
_REPLACED = CARD.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_WITH_HEALTH = _REPLACED.replace(
    "'gemstone', f.gemstone,", "'gemstone', f.gemstone, 'health_band', coalesce(f.health_band, ''),"
)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0018_words_of_tickets"), ("partners", "0012_health")]

    operations = [migrations.RunSQL(sql=_WITH_HEALTH, reverse_sql=_REPLACED)]

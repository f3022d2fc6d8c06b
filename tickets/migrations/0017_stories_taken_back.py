"""An import that is taken back takes with it what the story says of events and clocks of its tickets."""

from importlib import import_module

from django.db import migrations

_BEFORE: str = import_module("tickets.migrations.0014_imports_taken_back").TAKE_BACK
_FIRST = "    DELETE FROM tickets_slatimer"
_OF_PARTS = "".join(
    f"""    DELETE FROM partners_timelineentry WHERE target_type = '{kind}' AND target_id IN (
        SELECT part.id FROM tickets_{kind} part WHERE part.ticket_id = ANY (gone)
    );
"""  # noqa: S608 - names of ours
    for kind in ("ticketevent", "slaclock")
)
_REPLACE = ("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
TAKE_BACK = _BEFORE.replace(_FIRST, _OF_PARTS + _FIRST, 1).replace(*_REPLACE)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0016_search_without_guesses")]

    operations = [migrations.RunSQL(sql=TAKE_BACK, reverse_sql=_BEFORE.replace(*_REPLACE))]

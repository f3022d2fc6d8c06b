"""The words of a ticket stand in a column: making them anew for each candidate of a common word took most of a search.

Whether a word is common is read from fewer of the newest rows. The list of a common word is read in its order and not
through the index of all that hold it. What waits in a queue is counted without a look at the tickets themselves.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

_BEFORE = import_module("tickets.migrations.0016_search_without_guesses")
_OF_BEFORE: str = _BEFORE._search().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_MADE = "tickets_ticket_words(t.language, t.subject, t.resolution, t.workaround, t.root_cause)"

COLUMN = """
ALTER TABLE tickets_ticket ADD COLUMN words tsvector GENERATED ALWAYS AS (
    tickets_ticket_words(language, subject, resolution, workaround, root_cause)
) STORED
"""
INDEX = "CREATE INDEX ticket_words ON tickets_ticket USING gin (words)"
OLD_INDEX = (
    "CREATE INDEX ticket_words ON tickets_ticket USING gin "
    "(tickets_ticket_words(language, subject, resolution, workaround, root_cause))"
)

SEARCH = (
    _OF_BEFORE.replace(f"{_MADE} AS words", "t.words")
    .replace(_MADE, "t.words")
    .replace("ORDER BY n.id DESC LIMIT 500) t", "ORDER BY n.id DESC LIMIT 200) t")
    .replace(") >= 10;", ") >= 4;")
)
MESSAGES = (
    _BEFORE.MESSAGES.replace("LIMIT 5000) m", "LIMIT 1000) m")
    .replace("cardinality(found) >= 100", "cardinality(found) >= 20")
    .replace(
        # A thousand rows hold fewer than are ranked: where they do, more of them are looked at.
        "IF sees_all THEN\n            found := found[1:150];",
        "IF sees_all AND cardinality(found) >= 150 THEN\n            found := found[1:150];",
    )
)
# `position` is no condition of an index: the rows are read in the order of the list, and the first that fit are all.
_ORDERED = "RETURN QUERY SELECT t.id FROM tickets_ticket t WHERE"
MATCHING = "".join(
    part if place == 0 else _ORDERED + part.replace("t.told LIKE pattern", "position(term IN t.told) > 0", 1)
    for place, part in enumerate(_BEFORE.MATCHING.replace(f"{_MADE}\n                @@", "t.words @@").split(_ORDERED))
)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0017_stories_taken_back")]

    operations = [
        migrations.RunSQL(sql=COLUMN, reverse_sql="ALTER TABLE tickets_ticket DROP COLUMN words"),
        migrations.RunSQL(sql="DROP INDEX ticket_words", reverse_sql=OLD_INDEX),
        migrations.RunSQL(sql=INDEX, reverse_sql="DROP INDEX ticket_words"),
        migrations.RunSQL(sql=SEARCH, reverse_sql=_OF_BEFORE),
        migrations.RunSQL(sql=MESSAGES, reverse_sql=_BEFORE.MESSAGES),
        migrations.RunSQL(sql=MATCHING, reverse_sql=_BEFORE.MATCHING),
        migrations.RemoveIndex(model_name="ticket", name="ticket_queue_breaks_next"),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["queue", "breaches_at", "id"],
                include=["organization"],
                condition=Q(merged_into__isnull=True, status__in=["new", "open", "pending", "on_hold"]),
                name="ticket_queue_breaks_next",
            ),
        ),
    ]

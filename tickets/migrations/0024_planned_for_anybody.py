"""What the desk is told of an organization takes a look into an index for each of its queues, whoever asked first.

SQL functions keep their plan for a connection, and the queues of one's desk are looked at while it is made. Planned for
somebody without queues of their own, reading the tickets of all of them seemed to cost nothing; whoever works on some
then read them all for each name. The number of one queue tells the planner nothing.

Of a common word a few times as many are ranked as are wanted, so that the palette does not rank what it never shows.
"""

import re
from importlib import import_module

from django.db import migrations

_AT: str = import_module("tickets.migrations.0020_requester_by_address").AT
_BEFORE = import_module("tickets.migrations.0021_named_through_an_index")
_SEARCH = import_module("tickets.migrations.0018_words_of_tickets")

_ASKED = re.compile(
    r"SELECT true FROM tickets_ticket t\s+WHERE t\.organization_id = (\S+) "
    r"AND t\.queue_id = ANY \(hub_desk_queue_ids\(\)\) LIMIT 1"
)
_BY_QUEUE = r"""SELECT true FROM unnest(hub_desk_queue_ids()) AS desk(queue) CROSS JOIN LATERAL (
                SELECT t.id FROM tickets_ticket t WHERE t.organization_id = \1 AND t.queue_id = desk.queue LIMIT 1
            ) t LIMIT 1"""


def _by_queue(sql: str) -> str:
    """The same, asked queue by queue; each function asks once."""
    changed, count = _ASKED.subn(_BY_QUEUE, _BEFORE._through_an_index(sql))
    if count != 1:
        raise ValueError(sql)
    return changed


def _replaced(sql: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        if old not in sql:
            raise ValueError(old)
        sql = sql.replace(old, new)
    return sql


MESSAGES = _replaced(
    _SEARCH.MESSAGES,
    ("    typed text[];", "    wanted CONSTANT integer := least(150, max_rows * 6);\n    typed text[];"),
    ("cardinality(found) >= 150", "cardinality(found) >= wanted"),
    ("found := found[1:150];", "found := found[1:wanted];"),
    ("ORDER BY m.id DESC LIMIT 150", "ORDER BY m.id DESC LIMIT wanted"),
)
SEARCH = _replaced(
    _SEARCH.SEARCH,
    (
        "ORDER BY t.opened_at DESC, t.id DESC LIMIT candidates",
        "ORDER BY t.opened_at DESC, t.id DESC LIMIT least(candidates, max_rows * 6)",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0023_shared_versions")]

    operations = [
        *(
            migrations.RunSQL(sql=_by_queue(sql), reverse_sql=_BEFORE._through_an_index(sql))
            for sql in _BEFORE._FUNCTIONS
        ),
        migrations.RunSQL(sql=_by_queue(_AT), reverse_sql=_BEFORE._again(_AT)),
        migrations.RunSQL(sql=MESSAGES, reverse_sql=_SEARCH.MESSAGES),
        migrations.RunSQL(sql=SEARCH, reverse_sql=_SEARCH.SEARCH),
    ]

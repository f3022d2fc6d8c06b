"""What the desk is told of an organization takes an index for each, however the plan came about.

SQL functions keep their plan for a connection. Planned while everything is open, EXISTS may become a hash of all tickets
there are, which whoever works on one desk then pays for on every row: a page of the queue took 0.5 s over a million. A
scalar question with a limit is never hashed.
"""

from importlib import import_module

from django.db import migrations

_DESK = import_module("tickets.migrations.0002_desk")
_PAGES = import_module("tickets.migrations.0003_desk_pages")
_CARD = import_module("tickets.migrations.0019_card_with_health")


def _again(sql: str) -> str:
    reach = sql.replace("reach(o.id)", _PAGES.REACH.format(organization="o.id"))
    reach = reach.replace("reach(c.organization_id)", _PAGES.REACH.format(organization="c.organization_id"))
    return reach.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def _through_an_index(sql: str) -> str:
    """The same with EXISTS as a scalar question; each function holds one."""
    head, asked = _again(sql).split("EXISTS (", 1)
    inner, tail = asked.split("hub_desk_queue_ids())", 1)
    return f"{head}({inner.replace('SELECT 1', 'SELECT true', 1)}hub_desk_queue_ids()) LIMIT 1{tail}"


_FUNCTIONS = (_DESK.NAME, _CARD._WITH_HEALTH, _PAGES.ORGANIZATION_PK, _PAGES.CONTACT)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0020_requester_by_address")]

    operations = [migrations.RunSQL(sql=_through_an_index(sql), reverse_sql=_again(sql)) for sql in _FUNCTIONS]

"""Row-level security of tickets, in migrations: organizations in scope, or queues at the desk (ADR 0023)."""

from django.db import migrations

_SCOPE = "(SELECT coalesce(current_setting('hub.scope', true), ''))"
_DESK = "(SELECT coalesce(current_setting('hub.desk', true), ''))"
_BY_ORGANIZATION = "organization_id = ANY ((SELECT hub_scope_ids())::bigint[])"
_BY_QUEUE = "queue_id = ANY ((SELECT hub_desk_queue_ids())::bigint[])"

# CASE and not OR, as in common.rls: the planner has to know that one way in is enough.
_TICKETS = f"""(CASE
    WHEN {_SCOPE} = 'all' OR {_DESK} = 'all' THEN true
    WHEN {_DESK} = '' THEN {_BY_ORGANIZATION}
    WHEN {_SCOPE} = '' THEN {_BY_QUEUE}
    ELSE {_BY_ORGANIZATION} OR {_BY_QUEUE}
END)"""

# A part goes with its ticket, which has a wall of its own; the ticket is looked up for people at the desk alone.
_BY_TICKET = "EXISTS (SELECT 1 FROM tickets_ticket t WHERE t.id = ticket_id)"
_PARTS = f"""(CASE
    WHEN {_SCOPE} = 'all' OR {_DESK} = 'all' THEN true
    WHEN {_DESK} = '' THEN {_BY_ORGANIZATION}
    ELSE {_BY_TICKET}
END)"""

# The planner looks at the array before it knows which branch is taken: the cast has to bear any setting.
DESK_FUNCTION = """
CREATE OR REPLACE FUNCTION hub_desk_queue_ids() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN coalesce(current_setting('hub.desk', true), '') IN ('', 'all') THEN '{}'::bigint[]
        ELSE ARRAY(
            SELECT queue_id FROM tickets_queueteam WHERE team_id = ANY (
                (CASE WHEN current_setting('hub.desk', true) LIKE '{%' THEN current_setting('hub.desk', true)
                ELSE '{}' END)::bigint[]
            )
        )
    END
$$
"""


def enable_ticket_rls(table: str, *, is_part: bool = True) -> migrations.RunSQL:
    """ENABLE and FORCE row security on a table of tickets, or of parts of tickets (which have a `ticket_id`)."""
    visible = _PARTS if is_part else _TICKETS
    return migrations.RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_scope ON {table} USING {visible} WITH CHECK {visible}",
        ],
        reverse_sql=[
            f"DROP POLICY {table}_scope ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )

"""Row-level security of incidents, in migrations: by queue, by affected organization, by linked ticket (ADR 0023)."""

from django.db import migrations

_SCOPE = "(SELECT coalesce(current_setting('hub.scope', true), ''))"
_DESK = "(SELECT coalesce(current_setting('hub.desk', true), ''))"
_EVERYTHING = f"{_SCOPE} = 'all' OR {_DESK} = 'all'"
_QUEUES = "ANY ((SELECT hub_desk_queue_ids())::bigint[])"

# At the desk an organization is known by the tickets that it has in the queues there, as its card is.
_ORGANIZATION = f"""(CASE
    WHEN {_EVERYTHING} THEN true
    WHEN {_DESK} = '' THEN {{table}}.organization_id = ANY ((SELECT hub_scope_ids())::bigint[])
    ELSE {{table}}.organization_id = ANY ((SELECT hub_scope_ids())::bigint[]) OR EXISTS (
        SELECT 1 FROM tickets_ticket t
        WHERE t.organization_id = {{table}}.organization_id AND t.queue_id = {_QUEUES}
    )
END)"""  # noqa: S608 - names of ours
_NAMING = f"(organization_id IS NULL OR {_ORGANIZATION})"
_WITHIN = "EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {table}.{column})"

INCIDENT = f"""(CASE
    WHEN {_EVERYTHING} THEN true
    ELSE queue_id = {_QUEUES}
        OR EXISTS (SELECT 1 FROM tickets_incidentorganization o WHERE o.incident_id = tickets_incident.id)
        OR EXISTS (SELECT 1 FROM tickets_incidentticket l WHERE l.incident_id = tickets_incident.id)
END)"""  # noqa: S608 - names of ours


def affected(table: str) -> str:
    """Rows of an organization: for those who may see it."""
    return _ORGANIZATION.format(table=table)


def within(table: str, *, parent: str = "tickets_incident", column: str = "incident_id", names: bool = False) -> str:
    """Rows that go with their parent, which has a wall of its own; one that names an organization with that as well."""
    part = _WITHIN.format(table=table, parent=parent, column=column)
    naming = f" AND {_NAMING.format(table=table)}" if names else ""
    return f"(CASE WHEN {_EVERYTHING} THEN true ELSE {part}{naming} END)"


def enable(table: str, visible: str) -> migrations.RunSQL:
    """ENABLE and FORCE row security on a table of incidents."""
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

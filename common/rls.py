"""Row-level security in migrations: one operation puts a table behind the scope (ADR 0002)."""

from django.db import migrations

# The setting is read through a scalar sub-select, so that PostgreSQL evaluates it once per statement and not per row.
# CASE and not OR: for the OR the planner expects a handful of rows whatever the scope, and then reads and sorts a whole
# table for the first page of a list (27 ms) where the index in the order of the list gives it at once (2 ms).
_VISIBLE = """(
    CASE WHEN (SELECT coalesce(current_setting('hub.scope', true), '')) = 'all' THEN true
    ELSE {column} = ANY ((SELECT hub_scope_ids())::bigint[]) END
)"""

SCOPE_FUNCTION = """
CREATE OR REPLACE FUNCTION hub_scope_ids() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN coalesce(current_setting('hub.scope', true), '') IN ('', 'all') THEN '{}'::bigint[]
        ELSE current_setting('hub.scope', true)::bigint[]
    END
$$
"""


def enable_rls(
    table: str, *, column: str = "organization_id", null_is_visible: bool = False, insert_anywhere: bool = False
) -> migrations.RunSQL:
    """ENABLE and FORCE row security on `table`: rows are read, changed and added within the scope only.

    With `null_is_visible` rows that belong to no organization (a person's own notices) pass as well; with
    `insert_anywhere` rows may be added outside of the scope but not read there (the audit trail of a refused look).
    """
    visible = _VISIBLE.format(column=column)
    if null_is_visible:
        visible = f"({column} IS NULL OR {visible})"
    check = "(true)" if insert_anywhere else visible
    return migrations.RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_scope ON {table} USING {visible} WITH CHECK {check}",
        ],
        reverse_sql=[
            f"DROP POLICY {table}_scope ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def append_only(table: str, *, roles: str = "hub_app") -> migrations.RunSQL:
    """Take UPDATE, DELETE and TRUNCATE on `table` from the application role: history is added to, never changed."""
    return migrations.RunSQL(
        sql=f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {roles}",
        reverse_sql=f"GRANT UPDATE, DELETE ON {table} TO {roles}",
    )


def revoke_from_app(table: str) -> migrations.RunSQL:
    """Take all rights on a partition from the application role: it goes through the parent, which has the policies."""
    return migrations.RunSQL(
        sql=f"REVOKE ALL ON {table} FROM hub_app", reverse_sql=f"GRANT SELECT, INSERT ON {table} TO hub_app"
    )

"""Monthly partitions, for tables that nobody references (ADR 0008).

`hub_ensure_partitions` runs with its owner's rights, so that the application can ask for partitions without being
allowed to make tables. Rows that arrived before their partition wait in the default one and are moved.
"""

from datetime import date, datetime

from django.db import connection

PARTITION_FUNCTION = """
CREATE OR REPLACE FUNCTION hub_ensure_partitions(parent text, key text, from_day date, to_day date)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    month date := date_trunc('month', from_day);
    child text;
    made integer := 0;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_partitioned_table WHERE partrelid = to_regclass(parent)) THEN
        RAISE EXCEPTION '% is not a partitioned table', parent;
    END IF;
    IF to_day - from_day > 20000 THEN
        RAISE EXCEPTION 'more than 20000 days of partitions were asked for';
    END IF;
    -- One at a time: two callers would try to make the same table.
    PERFORM pg_advisory_xact_lock(hashtext('hub_ensure_partitions'), hashtext(parent));
    WHILE month <= to_day LOOP
        child := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
        IF to_regclass(child) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', child, parent);
            EXECUTE format(
                'WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) '
                    'INSERT INTO %I SELECT * FROM moved',
                parent || '_default', key, month::timestamptz, key, (month + interval '1 month')::timestamptz, child);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parent, child, month::timestamptz, (month + interval '1 month')::timestamptz);
            -- Only the parent carries the policies; nobody reads a partition past it.
            EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', child);
            IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'hub_app') THEN
                EXECUTE format('REVOKE ALL ON %I FROM hub_app', child);
            END IF;
            made := made + 1;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END
$$
"""


def ensure_partitions(*, table: str, key: str, start: date | datetime, end: date | datetime) -> int:
    """Make the monthly partitions of `table` (split by `key`) that cover [start, end]; returns how many are new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hub_ensure_partitions(%s, %s, %s::date, %s::date)", [table, key, start, end])
        row = cursor.fetchone()
    return int(row[0]) if row else 0

"""Search over tasks by title or organization: a definer function that applies the scope itself, as that of names does.

What is found comes in the order of lists and is bounded: of a common word the first that are due (or the last), read
from the index of days; of a rare one all, found through the trigrams of titles.
"""

from django.db import migrations

INDEX = (
    "CREATE INDEX partners_task_title_trigram ON partners_task USING gin (lower(hub_unaccent(title)) gin_trgm_ops) "
    "WHERE archived_at IS NULL"
)

SEARCH = r"""
CREATE FUNCTION partners_task_search(
    query text, max_rows integer, states text[], owners bigint[], place bigint, is_backwards boolean
)
RETURNS TABLE (id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    scope CONSTANT text := coalesce(current_setting('hub.scope', true), '');
    sees_all boolean := scope = 'all';
    scope_ids bigint[] := '{}';
    term CONSTANT text := lower(hub_unaccent(btrim(query)));
    pattern text;
    named bigint[];
    any_state CONSTANT boolean := cardinality(states) = 0;
    anybodys CONSTANT boolean := cardinality(owners) = 0;
BEGIN
    IF scope = '' OR max_rows < 1 OR term IS NULL OR length(term) < 2 OR length(term) > 200 THEN
        RETURN;
    END IF;
    IF NOT sees_all THEN
        scope_ids := scope::bigint[];
    END IF;
    IF place <> 0 THEN
        IF NOT sees_all AND NOT place = ANY (scope_ids) THEN
            RETURN;
        END IF;
        sees_all := false;
        scope_ids := ARRAY[place];
    END IF;
    pattern := '%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%';
    named := ARRAY(
        SELECT o.id FROM partners_organization o
        WHERE o.name_sort LIKE pattern AND (sees_all OR o.id = ANY (scope_ids)) LIMIT 1000
    );
    IF is_backwards THEN
        RETURN QUERY
            SELECT t.id FROM partners_task t
            WHERE (lower(hub_unaccent(t.title)) LIKE pattern OR t.organization_id = ANY (named))
                AND t.archived_at IS NULL AND (any_state OR t.state = ANY (states))
                AND (anybodys OR t.owner_id = ANY (owners)) AND (sees_all OR t.organization_id = ANY (scope_ids))
            ORDER BY coalesce(t.due_on, date '9999-12-31') DESC, t.id DESC LIMIT max_rows;
    ELSE
        RETURN QUERY
            SELECT t.id FROM partners_task t
            WHERE (lower(hub_unaccent(t.title)) LIKE pattern OR t.organization_id = ANY (named))
                AND t.archived_at IS NULL AND (any_state OR t.state = ANY (states))
                AND (anybodys OR t.owner_id = ANY (owners)) AND (sees_all OR t.organization_id = ANY (scope_ids))
            ORDER BY coalesce(t.due_on, date '9999-12-31'), t.id LIMIT max_rows;
    END IF;
END
$$
"""
_SIGNATURE = "partners_task_search(text, integer, text[], bigint[], bigint, boolean)"
RIGHTS = (f"REVOKE ALL ON FUNCTION {_SIGNATURE} FROM PUBLIC", f"GRANT EXECUTE ON FUNCTION {_SIGNATURE} TO hub_app")


class Migration(migrations.Migration):
    dependencies = [("partners", "0009_stage_rank")]

    operations = [
        migrations.RunSQL(sql=INDEX, reverse_sql="DROP INDEX partners_task_title_trigram"),
        migrations.RunSQL(sql=[SEARCH, *RIGHTS], reverse_sql=f"DROP FUNCTION {_SIGNATURE}"),
    ]

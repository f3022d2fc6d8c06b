"""Short names that are misspelled are found too.

What one slip leaves of the pieces of a word is half of a long one and a fifth of a short one. Where nothing is spelled
as typed and nothing is very like it, the search looks once more, with a bound that follows from the length of the text.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("partners.migrations.0002_search").SEARCH.replace("CREATE", "CREATE OR REPLACE", 1)

SEARCH = r"""
CREATE OR REPLACE FUNCTION partners_search(query text, max_rows integer, only_kind text DEFAULT '')
RETURNS TABLE (kind text, id bigint, organization_id bigint, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 40
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    scope CONSTANT text := coalesce(current_setting('hub.scope', true), '');
    sees_all CONSTANT boolean := scope = 'all';
    scope_ids bigint[] := '{}';
    term CONSTANT text := lower(hub_unaccent(btrim(query)));
    pattern text;
    with_organizations CONSTANT boolean := only_kind IN ('', 'organization');
    with_contacts CONSTANT boolean := only_kind IN ('', 'contact');
    -- Names spelled alike are ranked one by one: not more than these.
    candidates CONSTANT integer := greatest(max_rows, 1000);
    -- What one letter more, less, other or swapped leaves of the pieces of a word: little of a short one.
    likeness_of_a_slip CONSTANT real := greatest(0.2, (length(term) - 3.0) / (length(term) + 5.0)) - 0.01;
    threshold real;
    threshold_before CONSTANT text := coalesce(current_setting('pg_trgm.strict_word_similarity_threshold', true), '0.5');
    seen integer := 0;
    found integer;
BEGIN
    IF scope = '' OR max_rows < 1 OR term IS NULL OR length(term) < 2 OR length(term) > 200 THEN
        RETURN;
    END IF;
    IF NOT sees_all THEN
        scope_ids := scope::bigint[];
    END IF;
    pattern := replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_');

    IF with_organizations THEN
        RETURN QUERY
            SELECT 'organization', o.id, o.id, CASE WHEN o.name_sort = term THEN 1.0 ELSE 0.9 END::real
            FROM partners_organization o
            WHERE o.name_sort LIKE pattern || '%' AND o.archived_at IS NULL AND (sees_all OR o.id = ANY (scope_ids))
            ORDER BY o.name_sort, o.id LIMIT max_rows;
        GET DIAGNOSTICS seen = ROW_COUNT;
        IF seen < max_rows AND length(term) > 2 THEN
            RETURN QUERY
                SELECT 'organization', o.id, o.id, CASE WHEN o.name_sort LIKE '% ' || pattern || '%' THEN 0.8 ELSE 0.6 END::real
                FROM partners_organization o
                WHERE o.name_sort LIKE '%' || pattern || '%' AND NOT o.name_sort LIKE pattern || '%'
                    AND o.archived_at IS NULL AND (sees_all OR o.id = ANY (scope_ids))
                LIMIT max_rows - seen;
            GET DIAGNOSTICS found = ROW_COUNT;
            seen := seen + found;
        END IF;
    END IF;

    IF with_contacts THEN
        RETURN QUERY
            SELECT 'contact', p.id, p.organization_id, 0.9::real
            FROM (
                (SELECT c.id, c.organization_id FROM partners_contact c
                 WHERE c.name_sort LIKE pattern || '%' AND c.archived_at IS NULL
                    AND (sees_all OR c.organization_id = ANY (scope_ids))
                 ORDER BY c.name_sort LIMIT max_rows)
                UNION
                (SELECT c.id, c.organization_id FROM partners_contact c
                 WHERE lower(c.email) LIKE pattern || '%' AND c.archived_at IS NULL
                    AND (sees_all OR c.organization_id = ANY (scope_ids))
                 ORDER BY lower(c.email) LIMIT max_rows)
            ) p LIMIT max_rows;
        GET DIAGNOSTICS found = ROW_COUNT;
        seen := seen + found;
        IF found < max_rows AND length(term) > 2 THEN
            RETURN QUERY
                SELECT 'contact', c.id, c.organization_id, 0.7::real
                FROM partners_contact c
                WHERE (c.name_sort LIKE '%' || pattern || '%' OR lower(c.email) LIKE '%' || pattern || '%')
                    AND NOT c.name_sort LIKE pattern || '%' AND NOT lower(c.email) LIKE pattern || '%'
                    AND c.archived_at IS NULL AND (sees_all OR c.organization_id = ANY (scope_ids))
                LIMIT max_rows - found;
            GET DIAGNOSTICS found = ROW_COUNT;
            seen := seen + found;
        END IF;
    END IF;

    IF seen > 0 OR length(term) < 3 THEN
        RETURN;
    END IF;
    -- The likest first; only where those find nothing, whatever a slip may have left.
    FOREACH threshold IN ARRAY ARRAY[0.5, likeness_of_a_slip]::real[] LOOP
        EXIT WHEN seen > 0;
        -- A SET of the function itself would put it back by itself, but an owner who is no superuser could not restore
        -- such a function from a backup.
        PERFORM set_config('pg_trgm.strict_word_similarity_threshold', threshold::text, true);
        IF with_organizations THEN
            RETURN QUERY
                SELECT 'organization', o.id, o.id, (0.5 * strict_word_similarity(term, o.name_sort))::real AS likeness
                FROM (
                    SELECT p.id, p.name_sort FROM partners_organization p
                    WHERE term <<% p.name_sort AND p.archived_at IS NULL AND (sees_all OR p.id = ANY (scope_ids))
                    LIMIT candidates
                ) o
                ORDER BY likeness DESC, o.name_sort, o.id LIMIT max_rows;
            GET DIAGNOSTICS seen = ROW_COUNT;
        END IF;
        IF with_contacts AND seen = 0 THEN
            RETURN QUERY
                SELECT 'contact', c.id, c.organization_id,
                    (0.5 * strict_word_similarity(term, c.name_sort))::real AS likeness
                FROM (
                    SELECT p.id, p.organization_id, p.name_sort FROM partners_contact p
                    WHERE term <<% p.name_sort AND p.archived_at IS NULL
                        AND (sees_all OR p.organization_id = ANY (scope_ids))
                    LIMIT candidates
                ) c
                ORDER BY likeness DESC, c.name_sort, c.id LIMIT max_rows;
            GET DIAGNOSTICS seen = ROW_COUNT;
        END IF;
    END LOOP;
    PERFORM set_config('pg_trgm.strict_word_similarity_threshold', threshold_before, true);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0007_touchpoints_fixed")]

    operations = [migrations.RunSQL(sql=SEARCH, reverse_sql=BEFORE)]

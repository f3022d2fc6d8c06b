"""Search over names and addresses: one definer function that applies the scope itself (ADR 0002).

Under row security the trigram indexes go unused, since LIKE and similarity are not leakproof. The function belongs to
the owner of the tables, which passes the policies by, and narrows by `hub.scope` in their place. Callers filter what it
returns by `visible_to` once more.

It looks for names that begin with the text, then, if that left room, for names that contain it, and only where nothing
was found for names spelled like it. Each step is bounded, so that a common term costs what a rare one costs.
"""

from django.db import migrations

INDEXES = (
    "CREATE INDEX partners_organization_name_trigram ON partners_organization USING gin (name_sort gin_trgm_ops)",
    "CREATE INDEX partners_organization_name_prefix ON partners_organization (name_sort text_pattern_ops) "
    "WHERE archived_at IS NULL",
    "CREATE INDEX partners_contact_name_trigram ON partners_contact USING gin (name_sort gin_trgm_ops)",
    "CREATE INDEX partners_contact_name_prefix ON partners_contact (name_sort text_pattern_ops) "
    "WHERE archived_at IS NULL",
    "CREATE INDEX partners_contact_email_trigram ON partners_contact USING gin (lower(email) gin_trgm_ops)",
    "CREATE INDEX partners_contact_email_prefix ON partners_contact (lower(email) text_pattern_ops) "
    "WHERE archived_at IS NULL",
)

SEARCH = r"""
CREATE FUNCTION partners_search(query text, max_rows integer, only_kind text DEFAULT '')
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
    candidates CONSTANT integer := greatest(max_rows, 300);
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
            SELECT 'contact', c.id, c.organization_id, (0.5 * strict_word_similarity(term, c.name_sort))::real AS likeness
            FROM (
                SELECT p.id, p.organization_id, p.name_sort FROM partners_contact p
                WHERE term <<% p.name_sort AND p.archived_at IS NULL
                    AND (sees_all OR p.organization_id = ANY (scope_ids))
                LIMIT candidates
            ) c
            ORDER BY likeness DESC, c.name_sort, c.id LIMIT max_rows;
    END IF;
END
$$
"""

RIGHTS = (
    "REVOKE ALL ON FUNCTION partners_search(text, integer, text) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION partners_search(text, integer, text) TO hub_app",
)


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=list(INDEXES),
            reverse_sql=[f"DROP INDEX {statement.split()[2]}" for statement in INDEXES],
        ),
        migrations.RunSQL(
            sql=[SEARCH, *RIGHTS],
            reverse_sql="DROP FUNCTION partners_search(text, integer, text)",
        ),
    ]

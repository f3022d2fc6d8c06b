"""The search is planned once for a connection: planning its statements took several times as long as answering them.

So that a plan fits whatever is typed, the beginning of a name is a range, which an index answers without knowing the
word. Whoever sees few organizations has those looked through; for all others the words lead.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("partners.migrations.0008_search_short_names").SEARCH

# Scopes of up to so many organizations are looked through, row by row.
_FEW = 300

_ORGANIZATIONS_BEGIN = """
SELECT 'organization', o.id, o.id, CASE WHEN o.name_sort = term THEN 1.0 ELSE 0.9 END::real
FROM partners_organization o
WHERE o.name_sort ~>=~ term AND o.name_sort ~<~ beyond AND o.archived_at IS NULL AND {seen}
ORDER BY o.name_sort, o.id LIMIT max_rows
"""
_ORGANIZATIONS_HOLD = """
SELECT 'organization', o.id, o.id, {rank}::real
FROM partners_organization o
WHERE {fits} AND NOT o.name_sort LIKE pattern || '%' AND {current} AND {seen}
LIMIT max_rows - seen
"""
_CONTACTS_BEGIN = """
SELECT 'contact', p.id, p.organization_id, 0.9::real
FROM (
    (SELECT o.id, o.organization_id FROM partners_contact o
     WHERE o.name_sort ~>=~ term AND o.name_sort ~<~ beyond AND o.archived_at IS NULL AND {seen}
     ORDER BY o.name_sort LIMIT max_rows)
    UNION
    (SELECT o.id, o.organization_id FROM partners_contact o
     WHERE lower(o.email) ~>=~ term AND lower(o.email) ~<~ beyond AND o.archived_at IS NULL AND {seen}
     ORDER BY lower(o.email) LIMIT max_rows)
) p LIMIT max_rows
"""
_CONTACTS_HOLD = """
SELECT 'contact', o.id, o.organization_id, 0.7::real
FROM partners_contact o
WHERE (o.name_sort LIKE '%' || pattern || '%' OR lower(o.email) LIKE '%' || pattern || '%')
    AND NOT o.name_sort LIKE pattern || '%' AND NOT lower(o.email) LIKE pattern || '%'
    AND {current} AND {seen}
LIMIT max_rows - seen
"""
_ORGANIZATIONS_ALIKE = """
SELECT 'organization', f.id, f.id, (0.5 * strict_word_similarity(term, f.name_sort))::real AS likeness
FROM (
    SELECT o.id, o.name_sort FROM partners_organization o
    WHERE term <<% o.name_sort AND {current} AND {seen}
    LIMIT candidates
) f
ORDER BY likeness DESC, f.name_sort, f.id LIMIT max_rows
"""
_CONTACTS_ALIKE = """
SELECT 'contact', f.id, f.organization_id, (0.5 * strict_word_similarity(term, f.name_sort))::real AS likeness
FROM (
    SELECT o.id, o.organization_id, o.name_sort FROM partners_contact o
    WHERE term <<% o.name_sort AND {current} AND {seen}
    LIMIT candidates
) f
ORDER BY likeness DESC, f.name_sort, f.id LIMIT max_rows
"""


# Said so that no index of current ones alone will do: read from end to end, it would look cheaper than the words.
_CURRENT = "coalesce(o.archived_at, '-infinity') = '-infinity'"
_AT_A_WORD = {"rank": "0.8", "fits": "o.name_sort LIKE '% ' || pattern || '%'"}
_INSIDE = {
    "rank": "0.6",
    "fits": "o.name_sort LIKE '%' || pattern || '%' AND NOT o.name_sort LIKE '% ' || pattern || '%'",
}


def _asked(question: str, column: str, **parts: str) -> str:
    """The question for those who see few and for all others; `column` is what their scope speaks of."""
    few = question.format(seen=f"o.{column} = ANY (scope_ids)", current=_CURRENT, **parts)
    many = question.format(seen=f"(sees_all OR o.{column} IN (SELECT unnest(scope_ids)))", current=_CURRENT, **parts)
    return f"IF sees_few THEN RETURN QUERY {few}; ELSE RETURN QUERY {many}; END IF;"


SEARCH = f"""
CREATE OR REPLACE FUNCTION partners_search(query text, max_rows integer, only_kind text DEFAULT '')
RETURNS TABLE (kind text, id bigint, organization_id bigint, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 40
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_indexscan = off
AS $$
#variable_conflict use_column
DECLARE
    scope CONSTANT text := coalesce(current_setting('hub.scope', true), '');
    sees_all CONSTANT boolean := scope = 'all';
    sees_few boolean := false;
    scope_ids bigint[] := '{{}}';
    term CONSTANT text := lower(hub_unaccent(btrim(query)));
    -- What begins with the term lies before its last letter's successor; surrogates are no letters.
    beyond text;
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
        sees_few := cardinality(scope_ids) <= {_FEW};
    END IF;
    beyond := left(term, -1) || CASE ascii(right(term, 1))
        WHEN 1114111 THEN right(term, 1) || right(term, 1)
        WHEN 55295 THEN chr(57344)
        ELSE chr(ascii(right(term, 1)) + 1)
    END;
    pattern := replace(replace(replace(term, '\\', '\\\\'), '%', '\\%'), '_', '\\_');

    -- From the best rank to the last: whoever has enough is not asked about what could only come after.
    IF with_organizations THEN
        {_asked(_ORGANIZATIONS_BEGIN, "id")}
        GET DIAGNOSTICS seen = ROW_COUNT;
    END IF;
    IF with_contacts THEN
        {_asked(_CONTACTS_BEGIN, "organization_id")}
        GET DIAGNOSTICS found = ROW_COUNT;
        seen := seen + found;
    END IF;
    IF with_organizations AND seen < max_rows AND length(term) > 2 THEN
        {_asked(_ORGANIZATIONS_HOLD, "id", **_AT_A_WORD)}
        GET DIAGNOSTICS found = ROW_COUNT;
        seen := seen + found;
    END IF;
    IF with_contacts AND seen < max_rows AND length(term) > 2 THEN
        {_asked(_CONTACTS_HOLD, "organization_id")}
        GET DIAGNOSTICS found = ROW_COUNT;
        seen := seen + found;
    END IF;
    IF with_organizations AND seen < max_rows AND length(term) > 2 THEN
        {_asked(_ORGANIZATIONS_HOLD, "id", **_INSIDE)}
        GET DIAGNOSTICS found = ROW_COUNT;
        seen := seen + found;
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
            {_asked(_ORGANIZATIONS_ALIKE, "id")}
            GET DIAGNOSTICS seen = ROW_COUNT;
        END IF;
        IF with_contacts AND seen = 0 THEN
            {_asked(_CONTACTS_ALIKE, "organization_id")}
            GET DIAGNOSTICS seen = ROW_COUNT;
        END IF;
    END LOOP;
    PERFORM set_config('pg_trgm.strict_word_similarity_threshold', threshold_before, true);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0020_withheld_tasks")]

    operations = [migrations.RunSQL(sql=SEARCH, reverse_sql=BEFORE)]

"""Search over what was written on tickets, lists of tickets by words, and who asks: from indexes, within reach.

Each is a definer function that applies the reach itself, since text operators use no index behind row security
(ADR 0002); each looks at a bounded number of rows.
"""

from django.db import migrations

# Messages name no language: their words stand in once by English stems and once as they are spelled, without accents.
WORDS = """
CREATE FUNCTION tickets_message_words(body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('pg_catalog.english'::regconfig, lower(left(body, 16000)))
        || to_tsvector('pg_catalog.simple'::regconfig, lower(public.hub_unaccent(left(body, 16000))))
$$
"""
COLUMN = (
    "ALTER TABLE tickets_message ADD COLUMN words tsvector GENERATED ALWAYS AS (tickets_message_words(body)) STORED"
)
INDEXES = {
    "message_words": "ON tickets_message USING gin (words)",
    "ticket_requester_trigram": "ON tickets_ticket USING gin "
    "(lower(hub_unaccent(requester_name || ' ' || requester_email)) gin_trgm_ops)",
}

_REACH = "(sees_all OR t.organization_id = ANY (scope_ids) OR t.queue_id = ANY (queue_ids))"
_DECLARED = """
    scope CONSTANT text := coalesce(current_setting('hub.scope', true), '');
    desk CONSTANT text := coalesce(current_setting('hub.desk', true), '');
    sees_all CONSTANT boolean := scope = 'all' OR desk = 'all';
    scope_ids CONSTANT bigint[] := hub_scope_ids();
    queue_ids CONSTANT bigint[] := hub_desk_queue_ids();"""

# Of a common word the newest messages are looked at, of a rare one all: whoever sees few tickets looks at more of them.
MESSAGES = rf"""
CREATE FUNCTION tickets_message_search(query text, max_rows integer, with_notes boolean)
RETURNS TABLE (id bigint, rank real, snippet text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE{_DECLARED}
    term CONSTANT text := lower(hub_unaccent(btrim(query)));
    candidates CONSTANT integer := CASE WHEN sees_all THEN 300 ELSE 1000 END;
    typed text[];
    asked tsquery;
BEGIN
    IF max_rows < 1 OR term IS NULL OR length(term) < 2 OR length(term) > 200 THEN
        RETURN;
    END IF;
    typed := (SELECT array_agg(w) FROM (
        SELECT w FROM regexp_split_to_table(term, '[^[:alnum:]]+') w WHERE w <> '' LIMIT 12
    ) parts);
    IF typed IS NULL THEN
        RETURN;
    END IF;
    asked := plainto_tsquery('english', lower(query)) || to_tsquery('simple', array_to_string(typed, ' & ') || ':*');
    IF numnode(asked) = 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT b.ticket_id, b.fits, ts_headline(
            'english', left(b.body, 16000), asked,
            'StartSel=' || chr(2) || ', StopSel=' || chr(3) || ', MaxFragments=2, MaxWords=20, MinWords=8'
        )
        FROM (
            SELECT r.* FROM (
                SELECT DISTINCT ON (f.ticket_id) f.ticket_id, f.body,
                    (0.4 + 0.5 * ts_rank(f.words, asked, 32))::real AS fits
                FROM (
                    SELECT m.ticket_id, m.body, m.words FROM tickets_message m
                    WHERE m.words @@ asked AND m.state = 'sent' AND (with_notes OR m.kind = 'reply')
                    ORDER BY m.id DESC LIMIT candidates
                ) f
                JOIN tickets_ticket t ON t.id = f.ticket_id AND t.merged_into_id IS NULL AND {_REACH}
                ORDER BY f.ticket_id, fits DESC
            ) r
            ORDER BY r.fits DESC, r.ticket_id DESC LIMIT max_rows
        ) b;
END
$$
"""  # noqa: S608 - made of constants

# Subjects and senders that hold the text. What is not solved comes in the order of queues, all else the newest first.
_LONG = """lower(hub_unaccent(t.subject)) LIKE pattern
            OR lower(hub_unaccent(t.requester_name || ' ' || t.requester_email)) LIKE pattern"""
_SHORT = "tickets_ticket_words(t.language, t.subject, t.resolution, t.workaround, t.root_cause) @@ begun"
_UNSOLVED = "t.status IN ('new', 'open', 'pending', 'on_hold')"


def _branch(fits: str, *, unsolved: bool) -> str:
    where = f"t.merged_into_id IS NULL AND {_REACH} AND ({fits})"
    if unsolved:
        where += f" AND {_UNSOLVED}"
        order = "t.breaches_at, t.id"
    else:
        where += " AND (any_status OR t.status = ANY (statuses))"
        order = "t.opened_at DESC, t.id DESC"
    return f"RETURN QUERY SELECT t.id FROM tickets_ticket t WHERE {where} ORDER BY {order} LIMIT max_rows;"  # noqa: S608


MATCHING = rf"""
CREATE FUNCTION tickets_matching(query text, max_rows integer, statuses text[], is_unsolved boolean)
RETURNS TABLE (id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE{_DECLARED}
    term CONSTANT text := lower(hub_unaccent(btrim(query)));
    any_status CONSTANT boolean := cardinality(statuses) = 0;
    pattern CONSTANT text := '%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%';
    begun tsquery;
BEGIN
    IF max_rows < 1 OR term IS NULL OR length(term) < 2 OR length(term) > 200 THEN
        RETURN;
    END IF;
    -- Two letters have no trigram of their own: they are the beginning of a word.
    IF length(term) < 3 THEN
        IF term !~ '^[[:alnum:]]+$' THEN
            RETURN;
        END IF;
        begun := to_tsquery('simple', term || ':*');
        IF is_unsolved THEN
            {_branch(_SHORT, unsolved=True)}
        ELSE
            {_branch(_SHORT, unsolved=False)}
        END IF;
    ELSIF is_unsolved THEN
        {_branch(_LONG, unsolved=True)}
    ELSE
        {_branch(_LONG, unsolved=False)}
    END IF;
END
$$
"""

_WITHIN = """(CASE desk
                WHEN 'all' THEN true
                WHEN '' THEN scope = 'all' OR o.id = ANY (scope_ids)
                ELSE scope = 'all' OR o.id = ANY (scope_ids) OR EXISTS (
                    SELECT 1 FROM tickets_ticket t WHERE t.organization_id = o.id AND t.queue_id = ANY (queue_ids)
                )
            END)"""
# `typed` comes with its underscores escaped and without other wildcards. An address that is given in full finds its
# contact in any organization for people at the desk: whoever is on the phone says who they are.
REQUESTERS = rf"""
CREATE OR REPLACE FUNCTION tickets_find_requesters(typed text, most integer) RETURNS TABLE (
    organization_id bigint, organization uuid, organization_name text, contact_id bigint, contact uuid,
    contact_name text, email text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE{_DECLARED}
    address CONSTANT text := lower(replace(typed, '\_', '_'));
    prefix CONSTANT text := lower(typed) || '%';
    pattern CONSTANT text := '%' || lower(hub_unaccent(typed)) || '%';
BEGIN
    RETURN QUERY
    WITH hits AS (
        SELECT o.id AS org, c.id AS person FROM partners_contact c JOIN partners_organization o ON o.id = c.organization_id
        WHERE lower(c.email) = address AND c.archived_at IS NULL AND o.archived_at IS NULL
            AND (desk <> '' OR {_WITHIN})
        UNION (
            SELECT o.id, c.id FROM partners_contact c JOIN partners_organization o ON o.id = c.organization_id
            WHERE lower(c.email) LIKE prefix AND c.archived_at IS NULL AND o.archived_at IS NULL
                AND {_WITHIN} LIMIT 200
        )
        UNION (
            SELECT o.id, c.id FROM partners_contact c JOIN partners_organization o ON o.id = c.organization_id
            WHERE c.name_sort LIKE pattern AND c.archived_at IS NULL AND o.archived_at IS NULL
                AND {_WITHIN} LIMIT 200
        )
        UNION
        SELECT f.id, c.id FROM (
            SELECT o.id FROM partners_organization o
            WHERE o.name_sort LIKE pattern AND o.archived_at IS NULL AND {_WITHIN} LIMIT 100
        ) f LEFT JOIN partners_contact c ON c.organization_id = f.id AND c.archived_at IS NULL
    )
    SELECT o.id, o.public_id, o.name::text, c.id, c.public_id, c.name::text, c.email::text
    FROM hits h JOIN partners_organization o ON o.id = h.org LEFT JOIN partners_contact c ON c.id = h.person
    ORDER BY lower(c.email) = address DESC NULLS LAST, o.name, c.is_primary DESC NULLS LAST, c.name
    LIMIT least(most, 50);
END
$$
"""  # noqa: S608 - made of constants


def _function(sql: str, signature: str) -> migrations.RunSQL:
    grant = f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {signature} TO hub_app"
    return migrations.RunSQL(sql=[sql, grant], reverse_sql=f"DROP FUNCTION {signature}")


class Migration(migrations.Migration):
    dependencies = [("partners", "0010_task_search"), ("tickets", "0014_imports_taken_back")]

    operations = [
        migrations.RunSQL(sql=WORDS, reverse_sql="DROP FUNCTION tickets_message_words(text)"),
        migrations.RunSQL(sql=COLUMN, reverse_sql="ALTER TABLE tickets_message DROP COLUMN words"),
        *(
            migrations.RunSQL(sql=f"CREATE INDEX {name} {place}", reverse_sql=f"DROP INDEX {name}")
            for name, place in INDEXES.items()
        ),
        _function(MESSAGES, "tickets_message_search(text, integer, boolean)"),
        _function(MATCHING, "tickets_matching(text, integer, text[], boolean)"),
        migrations.RunSQL(sql=REQUESTERS, reverse_sql=migrations.RunSQL.noop),
    ]

"""Search that does not hang on what the planner guesses of a word: whether it is common is looked at.

How often a word stands in a text that it begins, nobody counts: the planner took each for common, and read all messages
for a rare one. What lists are narrowed by stands in a column of its own, since taking accents from the subjects of a
thousand tickets for each question took a tenth of a second.
"""

from importlib import import_module

from django.db import migrations

_REACH = "(sees_all OR t.organization_id = ANY (scope_ids) OR t.queue_id = ANY (queue_ids))"
_DECLARED = """
    scope CONSTANT text := coalesce(current_setting('hub.scope', true), '');
    desk CONSTANT text := coalesce(current_setting('hub.desk', true), '');
    sees_all CONSTANT boolean := scope = 'all' OR desk = 'all';
    scope_ids CONSTANT bigint[] := hub_scope_ids();
    queue_ids CONSTANT bigint[] := hub_desk_queue_ids();"""
_READ = "m.words @@ asked AND m.state = 'sent' AND (with_notes OR m.kind = 'reply')"

# A word is common if a hundred of the five thousand newest messages hold it: those are ranked then, or those of four
# times as many where the reader sees few of them. Of a rarer one the newest thousand are, found through the index.
MESSAGES = rf"""
CREATE OR REPLACE FUNCTION tickets_message_search(query text, max_rows integer, with_notes boolean)
RETURNS TABLE (id bigint, rank real, snippet text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE{_DECLARED}
    term CONSTANT text := lower(hub_unaccent(btrim(query)));
    typed text[];
    asked tsquery;
    found bigint[];
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
    found := ARRAY(
        SELECT m.id FROM (SELECT * FROM tickets_message n ORDER BY n.id DESC LIMIT 5000) m WHERE {_READ}
    );
    IF cardinality(found) >= 100 THEN
        IF sees_all THEN
            found := found[1:150];
        ELSE
            found := ARRAY(
                SELECT m.id FROM (SELECT * FROM tickets_message n ORDER BY n.id DESC LIMIT 20000) m
                JOIN tickets_ticket t ON t.id = m.ticket_id
                WHERE {_READ} AND {_REACH} ORDER BY m.id DESC LIMIT 150
            );
        END IF;
    ELSE
        found := ARRAY(
            WITH hits AS MATERIALIZED (SELECT m.id FROM tickets_message m WHERE {_READ})
            SELECT hits.id FROM hits ORDER BY hits.id DESC LIMIT 1000
        );
    END IF;
    RETURN QUERY
        SELECT b.ticket_id, b.fits, ts_headline(
            'english', left(b.body, 16000), asked,
            'StartSel=' || chr(2) || ', StopSel=' || chr(3) || ', MaxFragments=2, MaxWords=20, MinWords=8'
        )
        FROM (
            SELECT r.* FROM (
                SELECT DISTINCT ON (m.ticket_id) m.ticket_id, m.body,
                    (0.4 + 0.5 * ts_rank(m.words, asked, 32))::real AS fits
                FROM tickets_message m
                JOIN tickets_ticket t ON t.id = m.ticket_id AND t.merged_into_id IS NULL AND {_REACH}
                WHERE m.id = ANY (found)
                ORDER BY m.ticket_id, fits DESC
            ) r
            ORDER BY r.fits DESC, r.ticket_id DESC LIMIT max_rows
        ) b;
END
$$
"""  # noqa: S608 - made of constants

COLUMN = """
ALTER TABLE tickets_ticket ADD COLUMN told text GENERATED ALWAYS AS (
    lower(hub_unaccent(subject || ' ' || requester_name || ' ' || requester_email))
) STORED
"""
INDEX = "CREATE INDEX ticket_told_trigram ON tickets_ticket USING gin (told gin_trgm_ops)"
OLD_INDEX = (
    "CREATE INDEX ticket_requester_trigram ON tickets_ticket USING gin "
    "(lower(hub_unaccent(requester_name || ' ' || requester_email)) gin_trgm_ops)"
)


def _found(where: str, order: str) -> str:
    """The first tickets of an order that hold the text; of a rare one all are found through the index first."""
    within = f"t.merged_into_id IS NULL AND {_REACH} AND {where} AND t.told LIKE pattern"
    return f"""
        IF is_rare THEN
            RETURN QUERY
                WITH hits AS MATERIALIZED (SELECT t.* FROM tickets_ticket t WHERE t.id = ANY (few) AND {within})
                SELECT t.id FROM hits t ORDER BY {order} LIMIT max_rows;
        ELSE
            RETURN QUERY SELECT t.id FROM tickets_ticket t WHERE {within} ORDER BY {order} LIMIT max_rows;
        END IF;"""  # noqa: S608 - made of constants


# Two letters have no trigram of their own: they are the beginning of a word.
MATCHING = rf"""
CREATE OR REPLACE FUNCTION tickets_matching(query text, max_rows integer, statuses text[], is_unsolved boolean)
RETURNS TABLE (id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE{_DECLARED}
    term CONSTANT text := lower(hub_unaccent(btrim(query)));
    any_status CONSTANT boolean := cardinality(statuses) = 0;
    pattern CONSTANT text := '%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%';
    few bigint[];
    is_rare boolean;
BEGIN
    IF max_rows < 1 OR term IS NULL OR length(term) < 2 OR length(term) > 200 THEN
        RETURN;
    END IF;
    IF length(term) < 3 THEN
        IF term !~ '^[[:alnum:]]+$' THEN
            RETURN;
        END IF;
        few := ARRAY(
            SELECT t.id FROM tickets_ticket t
            WHERE tickets_ticket_words(t.language, t.subject, t.resolution, t.workaround, t.root_cause)
                @@ to_tsquery('simple', term || ':*')
            LIMIT 5001
        );
        is_rare := cardinality(few) <= 5000;
    ELSE
        is_rare := (
            SELECT count(*) FROM (SELECT n.told FROM tickets_ticket n ORDER BY n.id DESC LIMIT 2000) m
            WHERE m.told LIKE pattern
        ) < 40;
        IF is_rare THEN
            few := ARRAY(
                WITH hits AS MATERIALIZED (SELECT t.id FROM tickets_ticket t WHERE t.told LIKE pattern)
                SELECT hits.id FROM hits
            );
        END IF;
    END IF;
    IF is_unsolved THEN
        {_found("t.status IN ('new', 'open', 'pending', 'on_hold')", "t.breaches_at, t.id")}
    ELSE
        {_found("(any_status OR t.status = ANY (statuses))", "t.opened_at DESC, t.id DESC")}
    END IF;
END
$$
"""  # noqa: S608 - made of constants

# Ranking makes the words of each candidate anew, so fewer of a common one are taken.
_BEFORE: str = import_module("tickets.migrations.0008_knowledge_search").SEARCH
_TICKETS = "IF 'ticket' = ANY (kinds) THEN"
_WORDS = "tickets_ticket_words(t.language, t.subject, t.resolution, t.workaround, t.root_cause) @@ asked"
_LOOK = f"""{_TICKETS}
            is_common := (
                SELECT count(*) FROM (SELECT * FROM tickets_ticket n ORDER BY n.id DESC LIMIT 500) t WHERE {_WORDS}
            ) >= 10;
            few := CASE WHEN is_common THEN '{{}}' ELSE ARRAY(
                WITH hits AS MATERIALIZED (SELECT t.id FROM tickets_ticket t WHERE {_WORDS}) SELECT hits.id FROM hits
            ) END;"""  # noqa: S608 - made of constants


def _search() -> str:
    """The function of before, whose first look at tickets finds out whether a word is common."""
    at = _BEFORE.rindex(_TICKETS, 0, _BEFORE.index(_WORDS))
    looking = _BEFORE[:at] + _LOOK + _BEFORE[at + len(_TICKETS) :]
    place = looking.rindex(f"WHERE {_WORDS}")
    wanted = f"WHERE CASE WHEN is_common THEN {_WORDS} ELSE t.id = ANY (few) END"
    changed = looking[:place] + wanted + looking[place + len(f"WHERE {_WORDS}") :]
    changed = changed.replace("500;", "150;").replace(
        "    shown bigint[]", "    few bigint[];\n    is_common boolean;\n    shown bigint[]"
    )
    return changed.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
        "SET plan_cache_mode", "SET enable_seqscan = off\nSET plan_cache_mode"
    )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0015_search_of_messages")]

    operations = [
        migrations.RunSQL(sql=MESSAGES, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=COLUMN, reverse_sql="ALTER TABLE tickets_ticket DROP COLUMN told"),
        migrations.RunSQL(sql=INDEX, reverse_sql="DROP INDEX ticket_told_trigram"),
        migrations.RunSQL(sql="DROP INDEX ticket_requester_trigram", reverse_sql=OLD_INDEX),
        migrations.RunSQL(sql=MATCHING, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=_search(), reverse_sql=_BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
    ]

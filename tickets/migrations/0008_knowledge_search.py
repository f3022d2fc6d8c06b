"""Search over articles and tickets: one definer function that applies the scope itself (ADR 0002).

It looks for what holds all words, in the stems of their language and as they are spelled, the last one as a beginning;
where that finds nothing, for titles that contain the text or are spelled like it; and, where it was asked to or
nothing else fits, for what holds any of the words. Each step is bounded: of a common word the newest tickets are
ranked, read in the order of their opening; of a rare one all, found through the words.
"""

from django.db import migrations

CONFIG = """
CREATE FUNCTION hub_text_config(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE left(lower(language), 2)
        WHEN 'en' THEN 'pg_catalog.english'::regconfig
        WHEN 'de' THEN 'pg_catalog.german'::regconfig
        WHEN 'fr' THEN 'pg_catalog.french'::regconfig
        WHEN 'es' THEN 'pg_catalog.spanish'::regconfig
        ELSE 'pg_catalog.simple'::regconfig
    END
$$
"""
# Names are qualified since a restore sets no search path. The words stand in once by their stems and once as they are
# spelled, without accents: so the beginning of a word is found, and what somebody typed in a hurry.
ARTICLE_WORDS = """
CREATE FUNCTION tickets_article_words(language text, title text, summary text, plain text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector(public.hub_text_config(language), lower(title)), 'A')
        || setweight(to_tsvector('pg_catalog.simple'::regconfig, lower(public.hub_unaccent(title))), 'A')
        || setweight(to_tsvector(public.hub_text_config(language), lower(summary)), 'B')
        || setweight(to_tsvector(public.hub_text_config(language), lower(plain)), 'C')
        || setweight(to_tsvector('pg_catalog.simple'::regconfig, lower(public.hub_unaccent(summary || ' ' || plain))), 'D')
$$
"""
TICKET_WORDS = """
CREATE FUNCTION tickets_ticket_words(language text, subject text, resolution text, workaround text, cause text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector(public.hub_text_config(language), lower(subject)), 'A')
        || setweight(to_tsvector('pg_catalog.simple'::regconfig, lower(public.hub_unaccent(subject))), 'A')
        || setweight(
            to_tsvector(
                public.hub_text_config(language), lower(resolution || ' ' || workaround || ' ' || cause)
            ), 'C'
        )
$$
"""
FUNCTIONS = (
    (CONFIG, "hub_text_config(text)"),
    (ARTICLE_WORDS, "tickets_article_words(text, text, text, text)"),
    (TICKET_WORDS, "tickets_ticket_words(text, text, text, text, text)"),
)
WORDS = (
    "ALTER TABLE tickets_articleversion ADD COLUMN words tsvector "
    "GENERATED ALWAYS AS (tickets_article_words(language, title, summary, plain)) STORED"
)
INDEXES = {
    "article_version_words": "ON tickets_articleversion USING gin (words)",
    "article_version_title_trigram": "ON tickets_articleversion USING gin (lower(hub_unaccent(title)) gin_trgm_ops)",
    "ticket_words": "ON tickets_ticket USING gin "
    "(tickets_ticket_words(language, subject, resolution, workaround, root_cause))",
    "ticket_subject_trigram": "ON tickets_ticket USING gin (lower(hub_unaccent(subject)) gin_trgm_ops)",
}

_TICKET_IN_REACH = (
    "t.merged_into_id IS NULL AND (sees_all OR t.organization_id = ANY (scope_ids) OR t.queue_id = ANY (queue_ids))"
)
_VERSION_IN_REACH = """(v.is_current OR (every_state AND v.published_at IS NULL))
                    AND a.state <> 'retired' AND (every_state OR (a.state = 'published' AND a.audience = ANY (audiences)))
                    AND NOT a.id = ANY (shown)"""
_BY_WORDS = f"""
        asked := CASE step WHEN 1 THEN exact ELSE loose END;
        CONTINUE WHEN asked IS NULL OR numnode(asked) = 0;
        IF 'article' = ANY (kinds) THEN
            FOR kind, id, version_id, rank, snippet IN
                SELECT 'article', b.article_id, b.id, b.rank, ts_headline(
                    hub_text_config(b.language), b.told, asked,
                    'StartSel=' || chr(2) || ', StopSel=' || chr(3) || ', MaxFragments=2, MaxWords=20, MinWords=8'
                )
                FROM (
                    SELECT DISTINCT ON (f.article_id) f.article_id, f.id, f.language,
                        left(f.summary || ' ' || f.plain, 20000) AS told,
                        (2 - step + ts_rank(f.words, asked, 32) + CASE WHEN f.language = reader_language THEN 0.2 ELSE 0 END)
                            ::real AS rank
                    FROM (
                        SELECT v.* FROM tickets_articleversion v JOIN tickets_article a ON a.id = v.article_id
                        WHERE v.words @@ asked AND {_VERSION_IN_REACH}
                        LIMIT candidates
                    ) f
                    ORDER BY f.article_id, (f.language = reader_language) DESC, ts_rank(f.words, asked, 32) DESC
                ) b
                ORDER BY b.rank DESC, b.article_id LIMIT max_rows - cardinality(shown)
            LOOP
                shown := shown || id;
                RETURN NEXT;
            END LOOP;
        END IF;
        IF 'ticket' = ANY (kinds) THEN
            FOR kind, id, version_id, rank, snippet IN
                SELECT 'ticket', b.id, NULL, b.rank, ts_headline(
                    hub_text_config(b.language), left(b.told, 20000), asked,
                    'StartSel=' || chr(2) || ', StopSel=' || chr(3) || ', MaxFragments=2, MaxWords=20, MinWords=8'
                )
                FROM (
                    SELECT f.id, f.language, f.told, (2 - step + ts_rank(f.words, asked, 32))::real AS rank
                    FROM (
                        SELECT t.id, t.language, t.resolution || ' ' || t.workaround || ' ' || t.root_cause AS told,
                            tickets_ticket_words(t.language, t.subject, t.resolution, t.workaround, t.root_cause) AS words
                        FROM tickets_ticket t
                        WHERE tickets_ticket_words(t.language, t.subject, t.resolution, t.workaround, t.root_cause) @@ asked
                            AND {_TICKET_IN_REACH} AND NOT t.id = ANY (listed)
                        ORDER BY t.opened_at DESC, t.id DESC LIMIT candidates
                    ) f
                    ORDER BY rank DESC, f.id DESC LIMIT max_rows - cardinality(listed)
                ) b
            LOOP
                listed := listed || id;
                RETURN NEXT;
            END LOOP;
        END IF;
"""  # noqa: S608 - made of constants
_BY_SPELLING = f"""
    IF 'article' = ANY (kinds) AND cardinality(shown) = 0 THEN
        FOR kind, id, version_id, rank, snippet IN
            SELECT DISTINCT ON (f.article_id) 'article', f.article_id, f.id, 0.5::real, f.summary FROM (
                SELECT v.* FROM tickets_articleversion v JOIN tickets_article a ON a.id = v.article_id
                WHERE (lower(hub_unaccent(v.title)) LIKE pattern OR (v.language IN ('zh', 'ja') AND v.plain LIKE pattern))
                    AND {_VERSION_IN_REACH}
                LIMIT max_rows
            ) f
            ORDER BY f.article_id, (f.language = reader_language) DESC
        LOOP
            shown := shown || id;
            RETURN NEXT;
        END LOOP;
    END IF;
    IF cardinality(shown) + cardinality(listed) = 0 AND length(term) > 2 THEN
        -- What one slip leaves of the pieces of a word: little of a short one (as in partners_search).
        PERFORM set_config(
            'pg_trgm.strict_word_similarity_threshold',
            greatest(0.2, least(0.5, (length(term) - 3.0) / (length(term) + 5.0) - 0.01))::text, true
        );
        IF 'article' = ANY (kinds) THEN
            FOR kind, id, version_id, rank, snippet IN
                SELECT 'article', b.article_id, b.id, b.likeness, b.summary FROM (
                    SELECT DISTINCT ON (f.article_id) f.article_id, f.id, f.summary,
                        (0.5 * strict_word_similarity(term, lower(hub_unaccent(f.title))))::real AS likeness
                    FROM (
                        SELECT v.* FROM tickets_articleversion v JOIN tickets_article a ON a.id = v.article_id
                        WHERE term <<% lower(hub_unaccent(v.title)) AND {_VERSION_IN_REACH}
                        LIMIT candidates
                    ) f
                    ORDER BY f.article_id, (f.language = reader_language) DESC, likeness DESC
                ) b
                ORDER BY b.likeness DESC, b.article_id LIMIT max_rows
            LOOP
                shown := shown || id;
                RETURN NEXT;
            END LOOP;
        END IF;
        IF 'ticket' = ANY (kinds) THEN
            FOR kind, id, version_id, rank, snippet IN
                SELECT 'ticket', f.id, NULL, (0.5 * strict_word_similarity(term, lower(hub_unaccent(f.subject))))::real, ''
                FROM (
                    SELECT t.id, t.subject FROM tickets_ticket t
                    WHERE term <<% lower(hub_unaccent(t.subject)) AND {_TICKET_IN_REACH}
                    LIMIT candidates
                ) f
                ORDER BY 4 DESC, f.id DESC LIMIT max_rows
            LOOP
                listed := listed || id;
                RETURN NEXT;
            END LOOP;
        END IF;
        PERFORM set_config('pg_trgm.strict_word_similarity_threshold', threshold_before, true);
    END IF;
"""  # noqa: S608 - made of constants
SEARCH = rf"""
CREATE FUNCTION tickets_search(
    query text, max_rows integer, kinds text[], reader_language text, audiences text[], any_word boolean
)
RETURNS TABLE (kind text, id bigint, version_id bigint, rank real, snippet text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    scope CONSTANT text := coalesce(current_setting('hub.scope', true), '');
    desk CONSTANT text := coalesce(current_setting('hub.desk', true), '');
    sees_all CONSTANT boolean := scope = 'all' OR desk = 'all';
    scope_ids CONSTANT bigint[] := hub_scope_ids();
    queue_ids CONSTANT bigint[] := hub_desk_queue_ids();
    every_state CONSTANT boolean := cardinality(audiences) = 0;
    term CONSTANT text := lower(hub_unaccent(btrim(query)));
    typed text[];
    pattern text;
    exact tsquery;
    loose tsquery;
    asked tsquery;
    candidates CONSTANT integer := 500;
    shown bigint[] := '{{}}';
    listed bigint[] := '{{}}';
    threshold_before CONSTANT text := coalesce(current_setting('pg_trgm.strict_word_similarity_threshold', true), '0.5');
BEGIN
    IF max_rows < 1 OR term IS NULL OR length(term) < 2 OR length(term) > 200 THEN
        RETURN;
    END IF;
    typed := (SELECT array_agg(w) FROM (
        SELECT w FROM regexp_split_to_table(term, '[^[:alnum:]]+') w WHERE w <> '' LIMIT 12
    ) parts);
    pattern := '%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%';
    IF typed IS NOT NULL THEN
        exact := plainto_tsquery(hub_text_config(reader_language), lower(query))
            || plainto_tsquery('english', lower(query))
            || to_tsquery(hub_text_config(reader_language), array_to_string(typed, ' & ') || ':*')
            || to_tsquery('simple', array_to_string(typed, ' & ') || ':*');
        loose := to_tsquery(hub_text_config(reader_language), array_to_string(typed, ' | '))
            || to_tsquery('english', array_to_string(typed, ' | '));
    END IF;
    FOR step IN 1..2 LOOP
        EXIT WHEN step = 2 AND NOT any_word AND cardinality(shown) + cardinality(listed) > 0;
        IF step = 2 AND NOT any_word THEN
{_BY_SPELLING}
            EXIT WHEN cardinality(shown) + cardinality(listed) > 0;
        END IF;
{_BY_WORDS}
    END LOOP;
END
$$
"""  # noqa: S608 - made of constants
_SIGNATURE = "tickets_search(text, integer, text[], text, text[], boolean)"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0007_knowledge_base")]

    operations = [
        *(migrations.RunSQL(sql=sql, reverse_sql=f"DROP FUNCTION {signature}") for sql, signature in FUNCTIONS),
        migrations.RunSQL(sql=WORDS, reverse_sql="ALTER TABLE tickets_articleversion DROP COLUMN words"),
        *(
            migrations.RunSQL(sql=f"CREATE INDEX {name} {place}", reverse_sql=f"DROP INDEX {name}")
            for name, place in INDEXES.items()
        ),
        migrations.RunSQL(
            sql=[
                SEARCH,
                f"REVOKE ALL ON FUNCTION {_SIGNATURE} FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION {_SIGNATURE} TO hub_app",
            ],
            reverse_sql=f"DROP FUNCTION {_SIGNATURE}",
        ),
    ]

"""Organizations by set: match, check, insert, update, undo. All of it runs in the run's own transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.jobs import enqueue_on_commit
from partners.choices import CUSTOMER_STAGES, PARTNER_STAGES
from partners.imports.reading import RowError
from partners.imports.references import duplicates
from partners.imports.staging import Counts, execute, fetch, settle, staged
from partners.models import Organization
from partners.services import classification

# So many new organizations are classified before the run commits.
CLASSIFIED_AT_ONCE = 2_000

# Fields that a later import may change; the stage moves through gates, kind and key say which organization is meant.
UPDATABLE = (
    "name",
    "summary",
    "website",
    "industry",
    "country",
    "timezone",
    "currency",
    "ccv",
    "country_lrp",
    "arr",
    "market_segment",
    "edition",
    "deployment",
    "licenses",
    "target_launch_on",
    "launched_on",
)
_TEXTS = ("summary", "website", "industry", "country", "market_segment", "edition", "deployment")


def match(*, now: datetime) -> list[RowError]:
    """Say for each staged row which organization it means, and report what cannot be."""
    keyed = duplicates("source, external_key", shown="external_key", where="external_key IS NOT NULL")
    named = duplicates("kind, lower(hub_unaccent(name))", shown="name", where="external_key IS NULL")
    execute(
        """
        UPDATE import_stage s SET target_id = o.id FROM partners_organization o
        WHERE s.external_key IS NOT NULL AND o.source = s.source AND o.external_key = s.external_key
        """
    )
    ambiguous = _by_name()
    settle("partners_organization")
    return [*keyed, *named, *ambiguous, *_wrong_stage(), *_moved(), *_wrong_kind(), *_not_yet(now)]


def _by_name() -> list[RowError]:
    """Rows without a key mean the one organization of their kind and name; where there are several, none."""
    execute(
        """
        UPDATE import_stage s SET target_id = found.id, organization_id = found.total FROM (
            SELECT t.row, min(o.id) AS id, count(*) AS total FROM import_stage t JOIN partners_organization o
              ON o.kind = t.kind AND o.archived_at IS NULL AND o.name_sort = lower(hub_unaccent(t.name))
            WHERE t.external_key IS NULL GROUP BY t.row
        ) found WHERE found.row = s.row
        """
    )
    rows = fetch("SELECT row, name FROM import_stage WHERE organization_id > 1 ORDER BY row")
    expected = _("an external key, since several organizations have this name")
    return [RowError(row=row, column="", field="name", found=name, expected=expected) for row, name in rows]


def _not_yet(now: datetime) -> list[RowError]:
    """Days of what has happened cannot lie ahead (a day's leave for who lives east of us)."""
    last = (now + timedelta(days=1)).date()
    found: list[RowError] = []
    for field in ("stage_entered_on", "launched_on"):
        rows = fetch(f"SELECT row, {field} FROM import_stage WHERE {field} > %s ORDER BY row", [last])
        expected = _("a day that has come, since this has happened")
        found += [RowError(row=row, column="", field=field, found=str(day), expected=expected) for row, day in rows]
    return found


def _wrong_stage() -> list[RowError]:
    rows = fetch(
        """
        SELECT row, kind, stage FROM import_stage WHERE stage IS NOT NULL
          AND NOT (kind = 'partner' AND stage = ANY (%s)) AND NOT (kind = 'customer' AND stage = ANY (%s))
        """,
        [[stage.value for stage in PARTNER_STAGES], [stage.value for stage in CUSTOMER_STAGES]],
    )
    expected = _("a stage of that kind: %(stages)s")
    names = {"partner": ", ".join(PARTNER_STAGES), "customer": ", ".join(CUSTOMER_STAGES)}
    return [
        RowError(row=row, column="", field="stage", found=stage, expected=expected % {"stages": names[kind]})
        for row, kind, stage in rows
    ]


def _moved() -> list[RowError]:
    """An import may make an organization in any stage; a known one goes on through its gates alone."""
    rows = fetch(
        """
        SELECT s.row, s.stage, o.stage FROM import_stage s JOIN partners_organization o ON o.id = s.target_id
        WHERE s.stage IS NOT NULL AND s.stage <> o.stage AND s.kind = o.kind ORDER BY s.row
        """
    )
    expected = _("%(stage)s, where this organization is; stages are left through their gates")
    return [
        RowError(row=row, column="", field="stage", found=found, expected=expected % {"stage": stage})
        for row, found, stage in rows
    ]


def _wrong_kind() -> list[RowError]:
    rows = fetch(
        """
        SELECT s.row, s.kind, o.kind FROM import_stage s JOIN partners_organization o ON o.id = s.target_id
        WHERE o.kind <> s.kind
        """
    )
    return [
        RowError(
            row=row,
            column="",
            field="kind",
            found=found,
            expected=_("%(kind)s, since this organization exists as one") % {"kind": kind},
        )
        for row, found, kind in rows
    ]


def apply(*, run_id: int, mapped: frozenset[str], by: Actor, now: datetime) -> Counts:
    """Write the staged rows: new organizations with facts, stage, timeline and trail; changes of known ones."""
    values = {
        "now": now,
        "by": by.user_id,
        "by_name": by.name,
        "run": run_id,
        "imported": _("Imported"),
        "language": get_language() or "en",
    }
    updated = _update(mapped, values)
    created = execute(_INSERT, values)
    for statement in _ALONG:
        execute(statement, values)
    return Counts(created=created, updated=updated, unchanged=staged() - created - updated)


def finish(*, run_id: int, by: Actor, now: datetime) -> None:
    """Classify what the run wrote: at once if that is quick, otherwise new ones by the next run of the classifier.

    The gates of new ones are opened by the job that opens missing ones.
    """
    changed = [row[0] for row in fetch(_CHANGED, {"run": run_id})]
    made = [row[0] for row in fetch("SELECT target_id FROM import_stage WHERE is_new")]
    if len(made) > CLASSIFIED_AT_ONCE:
        # The classifier finds them by their facts, which are of no policy yet, and says nothing of first values.
        enqueue_on_commit("partners.reclassify")
        made = []
    enqueue_on_commit("partners.open_gates")
    _classify(sorted(changed + made), by=by, now=now)


def _classify(ids: list[int], *, by: Actor, now: datetime) -> None:
    for start in range(0, len(ids), classification.CHUNK):
        rows = Organization.objects.filter(pk__in=ids[start : start + classification.CHUNK])
        classification.recompute(rows, now=now, by=by, reason=_("Imported"))


def _update(mapped: frozenset[str], values: Mapping[str, object]) -> int:
    """Change known organizations where the file says something else; an empty cell leaves what is there."""
    names = [name for name in UPDATABLE if name in mapped]
    if not names:
        return 0
    differs = " OR ".join(f"(s.{name} IS NOT NULL AND o.{name} IS DISTINCT FROM s.{name})" for name in names)
    pairs = ", ".join(f"'{name}', o.{name}" for name in names)
    news = ", ".join(f"'{name}', coalesce(s.{name}, o.{name})" for name in names)
    assignments = ", ".join(f"{name} = coalesce(s.{name}, o.{name})" for name in names)
    execute(
        f"""
        INSERT INTO common_importchange (run_id, row, target_type, target_id, before, after)
        SELECT %(run)s, s.row, 'organization', o.id, jsonb_build_object({pairs}, 'archived', o.archived_at IS NOT NULL),
               jsonb_build_object({news}, 'version', o.version + 1)
        FROM import_stage s JOIN partners_organization o ON o.id = s.target_id
        WHERE NOT s.is_new AND ({differs} OR o.archived_at IS NOT NULL)
        """,
        values,
    )
    return execute(
        f"""
        UPDATE partners_organization o SET {assignments}, version = o.version + 1, updated_at = %(now)s,
            archived_at = NULL
        FROM import_stage s WHERE o.id = s.target_id AND NOT s.is_new AND ({differs} OR o.archived_at IS NOT NULL)
        """,
        values,
    )


_STAGE = "coalesce(s.stage, CASE s.kind WHEN 'partner' THEN 'pre_contract' ELSE 'pre_sales' END)"
_SINCE = "coalesce(s.stage_entered_on::timestamptz, %(now)s)"

_INSERT = f"""
INSERT INTO partners_organization (id, public_id, created_at, updated_at, kind, name, {", ".join(_TEXTS)}, timezone,
    language, source, external_key, stage, stage_entered_at, target_launch_on, launched_on, currency, ccv, country_lrp,
    arr, licenses, version)
SELECT s.target_id, s.public_id, %(now)s, %(now)s, s.kind, s.name, {", ".join(f"coalesce(s.{n}, '')" for n in _TEXTS)},
    coalesce(s.timezone, 'UTC'), %(language)s, s.source, coalesce(s.external_key, ''), {_STAGE}, {_SINCE},
    s.target_launch_on, s.launched_on, coalesce(s.currency, 'USD'), s.ccv, s.country_lrp, s.arr, s.licenses, 1
FROM import_stage s WHERE s.is_new ORDER BY s.row
"""

# Rows that go along with every new organization, and the trail of every change.
_ALONG = (
    """
    INSERT INTO partners_organizationfacts (organization_id, arr_segment, gemstone, receipts, policy_versions,
        tasks_total, tasks_done, risk)
    SELECT target_id, '', '', '{}', '{}', 0, 0, '' FROM import_stage WHERE is_new
    """,
    f"""
    INSERT INTO partners_stageperiod (organization_id, stage, entered_at, moved_by_id, reason)
    SELECT s.target_id, {_STAGE}, {_SINCE}, %(by)s, '' FROM import_stage s WHERE s.is_new
    """,
    f"""
    INSERT INTO partners_timelineentry (public_id, organization_id, at, kind, title, body, data, audience, field_class,
        stage, actor_id, target_type)
    SELECT gen_random_uuid(), s.target_id, %(now)s, 'profile', %(imported)s, '', jsonb_build_object('run', %(run)s),
        'internal', 'general', {_STAGE}, %(by)s, 'importrun'
    FROM import_stage s WHERE s.is_new
    """,
    """
    INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id, target_name,
        organization_id, changes, reason, request_id)
    SELECT gen_random_uuid(), %(now)s, %(by)s, %(by_name)s, 'import', 'organization.created', 'organization',
        s.target_id, s.name, s.target_id, '{}', 'row ' || s.row, ''
    FROM import_stage s WHERE s.is_new
    """,
    """
    INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id, target_name,
        organization_id, changes, reason, request_id)
    SELECT gen_random_uuid(), %(now)s, %(by)s, %(by_name)s, 'import', 'organization.edited', 'organization',
        c.target_id, o.name, c.target_id,
        (SELECT coalesce(jsonb_object_agg(b.key, jsonb_build_array(b.value, c.after -> b.key)), '{}')
           FROM jsonb_each(c.before) b
           WHERE jsonb_exists(c.after, b.key) AND c.after -> b.key IS DISTINCT FROM b.value),
        'row ' || c.row, ''
    FROM common_importchange c JOIN partners_organization o ON o.id = c.target_id
    WHERE c.run_id = %(run)s AND c.target_type = 'organization'
    """,
    """
    INSERT INTO common_importchange (run_id, row, target_type, target_id, before, after)
    SELECT %(run)s, row, 'organization', target_id, NULL, '{"version": 1}' FROM import_stage WHERE is_new
    """,
)


_CHANGED = """
SELECT target_id FROM common_importchange
WHERE run_id = %(run)s AND target_type = 'organization' AND before IS NOT NULL
"""

# What somebody has begun to work with stays: an owner who was not imported, a talk that was logged.
_UNUSED = """
NOT EXISTS (SELECT 1 FROM partners_interaction i WHERE i.organization_id = o.id AND i.archived_at IS NULL)
AND NOT EXISTS (
    SELECT 1 FROM partners_assignment a WHERE a.organization_id = o.id AND a.ended_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM common_importchange d WHERE d.target_type = 'assignment' AND d.target_id = a.id))
"""

# The lines of the timeline and of the trail that go along with each organization that is taken back.
_TOLD = """
, told AS (
    INSERT INTO partners_timelineentry (public_id, organization_id, at, kind, title, body, data, audience, field_class,
        stage, actor_id, target_type)
    SELECT gen_random_uuid(), id, %(now)s, 'profile', %(undone)s, '', jsonb_build_object('run', %(run)s), 'internal',
        'general', stage, %(by)s, 'importrun' FROM done
)
INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id, target_name,
    organization_id, changes, reason, request_id)
SELECT gen_random_uuid(), %(now)s, %(by)s, %(by_name)s, 'import', %(verb)s, 'organization', id, name, id, '{}',
    %(undone)s, '' FROM done
"""


def undo(*, run_id: int, by: Actor, now: datetime) -> tuple[int, int]:
    """Take a run back: archive what it made, restore what it changed, leave alone what was used or edited since.

    Returns (taken back, left alone).
    """
    values = {"run": run_id, "now": now, "by": by.user_id, "by_name": by.name, "undone": _("Import undone")}
    archived = execute(
        f"""
        WITH done AS (
            UPDATE partners_organization o SET archived_at = %(now)s, version = o.version + 1, updated_at = %(now)s
            FROM common_importchange c WHERE c.run_id = %(run)s AND c.target_type = 'organization' AND c.before IS NULL
              AND o.id = c.target_id AND o.version = (c.after ->> 'version')::int AND o.archived_at IS NULL
              AND {_UNUSED}
            RETURNING o.id, o.name, o.stage
        ) {_TOLD}
        """,
        {**values, "verb": "organization.archived"},
    )
    restored = execute(
        f"""
        WITH done AS (
            UPDATE partners_organization o SET {", ".join(_restored(name) for name in UPDATABLE)},
                archived_at = CASE WHEN (c.before ->> 'archived')::boolean THEN %(now)s END,
                version = o.version + 1, updated_at = %(now)s
            FROM common_importchange c, jsonb_populate_record(NULL::partners_organization, c.before) b
            WHERE c.run_id = %(run)s AND c.target_type = 'organization' AND c.before IS NOT NULL
              AND o.id = c.target_id AND o.version = (c.after ->> 'version')::int
            RETURNING o.id, o.name, o.stage
        ) {_TOLD}
        """,
        {**values, "verb": "organization.edited"},
    )
    _classify([row[0] for row in fetch(_CHANGED, values)], by=by, now=now)
    total = fetch(
        "SELECT count(*) FROM common_importchange WHERE run_id = %(run)s AND target_type = 'organization'", values
    )[0][0]
    return archived + restored, total - archived - restored


def _restored(name: str) -> str:
    return f"{name} = CASE WHEN jsonb_exists(c.before, '{name}') THEN b.{name} ELSE o.{name} END"

"""Opportunities by set: match, check, insert, update, undo.

Those that come in closed are history: what they brought is in the amounts of their organizations already. One that was
open here and is won by a file adds to the ledger of revenue, as it does on its page.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.rules.access import Actor, FieldClass
from partners.growth_choices import OPEN_STAGES
from partners.imports.along import Noun, changed_by, note_changes, remembered, restoring, taken_back, tell
from partners.imports.reading import RowError
from partners.imports.references import by_own_key, colleagues, duplicates, lock_organizations, resolve_organizations
from partners.imports.staging import Counts, execute, fetch, settle, staged
from partners.rules.pipeline import PROBABILITIES

_NAMES = (
    "title", "kind", "stage", "amount", "currency", "probability", "expected_on", "closed_on", "readiness",
    "next_step", "business_case", "outcome_note",
)  # fmt: skip
NOUN = Noun(
    key="opportunity",
    table="partners_opportunity",
    columns={**{name: name for name in _NAMES}, "owner_id": "user_id"},
    kept=("archived_at", "closed_at"),
    entry="opportunity",
    field_class="commercial",
    label="Opportunity at",
)
_OPEN = ", ".join(f"'{stage.value}'" for stage in OPEN_STAGES)
_USUAL = ", ".join(f"('{stage}', {percent})" for stage, percent in PROBABILITIES.items())


def match(*, now: datetime) -> list[RowError]:
    """Say for each staged row which opportunity it means, and report what cannot be."""
    known = "organization_id IS NOT NULL AND"
    faults = [
        *resolve_organizations(),
        *duplicates("source, external_key", shown="external_key", where="external_key IS NOT NULL"),
        *duplicates(
            "organization_id, lower(hub_unaccent(title))", shown="title", where=f"{known} external_key IS NULL"
        ),
        *colleagues("owner_email", who_reads=FieldClass.SUMMARY),
        *by_own_key(NOUN.table),
    ]
    lock_organizations()
    faults += _by_title()
    settle(NOUN.table)
    _fill(now)
    return [*faults, *_closed(), *_not_yet(now)]


def _by_title() -> list[RowError]:
    """Rows without a key mean the one opportunity of their organization and title; where there are several, none."""
    execute("ALTER TABLE import_stage ADD COLUMN total bigint")
    execute(
        """
        UPDATE import_stage s SET target_id = found.id, total = found.total FROM (
            SELECT r.row, min(t.id) AS id, count(*) AS total FROM import_stage r JOIN partners_opportunity t
              ON t.organization_id = r.organization_id AND t.archived_at IS NULL
              AND lower(hub_unaccent(t.title)) = lower(hub_unaccent(r.title))
            WHERE r.external_key IS NULL GROUP BY r.row
        ) found WHERE found.row = s.row
        """
    )
    rows = fetch("SELECT row, title FROM import_stage WHERE total > 1 ORDER BY row")
    expected = _("an external key, since several opportunities of the organization have this title")
    return [RowError(row=row, column="", field="title", found=title, expected=expected) for row, title in rows]


def _fill(now: datetime) -> None:
    """What the file does not say: of known ones it stays, of new ones it is what is usual."""
    execute(
        f"""
        WITH usual (stage, percent) AS (VALUES {_USUAL})
        UPDATE import_stage s SET kind = coalesce(s.kind, t.kind), amount = coalesce(s.amount, t.amount),
            currency = coalesce(s.currency, t.currency), user_id = coalesce(s.user_id, t.owner_id),
            readiness = coalesce(s.readiness, t.readiness), next_step = coalesce(s.next_step, t.next_step),
            business_case = coalesce(s.business_case, t.business_case), stage = coalesce(s.stage, t.stage),
            outcome_note = coalesce(s.outcome_note, t.outcome_note), closed_on = coalesce(s.closed_on, t.closed_on),
            probability = coalesce(s.probability, CASE
                WHEN t.probability = (SELECT percent FROM usual u WHERE u.stage = t.stage)
                THEN (SELECT percent FROM usual u WHERE u.stage = coalesce(s.stage, t.stage))
                ELSE t.probability END)
        FROM partners_opportunity t WHERE t.id = s.target_id AND NOT s.is_new
        """
    )
    execute(
        f"""
        WITH usual (stage, percent) AS (VALUES {_USUAL})
        UPDATE import_stage s SET kind = coalesce(s.kind, 'upsell'), amount = coalesce(s.amount, 0),
            currency = coalesce(s.currency, o.currency), readiness = coalesce(s.readiness, 'unknown'),
            next_step = coalesce(s.next_step, ''), business_case = coalesce(s.business_case, ''),
            outcome_note = coalesce(s.outcome_note, ''), stage = coalesce(s.stage, 'identified'),
            probability = coalesce(s.probability,
                (SELECT percent FROM usual u WHERE u.stage = coalesce(s.stage, 'identified')))
        FROM partners_organization o WHERE o.id = s.organization_id AND s.is_new
        """
    )
    execute(
        f"""
        UPDATE import_stage SET closed_on = CASE WHEN stage NOT IN ({_OPEN}) THEN coalesce(closed_on, expected_on) END,
            outcome_note = CASE WHEN stage NOT IN ({_OPEN}) THEN outcome_note ELSE '' END
        """
    )


def _closed() -> list[RowError]:
    """What is closed here is opened again on its page before a file changes it."""
    rows = fetch(
        f"""
        SELECT s.row, s.stage FROM import_stage s JOIN partners_opportunity t ON t.id = s.target_id
        WHERE NOT s.is_new AND t.stage NOT IN ({_OPEN}) AND {NOUN.differs} ORDER BY s.row
        """
    )
    expected = _("what is here already: this opportunity is closed, and is opened again on its page")
    return [RowError(row=row, column="", field="stage", found=stage, expected=expected) for row, stage in rows]


def _not_yet(now: datetime) -> list[RowError]:
    last = (now + timedelta(days=1)).date()
    rows = fetch("SELECT row, closed_on FROM import_stage WHERE closed_on > %s ORDER BY row", [last])
    expected = _("a day that has come, since this has happened")
    return [RowError(row=row, column="", field="closed_on", found=str(day), expected=expected) for row, day in rows]


def apply(*, run_id: int, mapped: frozenset[str], by: Actor, now: datetime) -> Counts:
    """Write the staged opportunities with story and trail; one that was open here and is won adds revenue."""
    values = {
        "now": now, "by": by.user_id, "by_name": by.name, "run": run_id, "title": _("Opportunities imported"),
        "won": _("Opportunity won"), "lost": _("Opportunity lost"), "moved": _("Opportunity moved"),
    }  # fmt: skip
    updated = note_changes(NOUN, values, where=f"({NOUN.differs} OR t.archived_at IS NOT NULL)")
    for statement in (_EARNED, _MOVED, _UPDATE):
        execute(statement, values)
    created = execute(_INSERT, values)
    tell(NOUN, values)
    return Counts(created=created, updated=updated, unchanged=staged() - created - updated)


def finish(*, run_id: int, by: Actor, now: datetime) -> None:
    """Nothing is computed from opportunities; the pipeline is added up when it is read."""


_CHANGED = """
FROM common_importchange c JOIN import_stage s ON s.row = c.row
JOIN partners_organization o ON o.id = s.organization_id
WHERE c.run_id = %(run)s AND c.target_type = 'opportunity' AND c.before IS NOT NULL
  AND c.before ->> 'stage' <> c.after ->> 'stage'
"""
_EARNED = f"""
INSERT INTO partners_revenuechange (public_id, organization_id, "on", kind, amount, currency, note, source_type,
    source_id, recorded_by_id, recorded_at)
SELECT gen_random_uuid(), s.organization_id, s.closed_on,
    CASE s.kind WHEN 'new_business' THEN 'new' ELSE 'expansion' END, s.amount, s.currency, s.title, 'opportunity',
    s.target_id, %(by)s, %(now)s
{_CHANGED} AND s.stage = 'won' AND s.amount > 0
"""
_MOVED = f"""
INSERT INTO partners_timelineentry (public_id, organization_id, at, kind, title, body, data, audience, field_class,
    stage, actor_id, target_type, target_id)
SELECT gen_random_uuid(), o.id, %(now)s, 'opportunity',
    CASE s.stage WHEN 'won' THEN %(won)s WHEN 'lost' THEN %(lost)s ELSE %(moved)s END,
    s.title || ' · ' || s.amount || ' ' || s.currency, jsonb_build_object('run', %(run)s, 'stage', s.stage),
    'internal', 'commercial', o.stage, %(by)s, 'opportunity', s.target_id
{_CHANGED}
"""
_UPDATE = f"""
UPDATE partners_opportunity t SET {", ".join(f"{column} = s.{field}" for column, field in NOUN.columns.items())},
    closed_at = CASE WHEN s.closed_on IS NULL THEN NULL ELSE coalesce(t.closed_at, %(now)s) END,
    version = t.version + 1, updated_at = %(now)s, archived_at = NULL
FROM import_stage s WHERE t.id = s.target_id AND NOT s.is_new AND ({NOUN.differs} OR t.archived_at IS NOT NULL)
"""
_INSERT = f"""
INSERT INTO partners_opportunity (id, public_id, created_at, updated_at, organization_id, {", ".join(_NAMES)},
    owner_id, closed_at, source, external_key, created_by_id, version)
SELECT s.target_id, s.public_id, %(now)s, %(now)s, s.organization_id, {", ".join(f"s.{name}" for name in _NAMES)},
    s.user_id, CASE WHEN s.closed_on IS NOT NULL THEN %(now)s::timestamptz END, s.source,
    coalesce(s.external_key, ''), %(by)s, 1
FROM import_stage s WHERE s.is_new ORDER BY s.row
"""
_LOST_AGAIN = """
INSERT INTO partners_revenuechange (public_id, organization_id, "on", kind, amount, currency, note, source_type,
    source_id, recorded_by_id, recorded_at)
SELECT gen_random_uuid(), r.organization_id, r."on", 'correction', -sum(r.amount), r.currency, %(undone)s,
    'opportunity', r.source_id, %(by)s, %(now)s
FROM partners_revenuechange r JOIN common_importchange c ON c.target_id = r.source_id
JOIN partners_opportunity t ON t.id = c.target_id AND t.version = (c.after ->> 'version')::int
WHERE c.run_id = %(run)s AND c.target_type = 'opportunity' AND r.source_type = 'opportunity'
  AND c.before ->> 'stage' <> 'won' AND c.after ->> 'stage' = 'won'
GROUP BY r.organization_id, r."on", r.currency, r.source_id HAVING sum(r.amount) <> 0
"""


_LOCK = """
SELECT 1 FROM partners_organization WHERE id IN (
    SELECT t.organization_id FROM common_importchange c JOIN partners_opportunity t ON t.id = c.target_id
     WHERE c.run_id = %(run)s AND c.target_type = 'opportunity'
) ORDER BY id FOR NO KEY UPDATE
"""


def undo(*, run_id: int, by: Actor, now: datetime) -> tuple[int, int]:
    """Archive what a run made, restore what it changed with its revenue; (taken back, left alone)."""
    values = {"run": run_id, "now": now, "by": by.user_id, "by_name": by.name, "undone": _("Import undone")}
    # The one order of locks: a colleague who opens one of them again meanwhile waits, and finds what was taken back.
    execute(_LOCK, values)
    execute(_LOST_AGAIN, values)
    step = "version = t.version + 1, updated_at = %(now)s"
    made = f"UPDATE {NOUN.table} t SET archived_at = %(now)s, {step} {remembered(NOUN, made=True)}"
    changed = f"UPDATE {NOUN.table} t SET {restoring(NOUN)}, {step} {remembered(NOUN, made=False)}"
    done = taken_back(NOUN, f"{made} AND t.archived_at IS NULL", "archived", values)
    done += taken_back(NOUN, changed, "edited", values)
    return done, changed_by(NOUN, values) - done

"""Renewals by set: match, check, insert, update, undo.

Those that come in closed are history: what they brought is in the amounts of their organizations already. One that was
open here and is renewed by a file changes the ledger of revenue, as it does on its page. One that is lost is closed on
its page, where who has left and why is written down.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.rules.access import Actor, FieldClass
from partners.imports.along import Noun, changed_by, note_changes, remembered, restoring, taken_back, tell
from partners.imports.reading import RowError
from partners.imports.references import by_own_key, colleagues, duplicates, lock_organizations, resolve_organizations
from partners.imports.staging import Counts, execute, fetch, settle, staged
from partners.models import Organization
from partners.services import renewal_verdicts
from partners.services.renewals import OWNER_ROLES
from partners.services.task_owners import primary_owners

_NAMES = ("due_on", "notice_on", "amount", "currency", "state", "closed_on", "renewed_amount", "closing_note")
NOUN = Noun(
    key="renewal",
    table="partners_renewal",
    columns={**{name: name for name in _NAMES}, "owner_id": "user_id"},
    entry="renewal",
    field_class="commercial",
    label="Renewal of",
)
_CHUNK = 2_000


def match(*, now: datetime) -> list[RowError]:
    """Say for each staged row which renewal it means, and report what cannot be."""
    faults = [
        *resolve_organizations(),
        *duplicates("source, external_key", shown="external_key", where="external_key IS NOT NULL"),
        *duplicates("organization_id, due_on", shown="due_on", where="organization_id IS NOT NULL"),
        *colleagues("owner_email", who_reads=FieldClass.COMMERCIAL),
        *by_own_key(NOUN.table),
    ]
    lock_organizations()
    _by_day()
    settle(NOUN.table)
    _fill()
    faults += _half_closed()
    execute(
        """
        UPDATE import_stage SET closed_on = CASE WHEN state <> 'open' THEN coalesce(closed_on, due_on) END,
            renewed_amount = CASE WHEN state = 'renewed' THEN renewed_amount END,
            closing_note = CASE WHEN state <> 'open' THEN coalesce(closing_note, '') ELSE '' END
        """
    )
    return [*faults, *_closed(), *_lost_here(), *_not_yet(now), *_twins(), *_late_notice()]


def _by_day() -> None:
    """Rows without a key mean the renewal of their organization and day: the open one, else one that ended so."""
    execute(
        """
        UPDATE import_stage s SET target_id = found.id FROM (
            SELECT DISTINCT ON (r.row) r.row, t.id FROM import_stage r JOIN partners_renewal t
              ON t.organization_id = r.organization_id AND t.due_on = r.due_on
              AND (t.state = 'open' OR (t.state = r.state
                AND (t.state <> 'withdrawn' OR t.closing_note = coalesce(r.closing_note, ''))))
            WHERE r.external_key IS NULL ORDER BY r.row, t.state <> 'open', t.id DESC
        ) found WHERE found.row = s.row
        """
    )


def _fill() -> None:
    """What the file does not say: of known ones it stays, of new ones it is what is usual.

    A known one that is renewed at no other amount is renewed at the value that the file has; its own stays.
    """
    execute(
        """
        UPDATE import_stage s SET notice_on = coalesce(s.notice_on, t.notice_on), state = coalesce(s.state, t.state),
            renewed_amount = coalesce(s.renewed_amount, s.amount, t.renewed_amount, t.amount),
            amount = CASE WHEN s.renewed_amount IS NULL AND coalesce(s.state, t.state) = 'renewed' THEN t.amount
                ELSE coalesce(s.amount, t.amount) END,
            currency = coalesce(s.currency, t.currency), user_id = coalesce(s.user_id, t.owner_id),
            closed_on = coalesce(s.closed_on, t.closed_on), closing_note = coalesce(s.closing_note, t.closing_note)
        FROM partners_renewal t WHERE t.id = s.target_id AND NOT s.is_new
        """
    )
    execute(
        """
        UPDATE import_stage s SET state = coalesce(s.state, 'open'), amount = coalesce(s.amount, o.arr, 0),
            renewed_amount = coalesce(s.renewed_amount, s.amount, o.arr, 0), currency = coalesce(s.currency, o.currency)
        FROM partners_organization o WHERE o.id = s.organization_id AND s.is_new
        """
    )
    _fill_owners()


def _fill_owners() -> None:
    """Without an owner it is theirs who look after the relationship, as on the page."""
    sql = "SELECT DISTINCT organization_id FROM import_stage WHERE is_new AND user_id IS NULL AND organization_id > 0"
    ids = [organization_id for (organization_id,) in fetch(sql)]
    owners = primary_owners(list(Organization.objects.filter(pk__in=ids)))
    found = {
        pk: next(owners[pk, role] for role in OWNER_ROLES if (pk, role) in owners)
        for pk in ids
        if any((pk, role) in owners for role in OWNER_ROLES)
    }
    execute(
        """
        UPDATE import_stage s SET user_id = usual.user_id
        FROM (SELECT unnest(%(places)s::bigint[]) AS place, unnest(%(people)s::bigint[]) AS user_id) usual
        WHERE s.organization_id = usual.place AND s.is_new AND s.user_id IS NULL
        """,
        {"places": list(found), "people": list(found.values())},
    )


def _half_closed() -> list[RowError]:
    rows = fetch("SELECT row, closed_on FROM import_stage WHERE state = 'open' AND closed_on IS NOT NULL ORDER BY row")
    expected = _("an empty cell while it is open, or how it ended")
    return [RowError(row=row, column="", field="closed_on", found=str(day), expected=expected) for row, day in rows]


def _lost_here() -> list[RowError]:
    rows = fetch(
        """
        SELECT s.row, s.state FROM import_stage s JOIN partners_renewal t ON t.id = s.target_id
        WHERE NOT s.is_new AND t.state = 'open' AND s.state = 'lost' ORDER BY s.row
        """
    )
    expected = _("another end: it is open here, and on its page it is lost, with who has left and why")
    return [RowError(row=row, column="", field="state", found=state, expected=expected) for row, state in rows]


def _not_yet(now: datetime) -> list[RowError]:
    last = (now + timedelta(days=1)).date()
    rows = fetch("SELECT row, closed_on FROM import_stage WHERE closed_on > %s ORDER BY row", [last])
    expected = _("a day that has come, since this has happened")
    return [RowError(row=row, column="", field="closed_on", found=str(day), expected=expected) for row, day in rows]


def _closed() -> list[RowError]:
    rows = fetch(
        f"""
        SELECT s.row, s.due_on FROM import_stage s JOIN partners_renewal t ON t.id = s.target_id
        WHERE NOT s.is_new AND t.state <> 'open' AND {NOUN.differs} ORDER BY s.row
        """
    )
    expected = _("what is here already: this renewal is closed, and is opened again on its page")
    return [RowError(row=row, column="", field="due_on", found=str(day), expected=expected) for row, day in rows]


def _twins() -> list[RowError]:
    rows = fetch(
        """
        SELECT s.row, s.due_on FROM import_stage s JOIN partners_renewal t
          ON t.organization_id = s.organization_id AND t.due_on = s.due_on AND t.state = 'open' AND t.id <> s.target_id
        WHERE s.state = 'open' ORDER BY s.row
        """
    )
    expected = _("another day: a renewal of that day is open already, with another key")
    return [RowError(row=row, column="", field="due_on", found=str(day), expected=expected) for row, day in rows]


def _late_notice() -> list[RowError]:
    rows = fetch("SELECT row, notice_on FROM import_stage WHERE notice_on > due_on ORDER BY row")
    expected = _("a day before the renewal is due")
    return [RowError(row=row, column="", field="notice_on", found=str(day), expected=expected) for row, day in rows]


def apply(*, run_id: int, mapped: frozenset[str], by: Actor, now: datetime) -> Counts:
    """Write the staged renewals with story and trail; one that was open here and is renewed moves the ledger."""
    values = {
        "now": now, "by": by.user_id, "by_name": by.name, "run": run_id, "title": _("Renewals imported"),
        "renewed": _("Renewed"), "withdrawn": _("Renewal withdrawn"),
        "note": _("Renewal of"),
    }  # fmt: skip
    updated = note_changes(NOUN, values, where=NOUN.differs)
    for statement in (_REVENUE, _ENDED, _UPDATE):
        execute(statement, values)
    created = execute(_INSERT, values)
    tell(NOUN, values)
    return Counts(created=created, updated=updated, unchanged=staged() - created - updated)


def finish(*, run_id: int, by: Actor, now: datetime) -> None:
    """What the machine says of the open ones is written at once."""
    sql = "SELECT target_id FROM import_stage WHERE state = 'open' ORDER BY target_id"
    ids = [target_id for (target_id,) in fetch(sql)]
    for start in range(0, len(ids), _CHUNK):
        renewal_verdicts.judge(ids[start : start + _CHUNK], now=now)


_UPDATE = f"""
UPDATE partners_renewal t SET {", ".join(f"{column} = s.{field}" for column, field in NOUN.columns.items())},
    version = t.version + 1, updated_at = %(now)s
FROM import_stage s WHERE t.id = s.target_id AND NOT s.is_new AND {NOUN.differs}
"""
_INSERT = f"""
INSERT INTO partners_renewal (id, public_id, created_at, updated_at, organization_id, {", ".join(_NAMES)}, owner_id,
    machine_verdict, machine_reason, owner_verdict, owner_note, partner_verdict, partner_note, source, external_key,
    created_by_id, version)
SELECT s.target_id, s.public_id, %(now)s, %(now)s, s.organization_id, {", ".join(f"s.{name}" for name in _NAMES)},
    s.user_id, '', '[]', '', '', '', '', s.source, coalesce(s.external_key, ''), %(by)s, 1
FROM import_stage s WHERE s.is_new ORDER BY s.row
"""
_CHANGED = """
FROM common_importchange c JOIN import_stage s ON s.row = c.row
JOIN partners_organization o ON o.id = s.organization_id
WHERE c.run_id = %(run)s AND c.target_type = 'renewal' AND c.before ->> 'state' = 'open' AND s.state <> 'open'
"""
_REVENUE = f"""
INSERT INTO partners_revenuechange (public_id, organization_id, "on", kind, amount, currency, note, source_type,
    source_id, recorded_by_id, recorded_at)
SELECT gen_random_uuid(), s.organization_id, s.due_on,
    CASE WHEN s.renewed_amount > s.amount THEN 'expansion' ELSE 'contraction' END, s.renewed_amount - s.amount,
    s.currency, %(note)s || ' ' || s.due_on, 'renewal', s.target_id, %(by)s, %(now)s
{_CHANGED} AND s.state = 'renewed' AND s.renewed_amount <> s.amount
"""
_ENDED = f"""
INSERT INTO partners_timelineentry (public_id, organization_id, at, kind, title, body, data, audience, field_class,
    stage, actor_id, target_type, target_id)
SELECT gen_random_uuid(), o.id, %(now)s, 'renewal',
    CASE s.state WHEN 'renewed' THEN %(renewed)s ELSE %(withdrawn)s END,
    CASE s.state WHEN 'renewed' THEN s.renewed_amount || ' ' || s.currency ELSE s.closing_note END,
    jsonb_build_object('run', %(run)s, 'due_on', s.due_on, 'state', s.state), 'internal', 'commercial', o.stage,
    %(by)s, 'renewal', s.target_id
{_CHANGED}
"""
_OPEN_AGAIN = """
INSERT INTO partners_revenuechange (public_id, organization_id, "on", kind, amount, currency, note, source_type,
    source_id, recorded_by_id, recorded_at)
SELECT gen_random_uuid(), r.organization_id, r."on", 'correction', -sum(r.amount), r.currency, %(undone)s, 'renewal',
    r.source_id, %(by)s, %(now)s
FROM partners_revenuechange r JOIN common_importchange c ON c.target_id = r.source_id
JOIN partners_renewal t ON t.id = c.target_id AND t.version = (c.after ->> 'version')::int
WHERE c.run_id = %(run)s AND c.target_type = 'renewal' AND r.source_type = 'renewal'
  AND c.before ->> 'state' = 'open' AND c.after ->> 'state' = 'renewed'
GROUP BY r.organization_id, r."on", r.currency, r.source_id HAVING sum(r.amount) <> 0
"""
_LOCK = """
SELECT 1 FROM partners_organization WHERE id IN (
    SELECT t.organization_id FROM common_importchange c JOIN partners_renewal t ON t.id = c.target_id
     WHERE c.run_id = %(run)s AND c.target_type = 'renewal'
) ORDER BY id FOR NO KEY UPDATE
"""


def undo(*, run_id: int, by: Actor, now: datetime) -> tuple[int, int]:
    """Withdraw what a run made, restore what it changed with its revenue; (taken back, left alone).

    A renewal that was withdrawn so gives its key back: the same file makes another one.
    """
    values = {"run": run_id, "now": now, "by": by.user_id, "by_name": by.name, "undone": _("Import undone")}
    execute(_LOCK, values)
    execute(_OPEN_AGAIN, values)
    step = "version = t.version + 1, updated_at = %(now)s"
    gone = "state = 'withdrawn', closed_on = %(now)s::date, closing_note = %(undone)s, external_key = ''"
    made = f"UPDATE {NOUN.table} t SET {gone}, renewed_amount = NULL, {step} {remembered(NOUN, made=True)}"
    changed = f"UPDATE {NOUN.table} t SET {restoring(NOUN)}, {step} {remembered(NOUN, made=False)}"
    done = taken_back(NOUN, made, "withdrawn", values) + taken_back(NOUN, changed, "edited", values)
    return done, changed_by(NOUN, values) - done

"""Renewals by set: match, check, insert, update, undo. They come in open; how they end is said on their pages."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from partners.imports.along import Noun, changed_by, note_changes, remembered, restoring, taken_back, tell
from partners.imports.reading import RowError
from partners.imports.references import by_own_key, colleagues, duplicates, lock_organizations, resolve_organizations
from partners.imports.staging import Counts, execute, fetch, settle, staged
from partners.models import Organization
from partners.services import renewal_verdicts
from partners.services.renewals import OWNER_ROLES
from partners.services.task_owners import primary_owners

_NAMES = ("due_on", "notice_on", "amount", "currency")
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
        *colleagues("owner_email", must_see=True),
        *by_own_key(NOUN.table),
    ]
    lock_organizations()
    execute(
        """
        UPDATE import_stage s SET target_id = t.id FROM partners_renewal t
        WHERE s.external_key IS NULL AND t.organization_id = s.organization_id AND t.due_on = s.due_on
          AND t.state = 'open'
        """
    )
    settle(NOUN.table)
    _fill()
    return [*faults, *_closed(), *_twins(), *_late_notice()]


def _fill() -> None:
    """What the file does not say: of known ones it stays, of new ones it is what is usual."""
    execute(
        """
        UPDATE import_stage s SET notice_on = coalesce(s.notice_on, t.notice_on),
            amount = coalesce(s.amount, t.amount), currency = coalesce(s.currency, t.currency),
            user_id = coalesce(s.user_id, t.owner_id)
        FROM partners_renewal t WHERE t.id = s.target_id AND NOT s.is_new
        """
    )
    execute(
        """
        UPDATE import_stage s SET amount = coalesce(s.amount, o.arr, 0), currency = coalesce(s.currency, o.currency)
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
        ORDER BY s.row
        """
    )
    expected = _("another day: a renewal of that day is open already, with another key")
    return [RowError(row=row, column="", field="due_on", found=str(day), expected=expected) for row, day in rows]


def _late_notice() -> list[RowError]:
    rows = fetch("SELECT row, notice_on FROM import_stage WHERE notice_on > due_on ORDER BY row")
    expected = _("a day before the renewal is due")
    return [RowError(row=row, column="", field="notice_on", found=str(day), expected=expected) for row, day in rows]


def apply(*, run_id: int, mapped: frozenset[str], by: Actor, now: datetime) -> Counts:
    """Write the staged renewals with story and trail."""
    values = {"now": now, "by": by.user_id, "by_name": by.name, "run": run_id, "title": _("Renewals imported")}
    updated = note_changes(NOUN, values, where=NOUN.differs)
    execute(_UPDATE, values)
    created = execute(_INSERT, values)
    tell(NOUN, values)
    return Counts(created=created, updated=updated, unchanged=staged() - created - updated)


def finish(*, run_id: int, by: Actor, now: datetime) -> None:
    """What the machine says of them is written at once."""
    ids = [target_id for (target_id,) in fetch("SELECT target_id FROM import_stage ORDER BY target_id")]
    for start in range(0, len(ids), _CHUNK):
        renewal_verdicts.judge(ids[start : start + _CHUNK], now=now)


_UPDATE = f"""
UPDATE partners_renewal t SET {", ".join(f"{column} = s.{field}" for column, field in NOUN.columns.items())},
    version = t.version + 1, updated_at = %(now)s
FROM import_stage s WHERE t.id = s.target_id AND NOT s.is_new AND {NOUN.differs}
"""
_INSERT = """
INSERT INTO partners_renewal (id, public_id, created_at, updated_at, organization_id, due_on, notice_on, amount,
    currency, owner_id, machine_verdict, machine_reason, owner_verdict, owner_note, partner_verdict, partner_note,
    state, closing_note, source, external_key, created_by_id, version)
SELECT s.target_id, s.public_id, %(now)s, %(now)s, s.organization_id, s.due_on, s.notice_on, s.amount, s.currency,
    s.user_id, '', '[]', '', '', '', '', 'open', '', s.source, coalesce(s.external_key, ''), %(by)s, 1
FROM import_stage s WHERE s.is_new ORDER BY s.row
"""


def undo(*, run_id: int, by: Actor, now: datetime) -> tuple[int, int]:
    """Withdraw what a run made, restore what it changed; (taken back, left alone).

    A renewal that was withdrawn so gives its key back: the same file makes another one.
    """
    values = {"run": run_id, "now": now, "by": by.user_id, "by_name": by.name, "undone": _("Import undone")}
    step = "version = t.version + 1, updated_at = %(now)s"
    gone = "state = 'withdrawn', closed_on = %(now)s::date, closing_note = %(undone)s, external_key = ''"
    made = f"UPDATE {NOUN.table} t SET {gone}, {step} {remembered(NOUN, made=True)} AND t.state = 'open'"
    changed = f"UPDATE {NOUN.table} t SET {restoring(NOUN)}, {step} {remembered(NOUN, made=False)}"
    done = taken_back(NOUN, made, "withdrawn", values) + taken_back(NOUN, changed, "edited", values)
    return done, changed_by(NOUN, values) - done

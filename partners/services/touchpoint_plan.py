"""Bringing the touchpoints of organizations in line with the cadence, by set and as often as one likes.

What is done, skipped, arranged by hand or fixed on its day stays.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from partners import cadence_policy
from partners.models import Assignment, Organization, Touchpoint
from partners.rules.cadence import Slot, slots
from partners.rules.cadence_changes import Existing, TouchpointState, changes
from partners.rules.cadence_packs import CadencePolicy
from partners.services.touchpoint_facts import Known, known_of
from partners.services.touchpoint_rows import write

AHEAD = timedelta(days=100)
CHUNK = 500


@dataclass
class _Book:
    """What is going to be written for all organizations together."""

    new: list[Touchpoint] = field(default_factory=list)
    changed: dict[int, Touchpoint] = field(default_factory=dict)


@transaction.atomic
def bring_in_line(organizations: Collection[Organization], *, now: datetime) -> int:
    """Add, move and withdraw what is planned for the next 100 days; returns how many touchpoints were written.

    The organizations are locked in the order of their ids. Archived ones have nothing planned.
    """
    ids = sorted(organization.pk for organization in organizations)
    locked = list(Organization.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    policy = cadence_policy.policy_in_force()
    if policy is None or not locked:
        return 0
    book, existing = _Book(), _existing(ids)
    for known in known_of(locked, now=now):
        _plan(policy, known, existing.get(known.organization.pk, []), book, now)
    write(book.new, book.changed.values(), now=now)
    refresh_facts(ids)
    return len(book.new) + len(book.changed)


def plan_next(*, after: int, now: datetime) -> int:
    """Bring the next 500 organizations by id in line; returns the last id, 0 at the end."""
    rows = list(Organization.objects.current().filter(pk__gt=after).order_by("pk")[: CHUNK + 1])
    bring_in_line(rows[:CHUNK], now=now)
    return rows[CHUNK - 1].pk if len(rows) > CHUNK else 0


def plan_of_holder(*, user_id: int, now: datetime) -> int:
    """Bring the organizations in line whose primary owner somebody is in some role; how many touchpoints changed."""
    held = Assignment.objects.active().filter(user_id=user_id, is_primary=True).values("organization_id")
    rows = list(Organization.objects.current().filter(pk__in=held).order_by("pk"))
    return sum(bring_in_line(rows[at : at + CHUNK], now=now) for at in range(0, len(rows), CHUNK))


def follow_owners(places: Collection[tuple[int, str]]) -> None:
    """Planned touchpoints go with the role, to who is its primary owner now. One statement.

    `places`: organization and role of assignments that have just changed.
    """
    if not places:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE partners_touchpoint planned SET owner_id = held.user_id, version = planned.version + 1
              FROM unnest(%s::bigint[], %s::text[]) place(organization_id, role)
              LEFT JOIN partners_assignment held ON held.organization_id = place.organization_id
                   AND held.role = place.role AND held.is_primary AND held.ended_at IS NULL
             WHERE planned.organization_id = place.organization_id AND planned.owner_role = place.role
               AND planned.state = 'planned' AND planned.owner_id IS DISTINCT FROM held.user_id
            """,
            [[pk for pk, _ in places], [role for _, role in places]],
        )


def refresh_facts(organization_ids: Collection[int]) -> None:
    """The next day of each, as lists show it: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE partners_organizationfacts facts SET next_touchpoint_on = planned.next_on
              FROM (SELECT known.id, (SELECT min(one.planned_on) FROM partners_touchpoint one
                                       WHERE one.organization_id = known.id AND one.state = 'planned') AS next_on
                      FROM unnest(%s::bigint[]) known(id)) planned
             WHERE facts.organization_id = planned.id AND facts.next_touchpoint_on IS DISTINCT FROM planned.next_on
            """,
            [sorted(organization_ids)],
        )


def _existing(ids: Collection[int]) -> dict[int, list[Touchpoint]]:
    found: dict[int, list[Touchpoint]] = defaultdict(list)
    for row in Touchpoint.objects.select_for_update(no_key=True).filter(organization_id__in=ids).order_by("pk"):
        found[row.organization_id].append(row)
    return found


def _plan(policy: CadencePolicy, known: Known, rows: list[Touchpoint], book: _Book, now: datetime) -> None:
    today, until = known.today, known.today + AHEAD
    is_current = known.organization.archived_at is None
    wanted = slots(policy, known.facts, start=today, until=until) if is_current else ()
    by_id = {row.pk: row for row in rows}
    due = changes([_as_existing(row) for row in rows], wanted, today=today, until=until)
    for slot in due.add:
        row = Touchpoint(organization=known.organization, kind=slot.touchpoint, series=slot.touchpoint)
        book.new.append(_on_slot(row, slot, known, policy, now))
    for move in due.move:
        row = _on_slot(by_id[move.id], move.slot, known, policy, now)
        book.changed[row.pk] = _written(row)
    for pk in due.withdraw:
        by_id[pk].state = TouchpointState.CANCELLED
        book.changed[pk] = _written(by_id[pk])
    _keep(wanted, [row for row in rows if row.pk not in book.changed], known, book, now)


def _keep(wanted: Collection[Slot], rows: list[Touchpoint], known: Known, book: _Book, now: datetime) -> None:
    """Planned ones that stand where they should: those that a contact keeps are done, the others follow their owner."""
    slots_by_place = {(slot.touchpoint, slot.anchored_on): slot for slot in wanted}
    for row in rows:
        slot = slots_by_place.get((row.series, row.slot_on)) if row.slot_on else None
        if slot is None or row.state != TouchpointState.PLANNED:
            continue
        before = (row.state, row.owner_id, row.owner_role)
        if slot.kept_on is not None:
            _close_by(row, slot.kept_on, known, now)
        row.owner_role, row.owner_id = slot.owner_role, known.owners.get(slot.owner_role)
        if (row.state, row.owner_id, row.owner_role) != before:
            book.changed[row.pk] = _written(row)


def _on_slot(row: Touchpoint, slot: Slot, known: Known, policy: CadencePolicy, now: datetime) -> Touchpoint:
    row.slot_on, row.planned_on, row.overdue_from = slot.anchored_on, slot.planned_on, slot.overdue_from
    row.owner_role, row.owner_id = slot.owner_role, known.owners.get(slot.owner_role)
    row.policy_version = policy.version
    row.state, row.closed_at, row.interaction_id = TouchpointState.PLANNED, None, None
    if slot.kept_on is not None:
        _close_by(row, slot.kept_on, known, now)
    return row


def _close_by(row: Touchpoint, on: date, known: Known, now: datetime) -> None:
    """Done by a contact that was near enough."""
    row.state, row.closed_at, row.interaction_id = TouchpointState.DONE, now, known.talks.get(on)


def _written(row: Touchpoint) -> Touchpoint:
    row.version += 1
    return row


def _as_existing(row: Touchpoint) -> Existing:
    return Existing(
        id=row.pk,
        touchpoint=row.series or row.kind,
        anchored_on=row.slot_on,
        planned_on=row.planned_on,
        state=TouchpointState(row.state),
        is_fixed=row.is_fixed,
    )

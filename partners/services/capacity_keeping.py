"""Keeping the weeks ahead up to date: by the marks that changes leave, and week by week (ADR 0039).

What is kept is a help for lists and never the last word: a reader takes it while it holds (selectors/capacity_kept.py).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.actors import access_policy
from accounts.choices import OWNER_ROLES
from partners.models import KeptWeeks
from partners.rules.capacity_ahead import WEEKS, week_starts
from partners.selectors.capacity_kept import LAID_BY
from partners.selectors.capacity_minutes import minutes_of, renewal_minutes_of
from partners.selectors.capacity_rows import Place, Weeks, today_of, weeks_at

CHUNK = 500
"""So many organizations are worked out by one run at most."""
_TAKE = """
WITH taken AS (
    SELECT id FROM partners_weeksmark ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM partners_weeksmark mark USING taken WHERE mark.id = taken.id RETURNING mark.organization_id
)
SELECT DISTINCT organization_id FROM gone
"""
# No version is put in force, or out of it, before this transaction ends: what is written is of those that it names.
_HOLD = """
SELECT p.id, p.name FROM common_policyversion p
 WHERE p.is_active AND p.name IN ('access', 'cadence', 'capacity') ORDER BY p.id FOR SHARE
"""
_LACKING = """
SELECT DISTINCT held.organization_id FROM partners_assignment held
  JOIN partners_organization place ON place.id = held.organization_id AND place.archived_at IS NULL
  LEFT JOIN partners_keptweeks kept ON kept.assignment_id = held.id
 WHERE held.ended_at IS NULL AND held.role = ANY(%(roles)s)
   AND (kept.assignment_id IS NULL OR kept.monday <> %(monday)s OR kept.laid_by <> %(laid_by)s)
 ORDER BY held.organization_id LIMIT %(most)s
"""
# Whoever works out the same organization waits, and reads what the other one has seen.
_LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended('partners.weeks', id)) FROM unnest(%s::bigint[]) AS place(id)
"""


@transaction.atomic
def keep(*, now: datetime) -> int:
    """Work out the next organizations that have changed, or are not kept as of this week; returns how many.

    A mark is taken in the transaction that sees its change, so that none is lost. Nothing is kept, and 0 returned,
    while no capacity is laid down that can be read.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD)
        versions = {name: version_id for version_id, name in cursor.fetchall()}
        if not {"access", "capacity"} <= set(versions):
            return 0
        cursor.execute(LAID_BY)
        laid_by = cursor.fetchone()[0]
        ids = _next(cursor, laid_by, now)
        if ids:
            cursor.execute(_LOCK, [ids])
    found = weeks_at(ids, access_policy(versions["access"]), weeks=WEEKS, now=now) if ids else None
    _write(ids, found, laid_by)
    return len(ids) if found else 0


def _next(cursor: Any, laid_by: str, now: datetime) -> list[int]:
    """In the order in which they are locked."""
    cursor.execute(_TAKE, [CHUNK])
    marked = {row[0] for row in cursor.fetchall()}
    most, (monday,) = CHUNK - len(marked), week_starts(today_of(now), 1)
    cursor.execute(_LACKING, {"roles": sorted(OWNER_ROLES), "monday": monday, "laid_by": laid_by, "most": most})
    return sorted(marked | {row[0] for row in cursor.fetchall()})


def _write(ids: Sequence[int], found: Weeks | None, laid_by: str) -> None:
    fresh = [_row(found, place, laid_by) for place in found.places] if found else []
    there = [row.pk for row in fresh]
    KeptWeeks.objects.filter(organization_id__in=ids).exclude(pk__in=there).delete()
    fields = ["organization", "monday", "laid_by", "minutes", "renewal_minutes"]
    KeptWeeks.objects.bulk_create(fresh, update_conflicts=True, unique_fields=["assignment"], update_fields=fields)


def _row(found: Weeks, place: Place, laid_by: str) -> KeptWeeks:
    whole, renewals = minutes_of(found, place), renewal_minutes_of(found, place)
    return KeptWeeks(
        assignment_id=place.assignment_id,
        organization_id=place.organization_id,
        monday=found.mondays[0],
        laid_by=laid_by,
        minutes=[minutes - of_it for minutes, of_it in zip(whole, renewals, strict=True)],
        renewal_minutes=list(renewals) if any(renewals) else None,
    )

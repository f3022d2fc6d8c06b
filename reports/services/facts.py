"""Keeping daily facts in line with their sources: by the marks that changes leave, or from nothing (ADR 0032)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from common.leases import first_run
from reports.selectors.sources import IN_FACTS

CHUNK = 500
"""So many organizations are worked out by one statement."""
_TAKE = """
WITH taken AS (
    SELECT id FROM reports_factmark ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM reports_factmark mark USING taken WHERE mark.id = taken.id RETURNING mark.organization_id
)
SELECT organization_id FROM gone
"""
_OVERDUE = """
INSERT INTO reports_factmark (organization_id)
SELECT DISTINCT organization_id FROM partners_touchpoint
 WHERE state = 'planned' AND coalesce(overdue_from, planned_on + 1) <= %s
"""
# Whoever works out the same organization waits: the later one sees what the earlier one wrote.
_LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended('reports.facts', id)) FROM unnest(%(ids)s::bigint[]) AS place(id)
"""
_PART = "SELECT '{measure}' AS measure, organization_id, day, numerator, denominator FROM ({rows}) {measure}"
# Facts that are as they were are not written again.
_WRITE = """
WITH fresh AS (
    SELECT organization_id, measure, day, sum(numerator) AS numerator, sum(denominator) AS denominator
      FROM ({rows}) found GROUP BY organization_id, measure, day
), gone AS (
    DELETE FROM reports_dailyfact old WHERE old.organization_id = ANY(%(ids)s)
       AND NOT EXISTS (SELECT FROM fresh WHERE fresh.organization_id = old.organization_id
                          AND fresh.measure = old.measure AND fresh.day = old.day)
)
INSERT INTO reports_dailyfact (organization_id, measure, day, numerator, denominator)
SELECT organization_id, measure, day, numerator, denominator FROM fresh
ON CONFLICT (organization_id, measure, day) DO UPDATE
   SET numerator = excluded.numerator, denominator = excluded.denominator
 WHERE (reports_dailyfact.numerator, reports_dailyfact.denominator)
       IS DISTINCT FROM (excluded.numerator, excluded.denominator)
"""


@transaction.atomic
def refresh(*, now: datetime) -> int:
    """Work out anew the organizations of the next 500 marks; returns how many marks that were.

    A mark is taken in the transaction that sees its change, so that none is lost; whoever else runs at the same time
    takes others, and waits where both have marks of one organization.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [CHUNK])
        marks = [row[0] for row in cursor.fetchall()]
    _write(sorted(set(marks)), now=now)
    return len(marks)


@transaction.atomic
def rebuild_next(*, after: int, now: datetime) -> int:
    """Work out the next 500 organizations by id from nothing; returns the last id, 0 at the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM partners_organization WHERE id > %s ORDER BY id LIMIT %s", [after, CHUNK])
        ids = [row[0] for row in cursor.fetchall()]
    _write(ids, now=now)
    return ids[-1] if ids else 0


@transaction.atomic
def mark_overdue(*, now: datetime) -> None:
    """Mark organizations whose check-ins are overdue, once a day: time alone decides that, no row has changed."""
    today = _today(now)
    if first_run(job="reports.mark_overdue", slot=today.isoformat(), now=now):
        with connection.cursor() as cursor:
            cursor.execute(_OVERDUE, [today])


def _write(ids: Sequence[int], *, now: datetime) -> None:
    """One statement. Locks the organizations' facts in the order of their ids."""
    if not ids:
        return
    zone = timezone.get_default_timezone_name()
    parameters: dict[str, Any] = {"ids": list(ids), "zone": zone, "today": _today(now)}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, parameters)
        cursor.execute(_WRITE.format(rows=_rows()), parameters)


def _rows() -> str:
    """The rows of all measures that facts hold."""
    parts = (_PART.format(measure=name, rows=source.rows("= ANY(%(ids)s)")) for name, source in IN_FACTS.items())
    return " UNION ALL ".join(parts)


def _today(now: datetime) -> date:
    return timezone.localdate(now, timezone.get_default_timezone())

"""What the lower floor knows of organizations: meetings, contacts, commitments, tasks, surveys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from health.collectors.registry import collector
from partners.choices import ContactRole
from partners.rules.nps import DETRACTOR, PROMOTER
from partners.survey_choices import SurveyKind
from partners.work_choices import CommitmentState, TaskState, TouchpointState

DAYS = 90
"""Over so many days the shares are taken."""

HALF_A_YEAR = 182

KEY_ROLES = (ContactRole.CHAMPION, ContactRole.EXECUTIVE, ContactRole.TECHNICAL)
"""The people whom one should know, each met within the last ninety days."""

Rows = Iterable[tuple[int, str, Decimal]]


def fetch(sql: str, ids: Sequence[int], at: datetime, **more: Any) -> list[tuple[Any, ...]]:
    """Rows of a statement over these organizations at an instant; `day` is its day of the reporting zone."""
    params = {"ids": f"{{{','.join(map(str, ids))}}}", "at": at, "day": timezone.localdate(at), "days": DAYS, **more}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def percent(metric: str, rows: Iterable[tuple[Any, ...]]) -> Rows:
    """Rows (organization, part, whole) as percent; nothing of nothing."""
    for pk, part, whole in rows:
        if whole:
            yield pk, metric, Decimal(part) * 100 / Decimal(whole)


# A meeting is due with its day; one that was skipped, or whose day has passed without it, was not kept.
_CADENCE = """
SELECT organization_id, count(*) FILTER (WHERE state = %(done)s AND closed_at <= %(at)s), count(*)
FROM partners_touchpoint
WHERE organization_id = ANY (%(ids)s::bigint[]) AND planned_on > %(day)s::date - %(days)s AND state <> %(cancelled)s
    AND CASE WHEN state = %(done)s THEN planned_on <= %(day)s
        ELSE coalesce(overdue_from, planned_on + 1) <= %(day)s END
GROUP BY 1
"""


@collector("cadence", "cadence_kept")
def cadence(ids: Sequence[int], at: datetime) -> Rows:
    """Percent of the meetings due that were held."""
    states = {"done": TouchpointState.DONE, "cancelled": TouchpointState.CANCELLED}
    return percent("cadence_kept", fetch(_CADENCE, ids, at, **states))


_TALKED = """
SELECT organization_id, max(happened_at) FROM partners_interaction
WHERE organization_id = ANY (%(ids)s::bigint[]) AND is_two_way AND archived_at IS NULL AND happened_at <= %(at)s
GROUP BY 1
"""


@collector("contact", "days_since_contact")
def contact(ids: Sequence[int], at: datetime) -> Rows:
    """Whole days since the two sides last spoke with each other."""
    return [(pk, "days_since_contact", Decimal((at - last).days)) for pk, last in fetch(_TALKED, ids, at)]


_PEOPLE = """
SELECT c.organization_id, count(DISTINCT c.role) FILTER (WHERE c.role = ANY (%(roles)s) AND EXISTS (
    SELECT 1 FROM partners_interactioncontact ic JOIN partners_interaction i ON i.id = ic.interaction_id
    WHERE ic.contact_id = c.id AND i.is_two_way AND i.archived_at IS NULL AND i.happened_at <= %(at)s
        AND i.happened_at > %(at)s - make_interval(days => %(days)s)))
FROM partners_contact c
WHERE c.organization_id = ANY (%(ids)s::bigint[]) AND c.created_at <= %(at)s
    AND (c.archived_at IS NULL OR c.archived_at > %(at)s)
GROUP BY 1
"""


@collector("people", "contact_coverage")
def people(ids: Sequence[int], at: datetime) -> Rows:
    """Percent of the key roles of which somebody was spoken with; unknown where there is no contact at all."""
    rows = fetch(_PEOPLE, ids, at, roles=[role.value for role in KEY_ROLES])
    return percent("contact_coverage", ((pk, met, len(KEY_ROLES)) for pk, met in rows))


# Due within the days, or settled: kept in time, or not. An open one counts from the day after it was due. The day is
# that of partners.rules.commitments: agreed anew it counts if the one before was not over; what came later is unknown.
_COMMITMENTS = """
WITH judged AS (
    SELECT c.organization_id, c.state, c.closed_on, c.closed_at, coalesce(
        (SELECT h.was_due_on FROM partners_commitmentchange h
         WHERE h.commitment_id = c.id AND (h.changed_at > %(at)s
             OR (h.changed_at AT TIME ZONE o.timezone)::date > h.was_due_on)
         ORDER BY h.changed_at, h.id LIMIT 1), c.due_on) AS judged_on
    FROM partners_commitment c JOIN partners_organization o ON o.id = c.organization_id
    WHERE c.organization_id = ANY (%(ids)s::bigint[]) AND c.state <> %(withdrawn)s AND c.made_at <= %(at)s
        AND (c.due_on > %(day)s::date - %(days)s
            OR EXISTS (SELECT FROM partners_commitmentchange h WHERE h.commitment_id = c.id))
)
SELECT organization_id, count(*) FILTER (
    WHERE state = %(kept)s AND coalesce(closed_on <= judged_on, true) AND closed_at <= %(at)s), count(*)
FROM judged
WHERE judged_on > %(day)s::date - %(days)s AND (judged_on < %(day)s OR closed_at <= %(at)s)
GROUP BY 1
"""


@collector("commitments", "commitments_kept")
def commitments(ids: Sequence[int], at: datetime) -> Rows:
    """Percent of the promises of both sides that were kept by the day that counts."""
    states = {"kept": CommitmentState.KEPT, "withdrawn": CommitmentState.WITHDRAWN}
    return percent("commitments_kept", fetch(_COMMITMENTS, ids, at, **states))


_GATE = """
SELECT t.organization_id, count(*) FILTER (WHERE t.state = %(done)s AND t.done_at <= %(at)s), count(*)
FROM partners_task t JOIN partners_organization o ON o.id = t.organization_id AND o.stage = t.stage
WHERE t.organization_id = ANY (%(ids)s::bigint[]) AND t.archived_at IS NULL AND t.state <> %(skipped)s
    AND t.created_at <= %(at)s
GROUP BY 1
"""
_PLAN = """
SELECT organization_id,
    count(*) FILTER (WHERE state = %(done)s AND done_at <= %(at)s AND done_at::date <= due_on), count(*)
FROM partners_task
WHERE organization_id = ANY (%(ids)s::bigint[]) AND archived_at IS NULL AND state <> %(skipped)s
    AND created_at <= %(at)s AND due_on > %(day)s::date - %(days)s AND due_on < %(day)s
GROUP BY 1
"""


@collector("tasks", "gate_progress", "plan_progress")
def tasks(ids: Sequence[int], at: datetime) -> Rows:
    """Percent of the tasks of the present stage that are done, and of those due that were done in time."""
    states = {"done": TaskState.DONE, "skipped": TaskState.SKIPPED}
    yield from percent("gate_progress", fetch(_GATE, ids, at, **states))
    yield from percent("plan_progress", fetch(_PLAN, ids, at, **states))


_ANSWERS = """
SELECT p.organization_id, sum(p.score), count(*)
FROM partners_surveyresponse p JOIN partners_surveyrequest r ON r.id = p.request_id
WHERE p.organization_id = ANY (%(ids)s::bigint[]) AND r.kind = %(kind)s AND p.answered_at <= %(at)s
    AND p.answered_at > %(at)s - make_interval(days => %(days)s)
GROUP BY 1
"""


_WOULD_RECOMMEND = """
SELECT p.organization_id, count(*) FILTER (WHERE p.score >= %(promoter)s) - count(*) FILTER (WHERE p.score <= %(low)s),
    count(*)
FROM partners_surveyresponse p JOIN partners_surveyrequest r ON r.id = p.request_id
WHERE p.organization_id = ANY (%(ids)s::bigint[]) AND r.kind = %(kind)s AND p.answered_at <= %(at)s
    AND p.answered_at > %(at)s - make_interval(days => %(half)s)
GROUP BY 1
"""


@collector("campaigns", "nps")
def campaigns(ids: Sequence[int], at: datetime) -> Rows:
    """Percent of 9 and 10 minus percent of 0 to 6, of half a year: campaigns ask twice a year."""
    sent = {"kind": SurveyKind.NPS, "promoter": PROMOTER, "low": DETRACTOR, "half": HALF_A_YEAR}
    return percent("nps", fetch(_WOULD_RECOMMEND, ids, at, **sent))


@collector("surveys", "csat")
def surveys(ids: Sequence[int], at: datetime) -> Rows:
    """The mean of the answers, on their scale."""
    rows = fetch(_ANSWERS, ids, at, kind=SurveyKind.CSAT)
    return [(pk, "csat", Decimal(total) / count) for pk, total, count in rows]

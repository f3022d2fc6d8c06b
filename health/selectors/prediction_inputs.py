"""The past as it was known on its days: who was at risk, what was heard of them, who was lost in the days after.

Set-based, a few statements a day. What was heard is of samples that had happened by the day and had arrived by then;
samples of an import of the past count since they happened, for their arrival says nothing of when they were known. The
caller sees all organizations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from health.choices import SourceKind
from health.models import Metric, MetricHead
from health.rules.features_asof import BEFORE_DAYS, REACH_DAYS, RECENT_DAYS, TICKET_DAYS, Asked, Heard, features

HORIZON_DAYS = 90
# Younger ones have no past to speak of.
LEAST_AGE_DAYS = 14
MOST_METRICS = 16
# A metric that fewer have, in percent of those that have any, tells of the few and not of all.
LEAST_SHARE = 20
_YEARS_BACK = 4


@dataclass(frozen=True, kw_only=True)
class Case:
    """An organization at risk on a day: its features, and whether it was lost within the horizon (as known today)."""

    organization_id: int
    values: Sequence[float | None]
    lost: bool
    quiet_days: float


def midnight(day: date) -> datetime:
    """The beginning of a day of the installation's zone: what happened on it has not happened yet."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def metrics_to_learn_from(kind: str) -> dict[str, tuple[int, str]]:
    """Metrics that enough organizations of the kind have, as {key: (row, how they combine)}; commercial ones stay out,
    so that reasons can be told to everybody who opens an organization. Two statements."""
    rows = MetricHead.objects.filter(organization__kind=kind).values("metric_id").order_by()
    counts = {row["metric_id"]: row["many"] for row in rows.annotate(many=Count("pk"))}
    most = max(counts.values(), default=0)
    wide = sorted((pk for pk, many in counts.items() if many * 100 >= most * LEAST_SHARE), key=lambda pk: -counts[pk])
    found = Metric.objects.filter(pk__in=wide[:MOST_METRICS], is_retired=False, is_commercial=False)
    return {row.key: (row.pk, row.combine) for row in found}


def living_months(kind: str, metric_ids: Sequence[int], *, now: datetime) -> dict[date, tuple[int, datetime]]:
    """By month: how many organizations of the kind were heard of, and when last. One statement over the samples."""
    since = now - timedelta(days=366 * _YEARS_BACK)
    with connection.cursor() as cursor:
        cursor.execute(_LIVING, {"metrics": list(metric_ids), "kind": kind, "since": since, "now": now, **_zone()})
        return {month: (many, last) for month, many, last in cursor.fetchall()}


def at_risk(kind: str, day: date) -> dict[int, float]:
    """Who was with us on the morning of a day and not lost: age in days by organization. One statement."""
    values: dict[str, Any] = {"kind": kind, "at": midnight(day), "day": day, "least": LEAST_AGE_DAYS}
    with connection.cursor() as cursor:
        cursor.execute(_AT_RISK, values)
        return {organization_id: float(age) for organization_id, age in cursor.fetchall()}


def cases(kind: str, day: date, metrics: Mapping[str, tuple[int, str]]) -> list[Case]:
    """Everybody at risk on the morning of a day with what was known then. Four statements."""
    ages = at_risk(kind, day)
    combines = {key: combine for key, (_pk, combine) in metrics.items()}
    heard, asked, lost = _heard(metrics, ages, day), _asked(ages, day), _lost(ages, day)
    found = []
    for organization_id, age in ages.items():
        here = heard.get(organization_id, {})
        found.append(
            Case(
                organization_id=organization_id,
                values=features(combines, here, asked.get(organization_id, Asked()), age_days=age),
                lost=organization_id in lost,
                quiet_days=min((one.quiet_days for one in here.values()), default=float(REACH_DAYS)),
            )
        )
    return found


def _heard(metrics: Mapping[str, tuple[int, str]], ages: Mapping[int, float], day: date) -> dict[int, dict[str, Heard]]:
    keys = {pk: key for key, (pk, _combine) in metrics.items()}
    found: dict[int, dict[str, Heard]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, _frame(ages, day) | {"metrics": list(keys), "imported": SourceKind.IMPORT.value})
        for organization_id, metric_id, recent, recent_sum, before, before_sum, last, quiet in cursor.fetchall():
            found.setdefault(organization_id, {})[keys[metric_id]] = Heard(
                recent_count=recent,
                recent_sum=recent_sum,
                before_count=before,
                before_sum=before_sum,
                last=last,
                quiet_days=quiet,
            )
    return found


def _asked(ages: Mapping[int, float], day: date) -> dict[int, Asked]:
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, _frame(ages, day))
        return {
            organization_id: Asked(opened=opened, urgent=urgent, recent=recent)
            for organization_id, opened, urgent, recent in cursor.fetchall()
        }


def _lost(ages: Mapping[int, float], day: date) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(_LOST, _frame(ages, day) | {"day": day, "until": day + timedelta(days=HORIZON_DAYS)})
        return {row[0] for row in cursor.fetchall()}


def _frame(ages: Mapping[int, float], day: date) -> dict[str, Any]:
    at = midnight(day)
    return {
        "organizations": list(ages),
        "at": at,
        "recent": at - timedelta(days=RECENT_DAYS),
        "before": at - timedelta(days=RECENT_DAYS + BEFORE_DAYS),
        "reach": at - timedelta(days=REACH_DAYS),
        "tickets": at - timedelta(days=TICKET_DAYS),
    }


def _zone() -> dict[str, str]:
    return {"zone": timezone.get_default_timezone_name()}


_LIVING = """
    SELECT (date_trunc('month', sample.at AT TIME ZONE %(zone)s))::date, count(DISTINCT sample.organization_id),
        max(sample.at)
    FROM health_sample sample
    JOIN partners_organization organization ON organization.id = sample.organization_id
    WHERE organization.kind = %(kind)s AND sample.metric_id = ANY(%(metrics)s)
        AND sample.at >= %(since)s AND sample.at <= %(now)s
    GROUP BY 1
"""
_AT_RISK = """
    SELECT organization.id,
        extract(epoch FROM %(at)s - least(organization.created_at, began.at)) / 86400
    FROM partners_organization organization
    LEFT JOIN (SELECT organization_id, min(entered_at) AS at FROM partners_stageperiod GROUP BY 1) began
        ON began.organization_id = organization.id
    WHERE organization.kind = %(kind)s
        AND least(organization.created_at, began.at) <= %(at)s - make_interval(days => %(least)s)
        AND (organization.archived_at IS NULL OR organization.archived_at > %(at)s)
        AND NOT EXISTS (
            SELECT FROM partners_loss loss
            WHERE loss.organization_id = organization.id AND loss.state <> 'withdrawn'
                AND loss.lost_on < %(day)s AND (loss.returned_on IS NULL OR loss.returned_on >= %(day)s)
        )
    ORDER BY 1
"""
_HEARD = """
    SELECT sample.organization_id, sample.metric_id,
        count(*) FILTER (WHERE sample.at > %(recent)s),
        coalesce(sum(sample.value) FILTER (WHERE sample.at > %(recent)s), 0)::float8,
        count(*) FILTER (WHERE sample.at <= %(recent)s AND sample.at > %(before)s),
        coalesce(sum(sample.value) FILTER (WHERE sample.at <= %(recent)s AND sample.at > %(before)s), 0)::float8,
        ((array_agg(sample.value ORDER BY sample.at DESC, sample.source_id))[1])::float8,
        (extract(epoch FROM %(at)s - max(sample.at)) / 86400)::float8
    FROM health_sample sample
    JOIN health_samplesource source ON source.id = sample.source_id
    WHERE sample.organization_id = ANY(%(organizations)s) AND sample.metric_id = ANY(%(metrics)s)
        AND sample.at > %(reach)s AND sample.at <= %(at)s
        AND (sample.received_at <= %(at)s OR source.kind = %(imported)s)
    GROUP BY 1, 2
"""
# A priority that was changed since is the one before the change.
_ASKED = """
    SELECT ticket.organization_id, count(*),
        count(*) FILTER (WHERE coalesce(earlier.priority, ticket.priority) IN ('critical', 'high')),
        count(*) FILTER (WHERE ticket.opened_at > %(recent)s)
    FROM tickets_ticket ticket
    LEFT JOIN LATERAL (
        SELECT event.changes -> 'priority' ->> 0 AS priority FROM tickets_ticketevent event
        WHERE event.ticket_id = ticket.id AND event.at > %(at)s AND event.changes ? 'priority'
        ORDER BY event.at, event.id LIMIT 1
    ) earlier ON true
    WHERE ticket.organization_id = ANY(%(organizations)s)
        AND ticket.opened_at > %(tickets)s AND ticket.opened_at <= %(at)s
    GROUP BY 1
"""
_LOST = """
    SELECT DISTINCT loss.organization_id FROM partners_loss loss
    WHERE loss.organization_id = ANY(%(organizations)s) AND loss.state <> 'withdrawn'
        AND loss.lost_on >= %(day)s AND loss.lost_on < %(until)s
"""

"""What the rules of alerts need to know beside the scores: best scores of late, last values, contacts who left.

Set-based, for all organizations of a chunk; as of the day that is heard, so that a day that is caught up on is told
what was known then.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Max, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from common import composed
from health.models import MetricHead, Sample, Snapshot
from health.rules.alert_packs import AlertPolicy
from health.rules.alert_signals import DAYS_TO_RENEWAL, MetricCrossed, RenewalNear, ScoreFell, SponsorLeft

# A value that is older says nothing of today.
FRESH = timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class Card:
    """The scorecard whose scores are compared: another one, or another version, is another measure."""

    name: str
    version: int


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """By organization."""

    highs: Mapping[int, Mapping[int, Decimal]]
    metrics: Mapping[int, Mapping[str, Decimal]]
    left: Mapping[int, tuple[tuple[int, str, int], ...]]


def gather(policy: AlertPolicy, cards: Mapping[int, Card], falling: Collection[int], *, day: date) -> Gathered:
    """The facts of these organizations on a day; the best scores of those alone that may be `falling`.

    Two statements, and one for the scores.
    """
    signals = [rule.signal for rule in policy.rules.values()]
    spans = sorted({one.days for one in signals if isinstance(one, ScoreFell)})
    metrics = {one.metric for one in signals if isinstance(one, MetricCrossed)}
    if any(isinstance(one, RenewalNear) for one in signals):
        metrics.add(DAYS_TO_RENEWAL)
    sponsors = [one for one in signals if isinstance(one, SponsorLeft)]
    roles = {role for one in sponsors for role in one.roles}
    longest = max((one.days for one in sponsors), default=0)
    return Gathered(
        highs=_highs(spans if falling else (), {pk: cards[pk] for pk in falling}, day),
        metrics=_metrics(metrics, sorted(cards), day),
        left=_left(roles, longest, sorted(cards), day),
    )


def day_end(day: date) -> datetime:
    """The instant at which a day ends in the reporting zone."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())


def _highs(spans: Sequence[int], cards: Mapping[int, Card], day: date) -> dict[int, dict[int, Decimal]]:
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    if not spans:
        return found
    since = [day - timedelta(days=span) for span in reversed(spans)]
    for pk, name, version, *best in composed.fetch(_best, gaps=(sorted(cards), day, *since)):
        if cards[pk] == Card(name=name, version=version):
            found[pk] |= {span: one for span, one in zip(reversed(spans), best, strict=True) if one is not None}
    return found


def _best(ids: list[int], day: date, *since: date) -> QuerySet[Any, Any]:
    """The best scores by card and version from each of these days on, the earliest of which comes first."""
    rows = Snapshot.objects.daily().filter(_among("health_snapshot", ids), is_main=True, day__gte=since[0], day__lt=day)
    best = {f"best_{place}": Max("score", filter=Q(day__gte=first)) for place, first in enumerate(since)}
    return rows.order_by().values_list("organization_id", "card", "card_version").annotate(**best)


def _among(table: str, ids: list[int]) -> RawSQL:
    return RawSQL(f"{table}.organization_id = ANY (%s)", [ids], output_field=BooleanField())  # noqa: S611 - constants


def _metrics(wanted: Collection[str], ids: Sequence[int], day: date) -> dict[int, dict[str, Decimal]]:
    end = day_end(day)
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    later: list[tuple[int, int, str]] = []
    rows = composed.fetch(_heads, *sorted(wanted), gaps=(list(ids), end)) if wanted and ids else []
    for pk, metric_id, key, last_at, value in rows:
        if last_at >= end:
            later.append((pk, metric_id, key))
        elif last_at >= end - FRESH:
            found[pk][key] = value
    for (pk, key), value in _before(later, end).items():
        found[pk][key] = value
    return found


def _heads(*given: Any) -> QuerySet[Any, Any]:
    *keys, ids, end = given
    heads = MetricHead.objects.filter(_among("health_metrichead", ids), metric__key__in=keys, first_at__lt=end)
    return heads.order_by().values_list("organization_id", "metric_id", "metric__key", "last_at", "last_value")


def _before(wanted: Sequence[tuple[int, int, str]], end: datetime) -> dict[tuple[int, str], Decimal]:
    """The last values before an instant of metrics that have newer ones: for days that are caught up on."""
    if not wanted:
        return {}
    keys = {metric_id: key for _pk, metric_id, key in wanted}
    rows = Sample.objects.filter(
        organization_id__in=sorted({pk for pk, _metric, _key in wanted}),
        metric_id__in=sorted(keys),
        at__lt=end,
        at__gte=end - FRESH,
    ).order_by("organization_id", "metric_id", "-at", "source_id")
    latest = rows.distinct("organization_id", "metric_id").values_list("organization_id", "metric_id", "value")
    return {(pk, keys[metric_id]): value for pk, metric_id, value in latest}


def _left(
    roles: Collection[str], longest: int, ids: Sequence[int], day: date
) -> dict[int, tuple[tuple[int, str, int], ...]]:
    if not roles or not ids:
        return {}
    end, first, named = day_end(day), sorted(roles)[0], ",".join(sorted(roles))
    noted: list[Any] = [list(ids), day, day - timedelta(days=longest), named]
    archived: list[Any] = [list(ids), end, end - timedelta(days=longest + 1), named]
    found: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_GONE, [*noted, *archived])
        for pk, contact_id, role, is_sponsor, left_on, left_at, *_place in cursor.fetchall():
            # A sponsor counts whatever their role.
            counted = first if is_sponsor and role not in roles else role
            since = left_on or timezone.localdate(left_at, timezone.get_default_timezone())
            found[pk].append((contact_id, counted, (day - since).days))
    return {pk: tuple(one) for pk, one in found.items()}


# Those of whom somebody noted that they left, then those who are no contacts any longer.
_GONE = """
SELECT s.organization_id, s.contact_id, c.role, s.is_sponsor, s.left_on, NULL::timestamptz AS left_at, 0, s.id
FROM partners_stakeholder s JOIN partners_contact c ON c.id = s.contact_id
WHERE s.organization_id = ANY (%s) AND s.left_on <= %s AND s.left_on >= %s AND c.archived_at IS NULL
    AND (s.is_sponsor OR c.role = ANY (string_to_array(%s, ',')))
UNION ALL
SELECT c.organization_id, c.id, c.role, false, NULL, c.archived_at, 1, c.id FROM partners_contact c
WHERE c.organization_id = ANY (%s) AND c.archived_at < %s AND c.archived_at >= %s
    AND c.role = ANY (string_to_array(%s, ','))
ORDER BY 7, 8
"""

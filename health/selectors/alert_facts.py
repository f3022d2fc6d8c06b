"""What the rules of alerts need to know beside the scores: best scores of late, last values, contacts who left.

Set-based, for all organizations of a chunk; as of the day that is heard, so that a day that is caught up on is told
what was known then.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Max, Q
from django.utils import timezone

from health.models import MetricHead, Sample, Snapshot
from health.rules.alert_packs import AlertPolicy
from health.rules.alert_signals import DAYS_TO_RENEWAL, MetricCrossed, RenewalNear, ScoreFell, SponsorLeft
from partners.models import Contact, Stakeholder

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

    Three statements, and one for each number of days that scores look back.
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
    for span in spans:
        rows = Snapshot.objects.daily().filter(
            organization_id__in=sorted(cards), is_main=True, day__gte=day - timedelta(days=span), day__lt=day
        )
        best = rows.order_by().values_list("organization_id", "card", "card_version").annotate(best=Max("score"))
        for pk, name, version, score in best:
            if score is not None and cards[pk] == Card(name=name, version=version):
                found[pk][span] = score
    return found


def _metrics(wanted: Collection[str], ids: Sequence[int], day: date) -> dict[int, dict[str, Decimal]]:
    end = day_end(day)
    heads = MetricHead.objects.filter(organization_id__in=ids, metric__key__in=sorted(wanted), first_at__lt=end)
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    later: list[tuple[int, int, str]] = []
    rows = heads.values_list("organization_id", "metric_id", "metric__key", "last_at", "last_value")
    for pk, metric_id, key, last_at, value in rows:
        if last_at >= end:
            later.append((pk, metric_id, key))
        elif last_at >= end - FRESH:
            found[pk][key] = value
    for (pk, key), value in _before(later, end).items():
        found[pk][key] = value
    return found


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
    if not roles:
        return {}
    end = day_end(day)
    rows = Contact.objects.filter(
        organization_id__in=ids,
        role__in=sorted(roles),
        archived_at__lt=end,
        archived_at__gte=end - timedelta(days=longest + 1),
    )
    found: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    gone = Stakeholder.objects.filter(
        Q(contact__role__in=sorted(roles)) | Q(is_sponsor=True),
        organization_id__in=ids,
        contact__archived_at__isnull=True,
        left_on__lte=day,
        left_on__gte=day - timedelta(days=longest),
    )
    executive = sorted(roles)[0]
    for pk, contact_id, role, is_sponsor, left_on in gone.order_by("pk").values_list(
        "organization_id", "contact_id", "contact__role", "is_sponsor", "left_on"
    ):
        # A sponsor counts whatever their role.
        counted = executive if is_sponsor and role not in roles else role
        found[pk].append((contact_id, counted, (day - left_on).days if left_on else 0))
    for pk, contact_id, role, at in rows.order_by("pk").values_list("organization_id", "pk", "role", "archived_at"):
        found[pk].append((contact_id, role, (day - timezone.localdate(at, timezone.get_default_timezone())).days))
    return {pk: tuple(one) for pk, one in found.items()}

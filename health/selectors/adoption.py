"""Which features organizations use: of one beside like ones, and of the catalogue over all that a person sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max, Q, Sum
from django.utils import timezone

from accounts.rules.access import Actor
from common.scope import Scope, scoped
from health.models import Entitlement, Feature, FeatureUse, MetricHead
from health.rules.adoption import FEWEST_OTHERS, WEEKS, Adopted, Uses, adopted, first_week, percent_used
from health.selectors.metrics import entitlements_for, metric_rows
from partners.choices import OrganizationKind
from partners.models import Organization


@dataclass(frozen=True, kw_only=True)
class FeatureLine:
    """A feature at an organization. `others`: its median use a week at like ones, None where too few are alike."""

    feature: Feature
    adopted: Adopted
    last_week_on: date | None
    people: int | None
    others: Decimal | None

    @property
    def state(self) -> str:
        return self.adopted.state


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """How many organizations are alike, and how many percent of the features half of them use at least."""

    others: int
    percent: Decimal | None
    weekly: dict[int, Decimal]

    @property
    def is_enough(self) -> bool:
        return self.others >= FEWEST_OTHERS


@dataclass(frozen=True, kw_only=True)
class Bought:
    """An entitlement with what is used of it; `used` is the last sample, None where there is none."""

    entitlement: Entitlement
    label: str
    used: Decimal | None
    is_in_force: bool

    @property
    def percent(self) -> int | None:
        if self.used is None or not self.is_in_force:
            return None
        return int(self.used * 100 / self.entitlement.amount)


@dataclass(frozen=True, kw_only=True)
class Adoption:
    """The use of features by one organization in the last whole weeks."""

    lines: Sequence[FeatureLine]
    percent: Decimal | None
    benchmark: Benchmark
    since: date
    until: date

    @property
    def share(self) -> Decimal | None:
        """The percent as a share of one."""
        return None if self.percent is None else self.percent / 100


def adoption_of(actor: Actor, organization: Organization, *, now: datetime) -> Adoption:
    """Features by module, with how they are used. Four statements."""
    day = timezone.localdate(now)
    first = first_week(day)
    until = first + timedelta(weeks=WEEKS)
    features = list(_released(day))
    uses = _uses(actor, organization, first)
    benchmark = benchmark_of(organization, day=day) if features else Benchmark(others=0, percent=None, weekly={})
    lines = []
    for feature in features:
        recent, before, ever, last, people = uses.get(feature.pk, (0, 0, 0, None, None))
        found = Uses(recent=recent, before=before, ever=ever, last_week_on=last)
        lines.append(
            FeatureLine(
                feature=feature,
                adopted=adopted(found, used_from=feature.used_from),
                last_week_on=last,
                people=people,
                others=benchmark.weekly.get(feature.pk),
            )
        )
    percent = percent_used([line.state for line in lines]) if uses else None
    return Adoption(lines=lines, percent=percent, benchmark=benchmark, since=first, until=until - timedelta(days=1))


def _released(day: date) -> Any:
    """Features that count on a day."""
    return Feature.objects.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=day), released_on__lte=day)


def _uses(actor: Actor, organization: Organization, first: date) -> dict[int, tuple[Any, ...]]:
    until, before = first + timedelta(weeks=WEEKS), first - timedelta(weeks=WEEKS)
    recent = Q(week_on__gte=first)
    rows = FeatureUse.objects.visible_to(actor).filter(organization=organization, week_on__lt=until)
    found = (
        rows.order_by()
        .values_list("feature_id")
        .annotate(
            recent=Sum("uses", filter=recent, default=0),
            before=Sum("uses", filter=Q(week_on__gte=before, week_on__lt=first), default=0),
            ever=Sum("uses", default=0),
            last=Max("week_on", filter=Q(uses__gt=0)),
            most=Max("people", filter=recent),
        )
    )
    return {row[0]: row[1:] for row in found}


_ALIKE = """
    WITH alike AS (
        SELECT o.id FROM partners_organization o JOIN partners_organizationfacts f ON f.organization_id = o.id
        WHERE o.kind = %(kind)s AND o.stage = %(stage)s AND o.archived_at IS NULL AND o.id <> %(organization)s
            AND (CASE WHEN o.kind = %(customer)s THEN f.arr_segment ELSE f.partner_tier::text END)
            IS NOT DISTINCT FROM (
                SELECT CASE WHEN o.kind = %(customer)s THEN own.arr_segment ELSE own.partner_tier::text END
                FROM partners_organizationfacts own WHERE own.organization_id = %(organization)s)
            AND EXISTS (SELECT FROM health_featureuse used WHERE used.organization_id = o.id)
    ), released AS (
        SELECT id, used_from FROM health_feature
        WHERE released_on <= %(day)s AND (retired_on IS NULL OR retired_on > %(day)s)
    ), cells AS (
        SELECT alike.id AS organization_id, released.id AS feature_id, released.used_from,
            coalesce(sum(made.uses), 0) AS recent
        FROM alike CROSS JOIN released LEFT JOIN health_featureuse made ON made.organization_id = alike.id
            AND made.feature_id = released.id AND made.week_on >= %(first)s AND made.week_on < %(until)s
        GROUP BY 1, 2, 3
    ), shares AS (
        SELECT 100.0 * count(*) FILTER (WHERE recent >= used_from * %(weeks)s) / count(*) AS percent
        FROM cells GROUP BY organization_id
    )
    SELECT NULL, (SELECT count(*) FROM alike), round((percentile_cont(0.5) WITHIN GROUP (ORDER BY percent))::numeric, 1)
    FROM shares
    UNION ALL
    SELECT feature_id, count(*), round((percentile_cont(0.5) WITHIN GROUP (ORDER BY recent) / %(weeks)s)::numeric, 1)
    FROM cells GROUP BY feature_id
"""


def benchmark_of(organization: Organization, *, day: date) -> Benchmark:
    """Medians of organizations of the same kind, segment and stage, whoever looks after them; nothing of too few."""
    first = first_week(day)
    values: dict[str, Any] = {
        "organization": organization.pk,
        "kind": organization.kind,
        "stage": organization.stage,
        "customer": OrganizationKind.CUSTOMER,
        "day": day,
        "first": first,
        "until": first + timedelta(weeks=WEEKS),
        "weeks": WEEKS,
    }
    # Medians of five and more tell nothing of one: foreign ones count without being shown.
    with scoped(Scope.all()), connection.cursor() as cursor:
        cursor.execute(_ALIKE, values)
        rows = cursor.fetchall()
    (_none, others, percent), *features = rows
    if others < FEWEST_OTHERS:
        return Benchmark(others=others, percent=None, weekly={})
    return Benchmark(others=others, percent=percent, weekly={pk: median for pk, _count, median in features})


def bought_by(actor: Actor, organization: Organization, *, now: datetime) -> list[Bought]:
    """What an organization has bought, the newest first, with what is used of it. Three statements."""
    today = timezone.localdate(now)
    rows = list(entitlements_for(actor).filter(organization=organization).select_related("metric"))
    heads = MetricHead.objects.visible_to(actor).filter(organization=organization)
    used = dict(heads.filter(metric__in=[row.metric_id for row in rows]).values_list("metric_id", "last_value"))
    labels = {row.key: row.label for row in metric_rows()} if rows else {}
    return [
        Bought(
            entitlement=row,
            label=labels.get(row.metric.key, row.metric.key),
            used=used.get(row.metric_id),
            is_in_force=row.starts_on <= today and (row.ends_on is None or row.ends_on >= today),
        )
        for row in rows
    ]


@dataclass(frozen=True, kw_only=True)
class CatalogueLine:
    """A feature with how many of the organizations that a person sees use it, and use it too little."""

    feature: Feature
    used: int
    underused: int


def catalogue(actor: Actor, *, now: datetime) -> list[CatalogueLine]:
    """All features, retired ones too. Two statements."""
    first = first_week(timezone.localdate(now))
    until = first + timedelta(weeks=WEEKS)
    per = FeatureUse.objects.visible_to(actor).filter(week_on__lt=until).order_by()
    sums = per.values("feature_id", "feature__used_from", "organization_id").annotate(
        recent=Sum("uses", filter=Q(week_on__gte=first), default=0), ever=Sum("uses", default=0)
    )
    counts: dict[int, list[int]] = {}
    for row in sums.filter(ever__gt=0):
        found = counts.setdefault(row["feature_id"], [0, 0])
        found[0 if row["recent"] >= row["feature__used_from"] * WEEKS else 1] += 1
    return [
        CatalogueLine(feature=feature, used=found[0], underused=found[1])
        for feature in Feature.objects.all()
        for found in [counts.get(feature.pk, [0, 0])]
    ]

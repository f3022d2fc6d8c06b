"""How what runs at launched partners and live customers is doing: 120 days of samples, features, and what owners say.

Written by set, and the same in every world: most are steady, some are not, and a few have a story (`_STORIES`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.models import Notification
from common.partitions import ensure_partitions
from health.choices import SourceKind
from health.models import Entitlement, Feature, FeatureUse, Metric, Pulse
from health.services.ingest import store
from health.services.runs import end_of, run_day
from health.services.sources import hub_source, source_named
from hub.demo.happenings import World
from partners.models import Assignment, Organization

DAYS = 120
_DAY = timedelta(days=1)
# Stage and place of an organization, and what happens there; the others are steady.
_STORIES = {
    ("post_launch", 2): "falls",
    ("post_launch", 5): "stale",
    ("post_launch", 8): "stops",
    ("post_launch", 9): "weak",
    ("live", 1): "falls",
    ("live", 7): "stale",
    ("live", 11): "stops",
    ("live", 16): "weak",
    ("live", 22): "weak",
}
# Metric: every so many days, as it is when all is well, how far it strays, as it is when nothing is.
_PROFILES = (
    ("order_success_rate", 1, "99.2", "0.8", "90"),
    ("error_rate", 1, "0.5", "0.5", "6"),
    ("uptime", 1, "99.93", "0.12", "98.2"),
    ("latency_p95", 1, "290", "90", "1900"),
    ("throughput", 1, "4200", "700", "1500"),
    ("resource_utilization", 1, "58", "14", "93"),
    ("headroom", 7, "38", "12", "6"),
    ("outcomes_reached", 30, "84", "14", "35"),
    ("milestones_reached", 30, "90", "12", "45"),
    ("performance_targets_met", 30, "92", "10", "40"),
)
# What is watched already while it is being integrated and in its beta.
_TESTING = ("gate_2", "gate_3")
_TESTED = ("order_success_rate", "uptime", "performance_targets_met")
# For how many days it has been falling, since when nothing came, since when nobody works with the product.
_FALLS_FOR, _STALE_FOR, _STOPPED_FOR = 42, 75, 20
_FEATURES = (
    ("order_intake", "Order intake", "Orders"),
    ("order_tracking", "Order tracking", "Orders"),
    ("returns", "Returns", "Orders"),
    ("bulk_upload", "Bulk upload", "Orders"),
    ("catalog_sync", "Catalog sync", "Catalog"),
    ("price_lists", "Price lists", "Catalog"),
    ("stock_levels", "Stock levels", "Catalog"),
    ("invoicing", "Invoicing", "Billing"),
    ("credit_notes", "Credit notes", "Billing"),
    ("reports", "Reports", "Insight"),
    ("scheduled_reports", "Scheduled reports", "Insight"),
    ("alerts", "Alerts", "Insight"),
    ("roles", "Roles and permissions", "Administration"),
    ("single_sign_on", "Single sign-on", "Administration"),
    ("sandbox", "Sandbox", "Integration"),
    ("event_stream", "Event stream", "Integration"),
)
_WEEKS = 17
# Days ago; the last ones in a row, since bands settle by days.
_COMPUTED = (42, 28, 14, 7, 4, 3, 2, 1)
_PULSES = {
    "falls": ("yellow", "Their volume moves to another channel, and our sponsor is new."),
    "weak": ("yellow", "Two projects compete for the same people; we agreed on a plan for the quarter."),
    "stops": ("red", "Nobody has signed in since their reorganization."),
}


def measure(world: World, *, now: datetime) -> None:
    """Everything below."""
    rows = [(organization, _STORIES.get((plan.stage, plan.place), "")) for plan, organization in world.values()]
    rows = [row for row in rows if row[0].stage in ("post_launch", "live") and row[0].archived_at is None]
    numbers = {organization.pk: plan.number for plan, organization in world.values()}
    _run(rows, numbers, now, _PROFILES)
    testing = [(organization, "") for plan, organization in world.values() if organization.stage in _TESTING]
    _run(testing, numbers, now, [profile for profile in _PROFILES if profile[0] in _TESTED])
    with connection.cursor() as cursor:
        cursor.execute(_HEADS)
    _entitle([organization for organization, _story in rows], now)
    _use_features(rows, numbers, now)
    _feel(rows, now)
    for days_ago in _COMPUTED:
        day = timezone.localdate(now - days_ago * _DAY)
        run_day(day=day, now=end_of(day))
    Notification.objects.filter(mailed_at__isnull=True).update(mailed_at=F("created_at"))


def _run(
    rows: list[tuple[Organization, str]],
    numbers: dict[int, int],
    now: datetime,
    profiles: Sequence[tuple[str, int, str, str, str]],
) -> None:
    """Samples of monitors, known an hour after their instant."""
    values: dict[str, Any] = {
        "organizations": [organization.pk for organization, _story in rows],
        "numbers": [numbers[organization.pk] for organization, _story in rows],
        "stories": [story for _organization, story in rows],
        "source": source_named("monitoring", SourceKind.API).pk,
        "today": now.replace(hour=0, minute=0, second=0, microsecond=0),
        "days": DAYS,
        "falls": _FALLS_FOR,
        "stale": _STALE_FOR,
    }
    for place, name in enumerate(("metric", "every", "well", "strays", "ill")):
        values[name] = [profile[place] for profile in profiles]
    ensure_partitions(table="health_sample", key="at", start=now - (DAYS + 5) * _DAY, end=now)
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLES, values)


# What somebody strays is drawn by number, metric and day: the same in every world, and no two alike.
_SAMPLES = """
    INSERT INTO health_sample (organization_id, at, received_at, metric_id, source_id, value)
    SELECT organization_id, at, at + interval '1 hour', metric_id, %(source)s, greatest(
        CASE WHEN unit = 'percent' THEN least(value, 100) ELSE value END, 0)
    FROM (
        SELECT held.organization_id, %(today)s - age * interval '1 day' + interval '2 hours' AS at,
            metric.id AS metric_id, metric.unit,
            profile.well + (profile.ill - profile.well) * CASE held.story
                WHEN 'falls' THEN least(greatest(%(falls)s - age, 0), 30) / 30.0
                WHEN 'weak' THEN 0.45 ELSE 0.05 * (held.number %% 4) END
            + profile.strays * ((hashtext(concat_ws(' ', held.number, profile.metric, age)) & 1023) / 1023.0 - 0.5)
            + profile.strays * ((hashtext(concat_ws(' ', held.number, profile.metric)) & 1023) / 1023.0 - 0.5) AS value
        FROM unnest(%(organizations)s::bigint[], %(numbers)s::integer[], %(stories)s::text[])
                AS held(organization_id, number, story)
        CROSS JOIN unnest(%(metric)s::text[], %(every)s::integer[], %(well)s::numeric[], %(strays)s::numeric[],
                %(ill)s::numeric[]) AS profile(metric, every, well, strays, ill)
        JOIN health_metric metric ON metric.key = profile.metric
        CROSS JOIN generate_series(1, %(days)s) AS age
        WHERE (age + held.number) %% profile.every = 0 AND (held.story <> 'stale' OR age > %(stale)s)
    ) drawn
    WHERE at >= (SELECT min(entered_at) FROM partners_stageperiod
        WHERE partners_stageperiod.organization_id = drawn.organization_id)
    ORDER BY 1, metric_id, at
"""
_HEADS = """
    INSERT INTO health_metrichead (organization_id, metric_id, first_at, last_at, last_value, samples)
    SELECT organization_id, metric_id, min(at), max(at), (array_agg(value ORDER BY at DESC))[1], count(*)
    FROM health_sample GROUP BY 1, 2
    ON CONFLICT (organization_id, metric_id) DO NOTHING
"""


def _entitle(organizations: list[Organization], now: datetime) -> None:
    """Seats are what was bought of active users."""
    metric = Metric.objects.get(key="active_users")
    Entitlement.objects.bulk_create(
        Entitlement(
            organization=organization,
            metric=metric,
            amount=Decimal(_seats(organization)),
            starts_on=(now - 400 * _DAY).date(),
            source="contract",
        )
        for organization in organizations
    )


def _seats(organization: Organization) -> int:
    return min(organization.licenses or 40, 400)


def _use_features(rows: list[tuple[Organization, str]], numbers: dict[int, int], now: datetime) -> None:
    """Who uses what: the first features nearly all, the last ones few; with the people and the events of each week."""
    features = Feature.objects.bulk_create(
        Feature(key=key, name=name, module=module, released_on=(now - (420 - place * 20) * _DAY).date())
        for place, (key, name, module) in enumerate(_FEATURES)
    )
    source = source_named("product_events", SourceKind.API)
    monday = now.date() - now.weekday() * _DAY
    uses: list[FeatureUse] = []
    samples = []
    for organization, story in rows:
        number, begun = numbers[organization.pk], organization.stage_entered_at
        for week in range(1, _WEEKS + 1):
            week_on = monday - week * 7 * _DAY
            end = now - ((now.date() - week_on).days - 7) * _DAY
            if end - 7 * _DAY < begun or (story == "stale" and week * 7 < _STALE_FOR):
                continue
            share = _share(story, number, week)
            people = int(_seats(organization) * share)
            of_week = [
                FeatureUse(
                    organization=organization,
                    feature=feature,
                    week_on=week_on,
                    source=source,
                    uses=count,
                    people=min(people, count),
                )
                for place, feature in enumerate(features)
                if (count := _count(number, place, week, share))
            ]
            uses += of_week
            at = end.replace(hour=3, minute=0, second=0, microsecond=0) - _DAY
            total = sum(use.uses for use in of_week)
            samples += [
                (organization.pk, "active_users", at, Decimal(people)),
                (organization.pk, "usage_events", at, Decimal(total)),
            ]
    FeatureUse.objects.bulk_create(uses, batch_size=4_000)
    for at in sorted({sample[2] for sample in samples}):
        store([one for one in samples if one[2] == at], source=source, now=at + timedelta(hours=1), marks=False)


def _share(story: str, number: int, week: int) -> float:
    """How much of what it bought an organization uses in a week, so many weeks ago."""
    if story == "stops" and week * 7 <= _STOPPED_FOR:
        return 0.0
    usual = 0.78 + (number * 7 + week * 3) % 11 / 60
    if story == "falls":
        return usual * max(0.3, 1 - max(0, 6 - week) * 0.12)
    return usual * 0.55 if story == "weak" else usual


def _count(number: int, place: int, week: int, share: float) -> int:
    """Uses of a feature in a week: none where an organization has not taken it up, few where it only tries it."""
    taste = (number * 13 + place * 29) % 17
    if taste < place // 5 or (share < 0.6 and taste < 6):
        return 0
    if taste < place // 3:
        return 1 + (number + week) % 2
    return int((60 - place * 2 + (number * 5 + week * 11 + place * 3) % 23) * share)


def _feel(rows: list[tuple[Organization, str]], now: datetime) -> None:
    """What owners have said, every few weeks."""
    held = Assignment.objects.filter(
        organization__in=[organization for organization, _story in rows], role__in=("tam", "csm"), ended_at=None
    )
    owners = dict(held.order_by("role", "-pk").values_list("organization_id", "user_id"))
    pulses, samples = [], []
    for place, (organization, story) in enumerate(row for row in rows if row[0].pk in owners):
        value, note = _PULSES.get(story, ("green", ""))
        for days_ago in (75 + place % 9, 8 + place % 17):
            given_at = now - days_ago * _DAY - timedelta(hours=place % 7)
            if given_at < organization.stage_entered_at:
                continue
            said = ("green", "") if days_ago > 40 else (value, note)
            pulses.append(
                Pulse(
                    organization=organization,
                    value=said[0],
                    note=said[1],
                    given_by_id=owners[organization.pk],
                    given_at=given_at,
                )
            )
            points = {"green": Decimal(100), "yellow": Decimal(50), "red": Decimal(0)}[said[0]]
            samples.append((organization.pk, "owner_pulse", given_at, points))
    Pulse.objects.bulk_create(pulses)
    for sample in samples:
        store([sample], source=hub_source(), now=sample[2], marks=False)

"""Forecasts kept up: of all organizations under way by a run, of a few as soon as something changed (ADR 0020).

One row an organization, replaced as a whole; what lists show of it stands in its facts. Computing reads every
organization's past, so it is done by workers and never inside a request.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from partners.models import Forecast, Organization, OrganizationFacts
from partners.rules import forecast as rules
from partners.rules.lives import Life, subject_of
from partners.selectors.forecast_history import Known, Way, known_on, ways_in_force
from partners.services.forecast_news import tell_of_high_risk
from partners.work_choices import Risk

CHUNK = 500
# What a forecast is made of, from the organization itself.
ROW = ("pk", "kind", "stage", "stage_entered_at", "target_launch_on", "timezone")
_WRITTEN = (
    "as_of",
    "journey_version",
    "stages",
    "launch_p50_on",
    "launch_p80_on",
    "target_on",
    "buffer_days",
    "risk",
    "receipt",
    "computed_at",
)
# No buffer, no word about risk: without a target nothing is at risk.
_FACTS = """
UPDATE partners_organizationfacts f
SET launch_p50_on = c.p50, launch_p80_on = c.p80, risk = c.risk
FROM (
    SELECT o.id, w.launch_p50_on AS p50, w.launch_p80_on AS p80,
        CASE WHEN w.buffer_days IS NULL THEN '' ELSE w.risk END AS risk
    FROM partners_organization o LEFT JOIN partners_forecast w ON w.organization_id = o.id
    WHERE o.id = ANY (%s)
) c
WHERE f.organization_id = c.id AND (f.launch_p50_on, f.launch_p80_on, f.risk) IS DISTINCT FROM (c.p50, c.p80, c.risk)
"""
Row = Mapping[str, Any]


def under_way(ways: Mapping[str, Way]) -> QuerySet[Any]:
    """Organizations that still have a gate before them, by the journeys in force."""
    wanted = Q(pk__in=[])
    for way in ways.values():
        wanted |= Q(kind=way.kind, stage__in=way.stages[:-1])
    return Organization.objects.current().filter(wanted)


@transaction.atomic
def recompute(*, organization_ids: Iterable[int], now: datetime) -> int:
    """Forecast these organizations anew; how many of them are under way. Those that are not lose theirs."""
    ids = sorted(set(organization_ids))
    ways = ways_in_force()
    rows = list(under_way(ways).filter(pk__in=ids).order_by("pk").values(*ROW))
    known = known_on(now.date(), until=now, kinds=sorted({row["kind"] for row in rows}))
    behind = set(ids) - {row["pk"] for row in rows}
    Forecast.objects.filter(pk__in=behind).delete()
    _keep_up_facts(behind)
    store(rows, known, now=now)
    return len(rows)


@transaction.atomic
def recompute_stale(*, now: datetime, limit: int = CHUNK) -> int:
    """Forecast up to `limit` organizations that have none, moved, got another target or have nothing before them.

    Returns how many it took; zero says that all are of today's facts. Safe to run twice.
    """
    ids = _stale(now, limit)
    if ids:
        recompute(organization_ids=ids, now=now)
    return len(ids)


def _stale(now: datetime, limit: int) -> list[int]:
    ways = ways_in_force()
    if not ways:
        return []
    fresh = under_way(ways)
    # Ahead of its time is no news: an imported stay that begins tomorrow is taken up then.
    moved = Q(forecast__computed_at__lt=F("stage_entered_at"), stage_entered_at__lte=now)
    same_target = Q(forecast__target_on=F("target_launch_on"))
    no_target = Q(forecast__target_on__isnull=True, target_launch_on__isnull=True)
    waiting = fresh.filter(Q(forecast__isnull=True) | moved | ~(same_target | no_target))
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])
    if len(ids) < limit:
        done = Organization.objects.filter(forecast__isnull=False).exclude(pk__in=fresh.values("pk"))
        ids += done.order_by("pk").values_list("pk", flat=True)[: limit - len(ids)]
    return ids


def store(rows: Sequence[Row], known: Known, *, now: datetime) -> None:
    """Forecast the organizations of `rows` (ROW), and write what is new; owners hear of a risk that became high."""
    ids = [row["pk"] for row in rows]
    before = dict(Forecast.objects.filter(pk__in=ids).values_list("pk", "risk"))
    made = [_made(row, known, now) for row in rows]
    Forecast.objects.bulk_create(
        made, batch_size=500, update_conflicts=True, unique_fields=["organization"], update_fields=_WRITTEN
    )
    _keep_up_facts(ids)
    turned = [one for one in made if one.risk == Risk.HIGH and before.get(one.pk) in (Risk.NONE, Risk.MEDIUM)]
    tell_of_high_risk(turned, now=now)


def _made(row: Row, known: Known, now: datetime) -> Forecast:
    way = known.ways[row["kind"]]
    life = known.lives.get(row["pk"]) or Life(kind=row["kind"])
    entered_on = row["stage_entered_at"].astimezone(ZoneInfo(row["timezone"])).date()
    subject = subject_of(life, way.stages, stage=row["stage"], entered_on=entered_on, target_on=row["target_launch_on"])
    found = rules.forecast(subject, known.history, journey=way.stages, launch_stage=way.launch_stage, today=known.today)
    return Forecast(
        organization_id=row["pk"],
        as_of=known.today,
        journey_version=way.version,
        stages=[
            {"stage": gate.stage, "p50": gate.p50_on.isoformat(), "p80": gate.p80_on.isoformat()}
            for gate in found.gates
        ],
        launch_p50_on=found.launch.p50_on if found.launch else None,
        launch_p80_on=found.launch.p80_on if found.launch else None,
        target_on=found.target_on,
        buffer_days=found.buffer_days,
        risk=found.risk.value if found.risk else Risk.NONE,
        receipt=_receipt(found.receipt, subject),
        computed_at=now,
    )


def _receipt(receipt: rules.Receipt, subject: rules.Subject) -> dict[str, Any]:
    return asdict(receipt) | {"tier": subject.tier, "gemstone": subject.gemstone}


def _keep_up_facts(ids: Collection[int]) -> None:
    """What lists show; rows are locked in the order of their ids, as classification locks them."""
    if not ids:
        return
    facts = OrganizationFacts.objects.select_for_update(no_key=True).filter(pk__in=ids)
    list(facts.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [sorted(ids)])

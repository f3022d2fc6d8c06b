"""Events of the product come in: kept as uses of features by week, and as samples of users and events (health.md).

A week that is over is final with its first word: events of it that come later are refused with what to do, so that a
file sent twice counts once. Whoever sends events sends whole weeks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.rules.access import Actor
from health.models import Feature, FeatureUse, SampleSource
from health.rules import usage_reading
from health.rules.sample_reading import Fault, Taken
from health.rules.usage_reading import UsageFrame, Week
from health.services.ingest import Homes, IngestResult, homes_by_public_id, known_metrics, rejected_of, write

USERS, EVENTS = "active_users", "usage_events"


@dataclass(frozen=True, kw_only=True)
class UsageResult(IngestResult):
    """`accepted` events were counted; `unchanged` were of weeks that said the same already."""

    weeks: int = 0
    unknown_events: tuple[str, ...] = ()


@transaction.atomic
def take(
    rows: Sequence[Any],
    *,
    source: SampleSource,
    now: datetime,
    by: Actor | None,
    features: Mapping[str, str] | None = None,
    homes: Homes | None = None,
    named_by: str = "organization_id",
    skip_bad: bool = False,
    only_check: bool = False,
) -> UsageResult:
    """Count events {organization_id, event, at, person?, count?} of whole weeks.

    `features` says which feature an event is of; without it an event is called like its feature. Without leave to skip
    bad rows one of them means that nothing is written.
    """
    keys = dict(Feature.objects.values_list("key", "pk"))
    known = {event: key for event, key in (features or {key: key for key in keys}).items() if key in keys}
    found_homes = homes(rows) if homes is not None else homes_by_public_id(rows, named_by, by)
    zone = timezone.get_default_timezone()
    frame = UsageFrame(homes=found_homes, features=known, zone=zone, now=now, named_by=named_by)
    read = usage_reading.read(rows, frame)
    this_week = timezone.localdate(now) - timedelta(days=timezone.localdate(now).weekday())
    over = {key: week for key, week in read.weeks.items() if key[1] < this_week}
    faults = [*read.faults, *_running(read.weeks, over)]
    same, differing = _compared(over, source, keys)
    faults += differing
    rejected = tuple(rejected_of(faults))
    fresh = {key: week for key, week in over.items() if key not in same}
    if not only_check and (skip_bad or not rejected):
        _write(fresh, keys, source=source, now=now)
    is_refused = bool(rejected) and not skip_bad and not only_check
    events = {event for row in rows if isinstance(row, Mapping) and isinstance(event := row.get("event"), str)}
    return UsageResult(
        accepted=0 if is_refused else sum(week.events for week in fresh.values()),
        unchanged=sum(over[key].events for key in same),
        rejected=rejected,
        weeks=len(fresh),
        unknown_events=tuple(sorted(name for name in events if name not in known))[:50],
    )


def _running(weeks: Mapping[tuple[int, date], Week], over: Mapping[tuple[int, date], Week]) -> list[Fault]:
    """A week that is not over is not final: its events come once it is."""
    days = sorted({key[1] for key in weeks if key not in over})
    return [Fault(row=0, field="at", found=day.isoformat(), code="week_running") for day in days]


def _compared(
    weeks: dict[tuple[int, date], Week], source: SampleSource, keys: Mapping[str, int]
) -> tuple[set[tuple[int, date]], list[Fault]]:
    """Weeks that are here already; those that said something else are taken out, with a fault."""
    if not weeks:
        return set(), []
    ids, days = {key[0] for key in weeks}, {key[1] for key in weeks}
    here: dict[tuple[int, date], dict[int, int]] = {}
    rows = FeatureUse.objects.filter(organization_id__in=ids, week_on__in=days, source=source)
    for organization_id, week_on, feature_id, uses in rows.values_list(
        "organization_id", "week_on", "feature_id", "uses"
    ):
        here.setdefault((organization_id, week_on), {})[feature_id] = uses
    same, faults = set(), []
    for key in sorted(set(here) & set(weeks)):
        if here[key] == {keys[feature]: uses for feature, uses in weeks[key].uses.items()}:
            same.add(key)
        else:
            del weeks[key]
            faults.append(Fault(row=0, field="at", found=key[1].isoformat(), code="week_final"))
    return same, faults


def _write(
    weeks: Mapping[tuple[int, date], Week], keys: Mapping[str, int], *, source: SampleSource, now: datetime
) -> None:
    FeatureUse.objects.bulk_create(
        (
            FeatureUse(
                organization_id=organization_id,
                feature_id=keys[feature],
                week_on=week_on,
                uses=uses,
                people=len(week.users[feature]) if feature in week.users else None,
                source=source,
            )
            for (organization_id, week_on), week in sorted(weeks.items(), key=lambda pair: pair[0])
            for feature, uses in sorted(week.uses.items())
        ),
        batch_size=2_000,
        ignore_conflicts=True,
    )
    metrics, samples = known_metrics(), []
    for (organization_id, week_on), week in sorted(weeks.items(), key=lambda pair: pair[0]):
        values = {EVENTS: Decimal(week.events)} | ({USERS: Decimal(len(week.people))} if week.people else {})
        for key, value in values.items():
            if key in metrics and metrics[key].is_open:
                samples.append(Taken(0, organization_id, metrics[key].id, end_of_week(week_on), value))
    write(samples, source=source, now=now)


def end_of_week(week_on: date) -> datetime:
    """The instant of the samples of a week: its last one, of the reporting zone."""
    after = datetime.combine(week_on + timedelta(days=7), time(), tzinfo=timezone.get_default_timezone())
    return after - timedelta(seconds=1)

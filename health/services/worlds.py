"""A world of another tool brought in: losses, samples and uses of features of organizations that are here (ADR 0028).

What is brought in is checked as everything of its kind is; rows that are rejected are counted by reason and listed. A
second run of the same files changes nothing.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.db import connection

from accounts.rules.access import Actor
from common.errors import DomainError
from common.scope import Scope, scoped
from health.choices import SourceKind
from health.models import Feature, SampleSource
from health.rules.sample_reading import Home
from health.rules.world_files import Rejects, Row, UsageFile, Week, added_up, day_of, weekly
from health.services import ingest
from health.services.sources import source_named
from partners.models import Loss, Organization
from partners.services import losses

BATCH = 4_000
_REASON = "unknown"


@dataclass(kw_only=True)
class Brought:
    """What came of a part of a world: rows read, taken, here already; and what was rejected."""

    read: int = 0
    taken: int = 0
    unchanged: int = 0
    rejects: Rejects = field(default_factory=Rejects)

    @property
    def rejected(self) -> int:
        return sum(self.rejects.counts.values())


def homes_by_key(source: str) -> dict[str, Home]:
    """Organizations that a tool brought, by their keys there. One statement."""
    rows = ingest.homes_of(None).filter(source=source).values_list("external_key", "pk", "start")
    return {key: Home(id=pk, started_at=start) for key, pk, start in rows}


def bring_losses(*, by: Actor, folder: Path, said: Mapping[str, Any], source: str, now: datetime) -> Brought:
    """Record the losses of a file, each by the use case of losses; a second one of an organization is rejected."""
    found = sorted(_losses(folder, said), key=lambda one: (one[0] or date.max, one[1]))
    brought = Brought(read=len(found))
    with scoped(Scope.all()):
        known = {row.external_key: row for row in Organization.objects.filter(source=source)}
        there = dict(Loss.objects.valid().values_list("organization_id", "lost_on"))
    for one in found:
        _bring_loss(brought, by, said, one, known, there, source, now)
    return brought


def _losses(folder: Path, said: Mapping[str, Any]) -> Iterator[tuple[date | None, int, Row]]:
    """Rows that name a day of a loss, with the day as it was read."""
    with open_rows(folder / str(said["file"])) as rows:
        for number, row in enumerate(rows, 2):
            if row[str(said["day"])]:
                yield day_of(row[str(said["day"])], str(said.get("order", "YMD"))), number, row


def _bring_loss(
    brought: Brought,
    by: Actor,
    said: Mapping[str, Any],
    found: tuple[date | None, int, Row],
    known: Mapping[str, Organization],
    there: dict[int, date],
    source: str,
    now: datetime,
) -> None:
    day, number, row = found
    organization = known.get(row[str(said["organization"])])
    if organization is None or day is None:
        why = "no day" if organization is not None else "of nobody"
        brought.rejects.add(str(said["file"]), number, why, str(row))
        return
    if there.get(organization.pk) == day:
        brought.unchanged += 1
        return
    reasons = said.get("reasons", {})
    values = {
        "lost_on": day,
        "reason": reasons.get(row.get(str(said.get("reason_column")), ""), said.get("reason", _REASON)),
        "note": row.get(str(said.get("note_column")), "") or "",
        "amount": organization.arr,
    }
    try:
        with scoped(Scope.all()):
            losses.record(by=by, organization=organization, values=values, now=now, source=source)
    except DomainError as error:
        brought.rejects.add(str(said["file"]), number, f"loss: {error.code}", f"{day}: {error.message}")
        return
    there[organization.pk] = day
    brought.taken += 1


def bring_usage(*, folder: Path, usage: UsageFile, source: str, now: datetime) -> tuple[Brought, Brought]:
    """Samples and uses of features of a file; returns what came of either, in batches of a transaction each.

    They come as an import of the past: what the hub computes itself is taken too, since there was no hub then.
    """
    samples, uses = Brought(), Brought()
    with scoped(Scope.all()):
        origin, homes = source_named(source, SourceKind.IMPORT), homes_by_key(source)
        features: dict[str, int] = {}
    with open_rows(folder / usage.file) as rows:
        counted = _counted(rows, samples)
        since = {key: home.started_at.date() for key, home in homes.items()}
        if usage.id:
            owner = _owner(folder, usage)
            weeks = added_up(counted, usage, owner=owner, since=since, rejects=samples.rejects)
        else:
            weeks = weekly(counted, usage, samples.rejects)
        while batch := list(islice(weeks, BATCH)):
            with scoped(Scope.all()):
                _take_samples(batch, origin, homes, samples, usage.file, now)
                _take_uses(batch, origin, homes, features, uses, now)
    return samples, uses


def _counted(rows: Iterable[Row], brought: Brought) -> Iterator[Row]:
    for row in rows:
        brought.read += 1
        yield row


def _owner(folder: Path, usage: UsageFile) -> Any:
    """Whose a row is and since when, by the file that says so."""
    through = usage.through
    if not through:
        return lambda row: (row[usage.organization], None)
    with open_rows(folder / through["file"]) as rows:
        held = {
            row[through["key"]]: (row[through["organization"]], day_of(row[through["since"]], usage.order))
            for row in rows
        }
    return lambda row: held.get(row[usage.organization])


def _take_samples(
    batch: Sequence[Week],
    origin: SampleSource,
    homes: Mapping[str, Home],
    brought: Brought,
    file: str,
    now: datetime,
) -> None:
    sent, numbers = [], []
    for week in batch:
        for metric, value in week.values.items():
            sent.append({"organization": week.organization, "metric": metric, "at": week.known_at, "value": value})
            numbers.append(week.row)
    result = ingest.ingest(
        sent,
        source=origin,
        now=now,
        by=None,
        skip_bad=True,
        homes=lambda _rows: homes,
        named_by="organization",
        may_collect=True,
    )
    brought.taken += result.accepted
    brought.unchanged += result.unchanged
    for fault in result.rejected:
        why = f"sample: {fault.field}, expected {_general(fault.expected)}"
        brought.rejects.add(file, numbers[fault.row - 1], why, fault.found)


def _general(expected: str) -> str:
    """What was expected without the day or number of the row, so that reasons can be counted."""
    return "".join("·" if letter.isdigit() else letter for letter in expected)


def _take_uses(
    batch: Sequence[Week],
    origin: SampleSource,
    homes: Mapping[str, Home],
    features: dict[str, int],
    brought: Brought,
    now: datetime,
) -> None:
    rows = [
        (homes[week.organization].id, _feature(name, features), week.monday, count)
        for week in batch
        if week.organization in homes and week.known_at >= homes[week.organization].started_at and week.known_at <= now
        for name, count in week.uses.items()
    ]
    brought.read += len(rows)
    if not rows:
        return
    organizations, keys, days, counts = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_USES, [origin.pk, list(organizations), list(keys), list(days), list(counts)])
        brought.taken += cursor.rowcount
        brought.unchanged += len(rows) - cursor.rowcount


_USES = """
    INSERT INTO health_featureuse (organization_id, feature_id, week_on, uses, source_id)
    SELECT organization_id, feature_id, week_on, uses, %s
    FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::integer[]) sent(organization_id, feature_id, week_on, uses)
    ORDER BY organization_id, feature_id, week_on
    ON CONFLICT DO NOTHING
"""


def _feature(name: str, features: dict[str, int]) -> int:
    """The feature of this name, made if it is new."""
    if name not in features:
        key = name.strip().lower().replace("_", "-")[:60]
        made, _is_new = Feature.objects.get_or_create(key=key, defaults={"name": name.replace("_", " ").capitalize()})
        features[name] = made.pk
    return features[name]


@contextmanager
def open_rows(path: Path) -> Iterator[Iterable[Row]]:
    """The rows of a CSV file, packed or not, as texts by column."""
    opened: TextIO
    with (
        gzip.open(path, "rt", encoding="utf-8", newline="")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8", newline="")
    ) as opened:
        yield csv.DictReader(opened)


@dataclass(frozen=True, kw_only=True)
class BandCount:
    """Organizations at risk that a day found in a band: how many, mean score and coverage, lost within 90 days."""

    card: str
    band: str
    many: int
    score: Decimal | None
    coverage: Decimal
    lost: int


def bands_on(day: date) -> list[BandCount]:
    """The bands of the daily snapshots of a day, without those that were lost before it. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BANDS, {"day": day, "until": day + timedelta(days=90)})
        return [
            BandCount(card=card, band=band, many=many, score=score, coverage=coverage, lost=lost)
            for card, band, many, score, coverage, lost in cursor.fetchall()
        ]


_BANDS = """
    SELECT snapshot.card, snapshot.band, count(*), round(avg(snapshot.score), 1), round(avg(snapshot.coverage), 1),
        count(*) FILTER (WHERE gone.lost_on <= %(until)s)
    FROM health_snapshot snapshot
    LEFT JOIN (
        SELECT organization_id, min(lost_on) AS lost_on FROM partners_loss WHERE state <> 'withdrawn' GROUP BY 1
    ) gone ON gone.organization_id = snapshot.organization_id
    WHERE snapshot.day = %(day)s AND snapshot.occasion = 'daily' AND snapshot.is_main
        AND (gone.lost_on IS NULL OR gone.lost_on > %(day)s)
    GROUP BY 1, 2 ORDER BY 1, 2
"""


def counts_in_words(counts: Counter[str]) -> list[str]:
    """What was rejected, most often first."""
    return [f"{many} rows: {why}" for why, many in counts.most_common()]

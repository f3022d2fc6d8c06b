"""The past of another tool as files: usage by week or use by use, made into samples and uses of features by week.

A week is known when it is over: its sample stands at the end of its Sunday, so that nothing of it is known before.
Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from common.reading import mapping, member, text

MOST_LISTED = 50_000
Row = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleColumn:
    """A column that becomes samples of a metric, multiplied by `times`."""

    column: str
    metric: str
    times: Decimal = Decimal(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class UsageFile:
    """`organization` names the column with the key of the organization, `day` the one with its week or day.

    Rows of a weekly file have `samples` and `features` as columns. Rows of single uses have `feature` and `count`
    columns and are added up; `through` is a file that says whose a row is and since when ({column, file, key, since}).
    """

    file: str
    organization: str
    day: str
    order: str = "YMD"
    samples: tuple[SampleColumn, ...] = ()
    features: tuple[str, ...] = ()
    id: str = ""
    feature: str = ""
    count: str = ""
    errors: str = ""
    catalog: int = 0
    through: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """What a folder of files holds, and how it becomes organizations, losses, tickets, samples and uses."""

    name: str
    organizations: Mapping[str, str]
    losses: Mapping[str, Any]
    tickets: Mapping[str, str]
    usage: UsageFile


@dataclass(kw_only=True)
class Rejects:
    """Rows that were not taken: counted by what is wrong, and listed as far as somebody may read them."""

    counts: Counter[str] = field(default_factory=Counter)
    listed: list[tuple[str, int, str, str]] = field(default_factory=list)

    def add(self, file: str, row: int, why: str, found: str) -> None:
        self.counts[why] += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append((file, row, why, found))


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """What an organization did in the week from a Monday on: values by metric, uses by feature."""

    organization: str
    monday: date
    values: Mapping[str, Decimal]
    uses: Mapping[str, int]
    row: int

    @property
    def known_at(self) -> datetime:
        return datetime.combine(self.monday + timedelta(days=7), time.min, tzinfo=UTC)


Since = Mapping[str, date]
Owner = Callable[[Row], tuple[str, date | None] | None]


def read_world(content: object, name: str) -> World:
    """A world from its mapping file. Raises MalformedInput for one that does not hold."""
    top = mapping(content, name, known=("organizations", "losses", "tickets", "usage"))
    usage = mapping(member(top, "usage", name), f"{name}.usage")
    samples = mapping(usage.get("samples", {}), f"{name}.usage.samples")
    features: Any = usage.get("features", ())
    plain = ("order", "id", "feature", "count", "errors")
    more: dict[str, Any] = {key: text(usage[key], key) for key in plain if key in usage}
    return World(
        name=name,
        organizations=_texts(member(top, "organizations", name), f"{name}.organizations"),
        losses=mapping(top.get("losses", {}), f"{name}.losses"),
        tickets=_texts(top.get("tickets", {}), f"{name}.tickets"),
        usage=UsageFile(
            file=text(member(usage, "file", name), "file"),
            organization=text(member(usage, "organization", name), "organization"),
            day=text(member(usage, "day", name), "day"),
            samples=tuple(_sample_column(column, said) for column, said in samples.items()),
            features=tuple(text(one, "features") for one in features),
            catalog=int(str(usage.get("catalog", 0))),
            through=_texts(usage.get("through", {}), f"{name}.usage.through"),
            **more,
        ),
    )


def _texts(found: object, place: str) -> dict[str, str]:
    return {key: text(value, f"{place}.{key}") for key, value in mapping(found, place).items()}


def _sample_column(column: str, said: object) -> SampleColumn:
    if isinstance(said, str):
        return SampleColumn(column=column, metric=said)
    entry = mapping(said, column, known=("metric", "times"))
    times = Decimal(str(entry.get("times", 1)))
    return SampleColumn(column=column, metric=text(member(entry, "metric", column), column), times=times)


def day_of(found: str, order: str) -> date | None:
    """A day as the file writes it: year first, or day first."""
    try:
        parts = [int(part) for part in found[:10].split("-")]
        return date(*parts) if order == "YMD" else date(*reversed(parts))
    except (ValueError, TypeError):
        return None


def weekly(rows: Iterable[Row], usage: UsageFile, rejects: Rejects) -> Iterator[Week]:
    """Rows of whole weeks: one for an organization and a week."""
    for number, row in enumerate(rows, 2):
        monday = day_of(row[usage.day], usage.order)
        if monday is None or monday.weekday() != 0:
            rejects.add(usage.file, number, "no Monday", row[usage.day])
            continue
        try:
            values = {one.metric: Decimal(row[one.column]) * one.times for one in usage.samples}
            uses = {name: count for name in usage.features if (count := int(row[name])) > 0}
        except (InvalidOperation, ValueError):
            rejects.add(usage.file, number, "no number", str(row))
            continue
        yield Week(organization=row[usage.organization], monday=monday, values=values, uses=uses, row=number)


@dataclass(kw_only=True)
class _Sum:
    row: int
    uses: Counter[str] = field(default_factory=Counter)
    errors: int = 0


def added_up(rows: Iterable[Row], usage: UsageFile, *, owner: Owner, since: Since, rejects: Rejects) -> Iterator[Week]:
    """Rows of single uses as weeks, without what came twice, is nobody's, or was before its organization was there."""
    sums: dict[tuple[str, date], _Sum] = {}
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        found = _single(row, number, usage, owner, since, seen, rejects)
        if found is not None:
            key, feature, count, errors = found
            total = sums.setdefault(key, _Sum(row=number))
            total.uses[feature] += count
            total.errors += errors
    for (organization, monday), total in sorted(sums.items()):
        uses = sum(total.uses.values())
        values = {"usage_events": Decimal(uses)}
        if usage.catalog:
            values["feature_adoption"] = min(Decimal(100), Decimal(100 * len(total.uses)) / usage.catalog)
        if usage.errors and uses:
            values["error_rate"] = min(Decimal(100), Decimal(100 * total.errors) / uses)
        yield Week(organization=organization, monday=monday, values=values, uses=dict(total.uses), row=total.row)


def _single(
    row: Row, number: int, usage: UsageFile, owner: Owner, since: Since, seen: set[str], rejects: Rejects
) -> tuple[tuple[str, date], str, int, int] | None:
    day, whose = day_of(row[usage.day], usage.order), owner(row)
    why, found = _why_not(row, usage, day, whose, since, seen)
    seen.add(row[usage.id])
    if not why and day is not None and whose is not None:
        try:
            count, errors = int(row[usage.count]), int(row[usage.errors]) if usage.errors else 0
        except ValueError:
            count = errors = -1
        if count >= 0 and errors >= 0:
            return (whose[0], day - timedelta(days=day.weekday())), row[usage.feature], count, errors
        why, found = "no count", row[usage.count]
    rejects.add(usage.file, number, why, found)
    return None


def _why_not(
    row: Row, usage: UsageFile, day: date | None, whose: tuple[str, date | None] | None, since: Since, seen: set[str]
) -> tuple[str, str]:
    """What is wrong with a row and what was found there; empty where nothing is."""
    if row[usage.id] in seen:
        return "a key that came before", row[usage.id]
    if day is None:
        return "no day", row[usage.day]
    if whose is None or whose[0] not in since:
        return "of nobody", row[usage.organization]
    organization, begun = whose
    if day < since[organization]:
        return "before the organization signed up", f"{day} before {since[organization]}"
    if begun is not None and day < begun:
        return "before its subscription began", f"{day} before {begun}"
    return "", ""

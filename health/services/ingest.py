"""Samples come in: read in one pass, written by one statement (ADR 0027).

The same value again is no news; another value at the same organization, metric, instant and source is refused at its
row. With the samples go what is known last of each metric, and a mark on each organization that is to be computed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Min
from django.db.models.functions import Least
from django.utils.translation import gettext as _
from psycopg2.errors import UniqueViolation

from accounts.rules.access import Actor, Right
from common.partitions import ensure_partitions
from health.metric_policy import metric_policy
from health.models import Metric, SampleSource
from health.rules import sample_reading
from health.rules.sample_reading import Fault, Frame, Home, Known, Taken
from partners.models import Organization

Homes = Callable[[Sequence[Any]], Mapping[str, Home]]
CHANGED = "samples"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """A row that was not taken: its number, the field at fault, what was found there and what was expected."""

    row: int
    field: str
    found: str
    expected: str

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class IngestResult:
    """`unchanged` were here already. Without leave to skip bad rows a rejected one means that nothing was written."""

    accepted: int = 0
    unchanged: int = 0
    rejected: tuple[Rejected, ...] = field(default=())


class _Refused(Exception):
    """Rolls back what was written before the first bad row was known."""


@transaction.atomic
def ingest(
    rows: Sequence[Any],
    *,
    source: SampleSource,
    now: datetime,
    by: Actor | None,
    skip_bad: bool = False,
    only_check: bool = False,
    homes: Homes | None = None,
    named_by: str = "organization_id",
    may_collect: bool = False,
    first_row: int = 1,
) -> IngestResult:
    """Take rows {organization_id, metric, at, value, unit?} as JSON gives them; `by` works on each organization.

    Without a person (`by` None) it is the hub that brings them, within the scope in force. A foreign organization and
    an unknown one give the same answer. With `only_check` nothing is written, and all is found that writing finds.
    """
    found_homes = homes(rows) if homes is not None else homes_by_public_id(rows, named_by, by)
    frame = Frame(metrics=known_metrics(), homes=found_homes, now=now, named_by=named_by, may_collect=may_collect)
    reading = sample_reading.read(rows, frame, first_row=first_row)
    faults, result = list(reading.faults), IngestResult()
    try:
        with transaction.atomic():
            added, differing = write(reading.taken, source=source, now=now)
            faults += differing
            here = len(reading.taken) - added - len(differing)
            rejected = tuple(rejected_of(faults))
            is_refused = bool(rejected) and not skip_bad
            result = IngestResult(
                accepted=0 if is_refused and not only_check else added, unchanged=here, rejected=rejected
            )
            if is_refused or only_check:
                raise _Refused
    except _Refused:
        pass
    return result


@transaction.atomic
def store(
    samples: Iterable[tuple[int, str, datetime, Decimal]], *, source: SampleSource, now: datetime, marks: bool = True
) -> int:
    """Write what the hub itself has computed: (organization's key, metric, instant, value); returns how many are new.

    Another value at the same instant stays as it was first. Raises KeyError for a metric that is not registered.
    """
    ids = dict(Metric.objects.values_list("key", "pk"))
    taken = [
        Taken(row, organization_id, ids[metric], at, value)
        for row, (organization_id, metric, at, value) in enumerate(samples, 1)
    ]
    return write(taken, source=source, now=now, marks=marks, compare=False)[0]


def write(
    taken: Sequence[Taken], *, source: SampleSource, now: datetime, marks: bool = True, compare: bool = True
) -> tuple[int, list[Fault]]:
    """Add samples; returns how many are new, and the rows whose value differs from the one that is here."""
    if not taken:
        return 0, []
    _ensure_months(taken)
    values: dict[str, Any] = _arrays(taken) | {"source": source.pk, "now": now, "reason": CHANGED, "marks": marks}
    if _add_all(values):
        return len(taken), []
    with connection.cursor() as cursor:
        cursor.execute(_ADD_NEW, values)
        (added,) = cursor.fetchone()
        if added == len(taken) or not compare:
            return added, []
        cursor.execute(_DIFFERING, values)
        rows = cursor.fetchall()
    among = {fault.row: fault for fault in sample_reading.twins(taken)}
    here = [Fault(row=row, field="value", found=str(value), code="other_here") for row, value in rows]
    return added, [among.get(fault.row, fault) for fault in here]


def _add_all(values: Mapping[str, Any]) -> bool:
    """Add samples that are all new, as nearly always, in two thirds of the time; False where one is here already."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ADD_ALL, values)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        return False
    return True


# Sorted, so that two writers of the same samples wait for each other in one order.
_SENT = """
    unnest(%(rows)s::integer[], %(organizations)s::bigint[], %(metrics)s::smallint[], %(ats)s::timestamptz[],
        %(values)s::numeric(20, 6)[]) AS sent(row, organization_id, metric_id, at, value)
"""
_ADD = """
    WITH added AS (
        INSERT INTO health_sample (organization_id, at, received_at, metric_id, source_id, value)
        SELECT organization_id, at, %(now)s, metric_id, %(source)s, value FROM {sent}
        ORDER BY organization_id, metric_id, at, row
        {conflict}
        RETURNING organization_id, metric_id, at, value
    ), heads AS (
        INSERT INTO health_metrichead AS head (organization_id, metric_id, first_at, last_at, last_value, samples)
        SELECT organization_id, metric_id, min(at), max(at), (array_agg(value ORDER BY at DESC))[1], count(*)
        FROM added GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (organization_id, metric_id) DO UPDATE SET
            first_at = least(head.first_at, excluded.first_at),
            last_at = greatest(head.last_at, excluded.last_at),
            last_value = CASE WHEN excluded.last_at >= head.last_at THEN excluded.last_value ELSE head.last_value END,
            samples = head.samples + excluded.samples
    ), marked AS (
        INSERT INTO health_recomputemark AS mark (organization_id, since, reason)
        SELECT DISTINCT organization_id, %(now)s::timestamptz, %(reason)s FROM added WHERE %(marks)s ORDER BY 1
        ON CONFLICT (organization_id) DO UPDATE SET since = greatest(mark.since, excluded.since)
    )
    SELECT count(*) FROM added
"""
_ADD_ALL = _ADD.format(sent=_SENT, conflict="")
_ADD_NEW = _ADD.format(sent=_SENT, conflict="ON CONFLICT DO NOTHING")
_DIFFERING = f"""
    SELECT sent.row, sent.value FROM {_SENT}
    JOIN health_sample kept ON kept.organization_id = sent.organization_id AND kept.metric_id = sent.metric_id
        AND kept.at = sent.at AND kept.source_id = %(source)s
    WHERE kept.value <> sent.value ORDER BY 1
"""  # noqa: S608 - only constants


def _arrays(taken: Sequence[Taken]) -> dict[str, str]:
    """The columns as texts of arrays: a list of ten thousand numbers is quoted one by one otherwise."""
    rows, organizations, metrics, ats, values = zip(*taken, strict=True)
    columns = {"rows": rows, "organizations": organizations, "metrics": metrics, "values": values}
    found = {name: "{" + ",".join(map(str, column)) + "}" for name, column in columns.items()}
    return found | {"ats": "{" + ",".join(map(datetime.isoformat, ats)) + "}"}


def _ensure_months(taken: Sequence[Taken]) -> None:
    """Make the partitions of these months where they are missing; rows without one would wait in the default one."""
    months = sorted({(sample.at.year, sample.at.month) for sample in taken})
    names = [f"health_sample_{year:04}_{month:02}" for year, month in months]
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(n) FROM unnest(%s::text[]) n WHERE to_regclass(n) IS NULL", [names])
        (missing,) = cursor.fetchone()
    for name in missing or ():
        first = date(int(name[-7:-3]), int(name[-2:]), 1)
        ensure_partitions(table="health_sample", key="at", start=first, end=first)


def known_metrics() -> dict[str, Known]:
    """The metrics that samples may be of, by key. Two statements."""
    policy = metric_policy()
    found = {}
    for row in Metric.objects.all():
        metric = policy.metrics.get(row.key) if policy is not None else None
        found[row.key] = Known(
            id=row.pk,
            unit=row.unit,
            minimum=metric.minimum if metric else None,
            maximum=metric.maximum if metric else None,
            is_collected=metric.is_collected if metric else False,
            is_open=metric is not None and not row.is_retired,
        )
    return found


def homes_by_public_id(rows: Sequence[Any], named_by: str, by: Actor | None) -> dict[str, Home]:
    """Organizations that rows name by their public ids."""
    names = {name for row in rows if isinstance(row, dict) and isinstance(name := row.get(named_by), str)}
    ids: dict[UUID, list[str]] = {}
    for name in names:
        try:
            ids.setdefault(UUID(name), []).append(name)
        except ValueError:
            continue
    found = {row[0]: row[1:] for row in homes_of(by).filter(public_id__in=ids).values_list("public_id", "id", "start")}
    return {
        name: Home(id=found[public_id][0], started_at=found[public_id][1])
        for public_id, given in ids.items()
        if public_id in found
        for name in given
    }


def homes_of(by: Actor | None) -> Any:
    """Organizations that samples may be added to, with `start`: since when they are known, as Home wants it."""
    rows = Organization.objects.all() if by is None else Organization.objects.visible_to(by, Right.WORK)
    first = Least(F("created_at"), Min("stage_periods__entered_at"))
    return rows.filter(archived_at__isnull=True).annotate(start=first).order_by()


def rejected_of(faults: Iterable[Fault]) -> list[Rejected]:
    """Faults in words, by row."""
    return [
        Rejected(row=fault.row, field=fault.field, found=fault.found, expected=expectation(fault))
        for fault in sorted(faults, key=lambda fault: fault.row)
    ]


def expectation(fault: Fault) -> str:
    """What a row should have said, in words."""
    words = {
        "object": _("an object with organization, metric, at and value"),
        "required": _("a value, since this field is required"),
        "unknown_field": _("no such field"),
        "organization": _("an organization that you work on"),
        "metric": _("a metric of the policy"),
        "retired": _("a metric that is in use; this one is retired"),
        "collected": _("a metric from outside; this one is computed by the hub"),
        "unit": _("%(limit)s, which is the unit of this metric"),
        "ratio": _("%(limit)s: multiply ratios by 100"),
        "moment": _("a moment with its offset, such as 2026-03-02T09:10:00Z"),
        "future": _("a moment that has passed; it is %(limit)s now"),
        "before_start": _("a moment since the organization is known here, which is since %(limit)s"),
        "number": _("a number such as 99.5, without quotes"),
        "finite": _("a finite number"),
        "size": _("a number of at most fourteen digits before the point"),
        "minimum": _("%(limit)s or more"),
        "maximum": _("%(limit)s or less"),
        "other_in_batch": _("the same value as in row %(limit)s, which is of the same instant"),
        "event": _("the name of an event, of at most 120 characters"),
        "count": _("a whole number from 1 to %(limit)s"),
        "week_running": _("events of weeks that are over; this one is not"),
        "week_final": _("what is here of this week: a week is final with its first word; send whole weeks"),
        "other_here": _("the value that is here: samples are added, never changed"),
    }
    return words[fault.code] % {"limit": fault.limit}

"""What SQL gathers for scores: one raw value per organization and window, for all of them at once (ADR 0027).

A window ends at the asked instant, or at the newest sample once that lies before the window, so that a measure that
went stale keeps its last value. What was received after `known_at` is not known. The cost follows the windows and not
the age of the history: months outside of them are not read, and what went stale is found through what is known last
(MetricHead). With `as_of` the samples alone are asked, as the replay of past days wants it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from common.prepared import Differing
from health.models import Metric
from health.rules.scorecard_packs import Need, Scorecard
from health.rules.scoring import Evidence

Gathered = Mapping[int, Mapping[str, Evidence]]
"""By organization: evidence by the id of each need that has any."""


NO_RHYTHMS: Mapping[str, int] = {}
FEW = 20
"""So many organizations are what changes within a day."""
_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One span of one metric. A baseline lies `shift` days before the end of the window that it is for."""

    metric: str
    days: int
    shift: int = 0

    @property
    def window(self) -> Slot:
        """The window that says whether this one is stale: itself, or that of its baseline."""
        return Slot(metric=self.metric, days=self.shift) if self.shift else self


class Gathering:
    """What several scorecards need, gathered at once: windows that they share are read once."""

    def __init__(
        self,
        cards: Iterable[Scorecard],
        rhythms: Mapping[str, int] = NO_RHYTHMS,
        registered: Mapping[str, tuple[int, str]] | None = None,
    ) -> None:
        """`rhythms`: every how many days a sample of a metric is expected. `registered` as in HealthPolicies."""
        self.rhythms = rhythms
        self.needs: dict[int, tuple[Need, ...]] = {}
        wanted: dict[Slot, int] = {}
        for card in cards:
            self.needs[id(card)] = card.needs
            for slot in (slot for need in card.needs for slot in _slots(need)):
                wanted.setdefault(slot, len(wanted))
        self.slots = wanted
        keys = {slot.metric for slot in wanted}
        known = _registered(keys) if registered is None else registered
        self.metrics = {key: known[key] for key in keys & known.keys()}
        self._entitled = {need.metric for needs in self.needs.values() for need in needs if need.wants_entitlement}

    def read(
        self, organization_ids: Sequence[int], *, at: datetime, known_at: datetime, day: date, as_of: bool = False
    ) -> Found:
        """All that is known of these organizations. One statement; another where something is stale, or was bought."""
        found = Found(self)
        if self.metrics and organization_ids:
            ask = _asked_again if len(organization_ids) <= FEW else _asked_once
            missing = found.take(ask(*self.statement(organization_ids, at=at, known_at=known_at, as_of=as_of)))
            if missing:
                found.take(ask(*self._of_old(missing, at=at, known_at=known_at)))
        if self._entitled and organization_ids:
            found.entitle(_entitlements(organization_ids, self._entitled & self.metrics.keys(), day))
        return found

    def statement(
        self, organization_ids: Sequence[int], *, at: datetime, known_at: datetime, as_of: bool = False
    ) -> tuple[str, dict[str, Any]]:
        """The text that gathers, and its parameters."""
        ids = sorted(organization_ids)
        params = {
            "ids": ids,
            "first": ids[0],
            "last": ids[-1],
            "at": at,
            "known": known_at,
            "earliest": at - timedelta(days=max(slot.days + slot.shift for slot in self.slots)),
            "metrics": sorted({pk for pk, _combine in self.metrics.values()}),
        }
        # A run of keys is read as one range of the index; anything else key by key.
        reach = "BETWEEN %(first)s AND %(last)s" if _is_run(ids) else "= ANY (%(ids)s::bigint[])"
        text = _LIVE.replace("{slots}", self._slots()).replace("{heads}", _ALL_HEADS if as_of else _HEADS)
        return text.replace("{reach}", reach), params

    def _of_old(
        self, missing: Sequence[tuple[Any, ...]], *, at: datetime, known_at: datetime
    ) -> tuple[str, dict[str, Any]]:
        """The text for windows in which there is nothing, rows (organization, slot, 0, last sample or None, None)."""
        params = {
            "ids": [row[0] for row in missing],
            "slots": [row[1] for row in missing],
            "lasts": Differing(_array([row[3] for row in missing])),
            "at": at,
            "known": known_at,
        }
        return _OLD.replace("{slots}", self._slots()), params

    def _slots(self) -> str:
        rows = ", ".join(self._row(slot) for slot in self.slots if slot.metric in self.metrics)
        return _SLOTS.replace("{rows}", rows)

    def _row(self, slot: Slot) -> str:
        metric_id, combine = self.metrics[slot.metric]
        start = slot.shift + slot.days
        lasting = (f"interval '{24 * days} hours'" for days in (start, slot.shift, slot.shift or start))
        return (
            f"({self.slots[slot]}, {metric_id}::smallint, '{combine}', {slot.days}, {slot.shift}, "
            f"{self.rhythms.get(slot.metric, 1)}, {', '.join(lasting)}, {self.slots[slot.window]})"
        )


def _asked_once(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows; lists of ids go as one text each, since they are quoted one by one otherwise."""
    plain = {name: _array(value) if isinstance(value, list) else value for name, value in params.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql, plain)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _asked_again(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a question that is asked all day for one organization or another: it is planned once (ADR 0022)."""
    values = [params[name] for name in _NAMED.findall(sql)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({_NAMED.sub('%s', sql)}) found", values)  # noqa: S608 - made of constants
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _array(values: list[Any]) -> str:
    return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"


class Found:
    """What was gathered, by organization and slot; evidence for a scorecard is made of it."""

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        self._rows: dict[int, dict[int, tuple[Any, ...]]] = defaultdict(dict)
        self._entitled: Mapping[tuple[int, str], Decimal] = {}
        self._plans: dict[int, list[tuple[Need, int | None, int | None]]] = {}

    def take(self, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows (organization, slot, count, newest, value); those of windows without samples are given back."""
        by_organization, missing = self._rows, []
        for row in rows:
            if row[2]:
                by_organization[row[0]][row[1]] = row
            else:
                missing.append(row)
        return missing

    def entitle(self, amounts: Mapping[tuple[int, str], Decimal]) -> None:
        self._entitled = amounts

    def evidence(self, organization_id: int, card: Scorecard) -> dict[str, Evidence]:
        """By need of the card; those without any evidence are left out."""
        rows = self._rows.get(organization_id)
        if rows is None:
            return {}
        found: dict[str, Evidence] = {}
        for need, slot, base in self._plan(card):
            row = rows.get(slot) if slot is not None else None
            if row is None:
                continue
            before = rows.get(base) if base is not None else None
            found[need.id] = Evidence(
                metric=need.metric,
                value=row[4],
                count=row[2],
                newest_at=row[3],
                baseline=before[4] if before is not None else None,
                entitled=self._entitled.get((organization_id, need.metric)) if need.wants_entitlement else None,
            )
        return found

    def _plan(self, card: Scorecard) -> list[tuple[Need, int | None, int | None]]:
        plan = self._plans.get(id(card))
        if plan is None:
            numbers = self._gathering.slots
            plan = [
                (need, *(numbers[slot] for slot in slots), *((None,) if len(slots) == 1 else ()))
                for need in card.needs
                for slots in (_slots(need),)
            ]
            self._plans[id(card)] = plan
        return plan


def gather(
    organization_ids: Sequence[int],
    card: Scorecard,
    *,
    at: datetime,
    known_at: datetime,
    day: date,
    as_of: bool = False,
) -> Gathered:
    """The evidence of these organizations for one scorecard."""
    found = Gathering([card]).read(organization_ids, at=at, known_at=known_at, day=day, as_of=as_of)
    return {pk: found.evidence(pk, card) for pk in organization_ids}


def _slots(need: Need) -> tuple[Slot, ...]:
    value = Slot(metric=need.metric, days=need.window_days)
    if need.baseline_days is None:
        return (value,)
    return value, Slot(metric=need.metric, days=need.baseline_days, shift=need.window_days)


def _registered(keys: Collection[str]) -> dict[str, tuple[int, str]]:
    rows = Metric.objects.filter(key__in=keys).values_list("key", "pk", "combine")
    return {key: (pk, combine) for key, pk, combine in rows}


def _is_run(ids: Sequence[int]) -> bool:
    return len(ids) > 1 and ids[-1] - ids[0] < 2 * len(ids)


# Days are 24 hours, in whatever zone the session is.
_SLOTS = """slot (slot, metric_id, combine, days, shift, rhythm, from_at, to_at, edge_at, fresh) AS (
    SELECT v.slot, v.metric_id, v.combine, v.days, v.shift, v.rhythm, %(at)s::timestamptz - v.begins,
        %(at)s::timestamptz - v.ends, %(at)s::timestamptz - v.edge, v.fresh
    FROM (VALUES {rows}) v (slot, metric_id, combine, days, shift, rhythm, begins, ends, edge, fresh)
)"""
_HEADS = """
    SELECT organization_id, metric_id, last_at FROM health_metrichead
    WHERE organization_id = ANY (%(ids)s::bigint[]) AND metric_id = ANY (%(metrics)s::bigint[])
"""
_ALL_HEADS = """
    SELECT organization_id, metric_id, NULL::timestamptz AS last_at
    FROM unnest(%(ids)s::bigint[]) organization_id, unnest(%(metrics)s::smallint[]) metric_id
"""
# What lies in the windows that end now; and the windows in which there is nothing, where there ever was something.
# Months outside of the windows are no part of the plan.
_LIVE = """
WITH {slots}, live AS MATERIALIZED (
    SELECT s.organization_id, t.slot, count(*) AS samples, max(s.at) AS newest, min(s.at) AS oldest,
        sum(s.value) AS total
    FROM health_sample s JOIN slot t ON t.metric_id = s.metric_id AND s.at > t.from_at AND s.at <= t.to_at
    WHERE s.organization_id {reach} AND s.at > %(earliest)s AND s.at <= %(at)s AND s.received_at <= %(known)s
    GROUP BY 1, 2
)
SELECT f.organization_id, f.slot, f.samples, f.newest, {value} AS value
FROM (
    SELECT l.*, t.to_at AS ended FROM live l JOIN slot t USING (slot)
    JOIN live w ON w.organization_id = l.organization_id AND w.slot = t.fresh
) f JOIN slot t USING (slot)
UNION ALL
SELECT h.organization_id, t.slot, 0, h.last_at, NULL
FROM ({heads}) h JOIN slot t ON t.metric_id = h.metric_id
LEFT JOIN live l ON l.organization_id = h.organization_id AND l.slot = t.fresh
WHERE l.slot IS NULL
"""
# Windows that end at the newest sample before them. What is known last names it; only where that is not to be known
# yet it is looked for.
_OLD = """
WITH {slots}
SELECT f.organization_id, f.slot, f.samples, f.newest, {value} AS value
FROM (
    SELECT h.organization_id, t.slot, x.samples, x.newest, x.oldest, x.total,
        e.at - make_interval(days => t.shift) AS ended
    FROM unnest(%(ids)s::bigint[], %(slots)s::integer[], %(lasts)s::timestamptz[]) AS h(organization_id, slot, last_at)
    JOIN slot t USING (slot)
    CROSS JOIN LATERAL (
        SELECT coalesce(
            (SELECT s.at FROM health_sample s
            WHERE s.organization_id = h.organization_id AND s.metric_id = t.metric_id AND s.at = h.last_at
                AND h.last_at <= t.edge_at AND s.received_at <= %(known)s LIMIT 1),
            (SELECT s.at FROM health_sample s
            WHERE s.organization_id = h.organization_id AND s.metric_id = t.metric_id AND s.at <= t.edge_at
                AND s.received_at <= %(known)s ORDER BY s.at DESC LIMIT 1)) AS at
        OFFSET 0
    ) e
    CROSS JOIN LATERAL (
        SELECT count(*) AS samples, max(s.at) AS newest, min(s.at) AS oldest, sum(s.value) AS total
        FROM health_sample s
        WHERE s.organization_id = h.organization_id AND s.metric_id = t.metric_id
            AND s.at > e.at - make_interval(days => t.shift + t.days) AND s.at <= e.at - make_interval(days => t.shift)
            AND s.received_at <= %(known)s
    ) x
    WHERE e.at IS NOT NULL AND x.samples > 0
) f JOIN slot t USING (slot)
"""
# Of samples that were combined the value. A baseline that began later than its days is measured by the days it has.
_VALUE = """CASE
    WHEN t.shift = 0 AND t.combine = 'last' THEN (
        SELECT s.value FROM health_sample s
        WHERE s.organization_id = f.organization_id AND s.metric_id = t.metric_id AND s.at = f.newest {months}
            AND s.received_at <= %(known)s ORDER BY s.source_id DESC LIMIT 1)
    WHEN t.combine IN ('last', 'mean') THEN round(f.total / f.samples, 6)
    WHEN t.shift = 0 THEN CASE t.combine WHEN 'sum' THEN f.total ELSE round(f.total / t.days, 6) END
    ELSE round(f.total * CASE t.combine WHEN 'sum' THEN t.shift ELSE 1 END / greatest(1, least(t.days,
        floor(extract(epoch FROM f.ended - f.oldest) / 86400) + t.rhythm)), 6)
    END"""
_LIVE = _LIVE.replace("{value}", _VALUE.replace("{months}", "AND s.at > %(earliest)s AND s.at <= %(at)s"))
_OLD = _OLD.replace("{value}", _VALUE.replace("{months}", ""))


def _entitlements(
    organization_ids: Sequence[int], metrics: Collection[str], day: date
) -> dict[tuple[int, str], Decimal]:
    """What was bought on the day, by organization and metric: the last agreement that began."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTITLED, [list(organization_ids), ",".join(sorted(metrics)), day, day])
        return {(pk, metric): amount for pk, metric, amount in cursor.fetchall()}


_ENTITLED = """
SELECT DISTINCT ON (e.organization_id, m.key) e.organization_id, m.key, e.amount
FROM health_entitlement e JOIN health_metric m ON m.id = e.metric_id
WHERE e.organization_id = ANY (%s) AND m.key = ANY (string_to_array(%s, ',')) AND e.starts_on <= %s
    AND (e.ends_on IS NULL OR e.ends_on >= %s)
ORDER BY e.organization_id, m.key, e.starts_on DESC
"""

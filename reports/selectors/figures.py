"""The figures of a report: its rows added up for a period and the one before, in the reader's scope (ADR 0032)."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import get_default_timezone, get_default_timezone_name, localdate

from partners.rules.small_samples import Share
from partners.selectors.opportunities import rates_on
from reports.rules.kpi_packs import Kpi
from reports.rules.kpis import (
    Amount,
    Standing,
    Target,
    against_before,
    against_target,
    exact,
    interval,
    is_hidden,
    may_grow,
    shown,
    target_for,
    value,
)
from reports.rules.measures import MEASURES, PERCENTILES, Measure, Unit, Way
from reports.rules.periods import Period
from reports.rules.survey_figures import is_told, months_around
from reports.selectors.desk_scope import seen_rows
from reports.selectors.scope import ReportScope, ScopeKey
from reports.selectors.sources import FLOWS, IN_FACTS, STATES, Source

Amounts = Mapping[Period, Mapping[str, Amount]]
_SCOPE = "IN (SELECT id FROM {name})"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A KPI in a period, with the one before, its target, and the interval of a small sample.

    One that `is_hidden` has no amount: so few have answered that it would tell who said what.
    `without_rate`: so many amounts are left out, since their currency has no rate.
    """

    kpi: Kpi
    amount: Amount
    value: Decimal | None
    before: Decimal | None
    target: Target | None
    interval: Share | None
    without_rate: int
    to_target: Standing
    to_before: Standing
    is_hidden: bool = False

    @property
    def change(self) -> Decimal | None:
        """What has been added since the period before, in the unit of the figure."""
        return None if self.value is None or self.before is None else self.value - self.before


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When a report is read: the instant, the reporting day, currency and rates of that day."""

    now: datetime
    today: date
    currency: str
    rates: Mapping[str, Decimal]
    is_past: bool = False

    @classmethod
    def of(cls, now: datetime, *, is_past: bool = False) -> Moment:
        today = localdate(now, get_default_timezone())
        currency, rates = rates_on(today)
        return cls(now=now, today=today, currency=currency, rates=rates, is_past=is_past)

    @classmethod
    def without_rates(cls, now: datetime) -> Moment:
        """Of what holds no money."""
        return cls(now=now, today=localdate(now, get_default_timezone()), currency="", rates={})


def figures(scope: ReportScope, kpis: Sequence[Kpi], period: Period, moment: Moment) -> list[Figure]:
    """The figures of `kpis`, in their order. One statement."""
    before = period.previous()
    amounts = amounts_in(scope, kpis, (period, before), moment)
    return [figure_of(kpi, amounts[period], amounts[before], scope, period, moment) for kpi in kpis]


def amounts_in(
    scope: ReportScope, kpis: Iterable[Kpi], periods: Sequence[Period], moment: Moment
) -> dict[Period, dict[str, Amount]]:
    """The rows of each KPI added up for each period, by its `sum_key`; what has no rows comes to nothing.

    Of recommending, an amount that other periods would betray is withheld. One statement.
    """
    wanted = list({kpi.sum_key: kpi for kpi in kpis}.values())
    months = months_around(periods) if any(kpi.unit is Unit.NPS for kpi in wanted) else []
    found: dict[Period, dict[str, Amount]] = {period: defaultdict(Amount) for period in periods}
    around: dict[str, dict[date, int]] = defaultdict(dict)
    for number, key, numerator, denominator in _sums(scope, wanted, periods, moment, months=months):
        if number < len(periods):
            found[periods[number]][key] = Amount(numerator=numerator, denominator=denominator)
        else:
            around[key][months[number - len(periods)].first] = int(denominator)
    for key, by_month in around.items():
        for period in periods:
            if found[period][key].denominator and not may_tell(period, by_month, moment):
                found[period][key] = replace(found[period][key], is_withheld=True)
    return found


def may_tell(period: Period, by_month: Mapping[date, int], moment: Moment) -> bool:
    """Whether the NPS of a period may be told, by its answers and those around it; of a past day only what was over:
    two days of one month would tell who answered between them."""
    return is_told(period, by_month) and not (moment.is_past and period.last > moment.today)


def figure_of(
    kpi: Kpi,
    amounts: Mapping[str, Amount],
    amounts_before: Mapping[str, Amount],
    scope: ReportScope,
    period: Period,
    moment: Moment,
) -> Figure:
    """A figure of what its rows add up to in the period and in the one before, by `sum_key`."""
    amount = amounts[kpi.sum_key]
    found, before = value(amount, kpi.unit), value(amounts_before[kpi.sum_key], kpi.unit)
    target = target_for(kpi.targets, on=period.last, scope=scope.words, span=period.span)
    is_over = period.is_over(moment.today) or kpi.measure.way is Way.STATE
    grows = may_grow(kpi.unit, is_over=is_over)
    return Figure(
        kpi=kpi,
        amount=shown(amount, kpi.unit),
        is_hidden=is_hidden(amount, kpi.unit),
        value=found,
        before=before,
        target=target,
        interval=None if kpi.measure.is_of_shares else interval(amount, kpi.unit),
        without_rate=int(amounts[_without_rate(kpi.sum_key)].denominator),
        to_target=against_target(exact(amount, kpi.unit), target, kpi.direction, may_grow=grows),
        to_before=against_before(found, before, kpi.direction, kpi.unit, is_over=is_over),
    )


def _sums(
    scope: ReportScope, kpis: Sequence[Kpi], periods: Sequence[Period], moment: Moment, *, months: Sequence[Period] = ()
) -> list[tuple[int, str, Decimal, Decimal]]:
    """Of each period by its place, each KPI by its `sum_key`: what its rows add up to; after them of each of `months`
    what is of recommending. One statement."""
    is_desk = scope.report.is_desk
    parts = _parts(_sums_of(kpis), "span", is_desk)
    if months:
        parts += f" UNION ALL {_parts(_sums_of(kpi for kpi in kpis if kpi.unit is Unit.NPS), 'month', is_desk)}"
    if not parts:
        return []
    with_scope, parameters = with_scopes(scope, [kpi.measure for kpi in kpis])
    spans, bounds = _spans(periods, moment)
    if months:
        more, values = _spans(months, moment, name="month", begin=len(periods))
        spans, bounds = f"{spans}, {more}", bounds | values
    text = f"SELECT * FROM ({with_scope}, {spans} {parts}) told"  # noqa: S608 - of the vocabulary
    return run(text, parameters | parameters_of(moment) | bounds)


# A KPI as sums are made of it: its measure by name, its unit, and the key of the sum.
_Sum = tuple[str, Unit, str]


def _sums_of(kpis: Iterable[Kpi]) -> tuple[_Sum, ...]:
    return tuple((kpi.measure.id, kpi.unit, kpi.sum_key) for kpi in kpis)


@lru_cache(maxsize=512)
def _parts(sums: tuple[_Sum, ...], spans: str, is_desk: bool) -> str:
    """The sums of all of them for each row of the CTE `spans` as one text, put together once in a process (ADR 0019);
    empty of nothing."""
    added = [one for one in sums if _is_in_facts(one[0], one[1], is_desk=is_desk)]
    parts = [_part(one, spans, is_desk=is_desk) for one in sums if one not in added]
    if added:
        measures = ", ".join(f"'{measure}'" for measure, _unit, _key in added)
        parts.append(_FACTS.format(spans=spans, measures=measures))
    return " UNION ALL ".join(parts)


def _spans(
    periods: Sequence[Period], moment: Moment, *, name: str = "span", begin: int = 0
) -> tuple[str, dict[str, Any]]:
    """The periods by their places, from `begin` on, as a CTE, and the values in it."""
    parameters: dict[str, Any] = {}
    rows = []
    for number, period in enumerate(periods, begin):
        parameters |= parameters_in(period, moment, suffix=f"_{number}")
        rows.append(_SPAN.format(number=number))
    return f"{name}(number, first, since, day, until) AS (VALUES {', '.join(rows)})", parameters


_SPAN = (
    "({number}, %(first_{number})s::date, %(since_{number})s::timestamptz, %(day_{number})s::date,"
    " %(until_{number})s::timestamptz)"
)


def is_in_facts(kpi: Kpi, scope: ReportScope) -> bool:
    """Percentiles cannot be added up, so that no fact holds them; nor does one hold what belongs to no organization."""
    return _is_in_facts(kpi.measure.id, kpi.unit, is_desk=scope.report.is_desk)


def _is_in_facts(measure: str, unit: Unit, *, is_desk: bool) -> bool:
    return measure in IN_FACTS and unit not in PERCENTILES and not is_desk


_FACTS = """
SELECT span.number, fact.measure, sum(fact.numerator), sum(fact.denominator)
  FROM {spans} span JOIN reports_dailyfact fact ON fact.day BETWEEN span.first AND span.day
 WHERE fact.measure IN ({measures}) AND fact.organization_id IN (SELECT id FROM scope)
 GROUP BY span.number, fact.measure
"""
# Amounts without a rate are a line of their own: they are counted, and not added up.
_PART = """
SELECT span.number, line.key, line.numerator, line.denominator FROM {spans} span CROSS JOIN LATERAL (
    SELECT {totals}, count(*) FILTER (WHERE numerator IS NULL) FROM ({rows}) part
) added(numerator, denominator, without_rate) CROSS JOIN LATERAL (VALUES {lines}) line(key, numerator, denominator)
"""


def _part(one: _Sum, spans: str, *, is_desk: bool) -> str:
    """The sums of one KPI that no facts hold, for each period of the CTE `spans`."""
    measure, unit, key = one
    rows = rows_of(MEASURES[measure], scoped=True, is_desk=is_desk)
    for name in ("day", "until", "first", "since"):
        rows = rows.replace(f"%({name})s", f"span.{name}")
    lines = f"('{key}', added.numerator, added.denominator)"
    if unit is Unit.MONEY:
        lines += f", ('{_without_rate(key)}', 0, added.without_rate)"
    return _PART.format(spans=spans, totals=totals(unit), rows=rows, lines=lines)


def _without_rate(sum_key: str) -> str:
    return f"{sum_key} without rate"


def totals(unit: Unit) -> str:
    """The two columns of an amount over rows."""
    if unit in PERCENTILES:
        share = PERCENTILES[unit]
        return f"coalesce(percentile_cont({share}) WITHIN GROUP (ORDER BY numerator), 0)::numeric, count(*)::numeric"
    return "coalesce(sum(numerator), 0), coalesce(sum(denominator), 0)"


def rows_of(measure: Measure, *, scoped: bool, is_desk: bool = False, suffix: str = "") -> str:
    """The rows of a flow in a period (`first`, `day`), or of a state at the end of one (`day`, `until`).

    `suffix` ends the names of these parameters. Within the CTEs of `with_scopes` if `scoped`.
    """
    scope = _SCOPE.format(name="commercial" if measure.is_commercial else "scope") if scoped else "= ANY(%(ids)s)"
    source = FLOWS.get(measure.id) or STATES[measure.id]
    text = source.rows(scope, _when(source) if measure.way is Way.FLOW else "true", is_desk=is_desk)
    for name in ("day", "until", "first", "since"):
        text = text.replace(f"%({name})s", f"%({name}{suffix})s")
    return text


def _when(source: Source) -> str:
    if source.at_is_day:
        return f"{source.at} BETWEEN %(first)s AND %(day)s"
    return f"{source.at} >= %(since)s AND {source.at} < %(until)s"


def with_scopes(scope: ReportScope, measures: Iterable[Measure] = ()) -> tuple[str, dict[str, Any]]:
    """The lists of ids as CTEs with their parameters: `scope`, `commercial`, and what `measures` ask for beside."""
    sources = (FLOWS.get(one.id) or STATES.get(one.id) for one in measures)
    asked = dict.fromkeys(seen for source in sources if source is not None for seen in source.seen)
    lists = [*_organizations(scope), *(_list(seen.value, seen_rows(scope, seen)) for seen in asked)]
    parameters = {name: value for _text, places in lists for name, value in places.items()}
    parameters["criterion"] = scope.criterion
    return f"WITH {', '.join(text for text, _places in lists)}", parameters


# No clock is asked for what is put together once.
_UNREAD = datetime.min.replace(tzinfo=UTC)
# The text of a CTE, and the values of its places.
_List = tuple[str, Mapping[str, Any]]


def _organizations(scope: ReportScope) -> tuple[_List, ...]:
    """Put together once for what neither clock nor search decides (ADR 0019)."""
    return _lists_of(scope.key, scope.now) if scope.key.is_asked_anew else _known_lists(scope.key)


@lru_cache(maxsize=1_024)
def _known_lists(key: ScopeKey) -> tuple[_List, ...]:
    return _lists_of(key, _UNREAD)


def _lists_of(key: ScopeKey, now: datetime) -> tuple[_List, ...]:
    return _list("scope", key.organizations(now)), _list("commercial", key.commercial(now))


def _list(name: str, rows: QuerySet[Any, Any]) -> _List:
    sql, places = compiled(rows.values_list("pk"), name)
    return f"{name}(id) AS ({sql})", places


def _named(sql: str, names: Iterable[str]) -> str:
    """With names for its places; a percent sign that is doubled stays so."""
    following = iter(names)
    return re.sub("%%|%s", lambda found: f"%({next(following)})s" if found[0] == "%s" else "%%", sql)


def compiled(rows: QuerySet[Any, Any], name: str, *, columns: int = 1) -> tuple[str, dict[str, Any]]:
    """The text of ids, with what else is read of each, its places named after `name`, and their values."""
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return f"SELECT NULL::bigint{', NULL' * (columns - 1)} WHERE false", {}
    names = [f"{name}_{number}" for number in range(len(values))]
    return _named(sql, names), dict(zip(names, values, strict=True))


def parameters_of(moment: Moment) -> dict[str, Any]:
    """What the texts of all sources may ask for."""
    rates = json.dumps({currency: str(rate) for currency, rate in moment.rates.items()})
    return {"zone": get_default_timezone_name(), "today": moment.today, "now": moment.now, "rates": rates}


def parameters_in(period: Period, moment: Moment, *, suffix: str = "") -> dict[str, Any]:
    """What texts may ask for of a period: its first day, the last that has come, and the instants around them."""
    day = min(period.last, moment.today)
    found = {"first": period.first, "since": end_of(period.first - timedelta(days=1)), "day": day, "until": end_of(day)}
    return {f"{name}{suffix}": at for name, at in found.items()}


def end_of(day: date) -> datetime:
    """The instant at which a day of the reporting zone is over."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=get_default_timezone())


def ends(period: Period, today: date) -> tuple[datetime, datetime]:
    """The first instant of a period and the first one that is no longer of it, as far as it has come by a day."""
    return end_of(period.first - timedelta(days=1)), end_of(min(period.last, today))


_PLACE = re.compile(r"%%|%\((\w+)\)s")


def run(sql: str, parameters: Mapping[str, Any]) -> list[Any]:
    """All rows of a statement, with its places in their order, so that a connection may prepare it (ADR 0022)."""
    text, names = _placed(sql)
    with connection.cursor() as cursor:
        cursor.execute(text, [parameters[name] for name in names])
        return list(cursor.fetchall())


@lru_cache(maxsize=512)
def _placed(sql: str) -> tuple[str, tuple[str, ...]]:
    """The text with its places in their order, and the names that they had."""
    names = tuple(found[1] for found in _PLACE.finditer(sql) if found[1])
    return _PLACE.sub(lambda found: "%s" if found[1] else "%%", sql), names

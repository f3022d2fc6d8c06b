"""A figure by parts of its scope: by segment, by owner. The same rows, added up for each part (ADR 0032)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners import filters
from partners.models import Assignment
from reports.rules.kpi_packs import Kpi, Report
from reports.rules.kpis import Amount, is_hidden
from reports.rules.measures import Unit
from reports.rules.periods import Period
from reports.rules.survey_figures import shown_parts
from reports.selectors.figures import (
    Moment,
    amounts_in,
    compiled,
    is_in_facts,
    parameters_in,
    parameters_of,
    rows_of,
    run,
    totals,
    with_scopes,
)
from reports.selectors.scope import ReportScope, ScopeKey
from reports.selectors.source import Thing
from reports.selectors.sources import FLOWS, STATES

MOST = 50
"""So many parts are told, those of the most rows; people are many."""
_FIELDS = {
    "stage": "stage",
    "segment": "facts__arr_segment",
    "tier": "facts__partner_tier",
    "engagement": "facts__engagement_tier",
    "gemstone": "facts__gemstone",
    "market": "market_segment",
    "country": "country",
    "kind": "kind",
}
DIMENSIONS: Mapping[str, str | Promise] = {
    filters.OWNER: gettext_lazy("Owner"),
    **{key: filters.BY_KEY[key].label for key in _FIELDS},
}
"""What a figure is broken down by: criteria of the lists, so that a part narrows the page to itself."""
_FACTS = """
SELECT organization_id, numerator, denominator FROM reports_dailyfact
 WHERE measure = %(measure)s AND day BETWEEN %(first_{number})s AND %(day_{number})s
   AND organization_id IN (SELECT id FROM scope)
"""
_PARTS = """
{scopes}, parts(id, part) AS ({parts}), sums(number, part, numerator, denominator) AS ({sums})
SELECT part, {name}, max(numerator) FILTER (WHERE number = 0), max(denominator) FILTER (WHERE number = 0),
       max(numerator) FILTER (WHERE number = 1), max(denominator) FILTER (WHERE number = 1)
  FROM sums GROUP BY part
 ORDER BY max(denominator) FILTER (WHERE number = 0) DESC NULLS LAST, part LIMIT {most}
"""
_PERSON = "(SELECT person.name FROM accounts_user person WHERE person.public_id = part::uuid)"
_SUM = """
SELECT {number}, parts.part, {totals}
  FROM ({rows}) found JOIN parts ON parts.id = found.{of} GROUP BY parts.part
"""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What the rows of one part come to in a period and in the one before; `key` is empty for what is not laid down."""

    key: str
    label: str
    amount: Amount
    before: Amount


def can_be_broken_down(report: Report, kpi: Kpi) -> bool:
    """Figures of the desk are not about organizations, in other reports too: nothing narrows them there."""
    source = FLOWS.get(kpi.measure.id) or STATES[kpi.measure.id]
    return not report.is_desk and bool(source.organization)


def is_of_people(kpi: Kpi, by: str) -> bool:
    """Rows that are assignments belong to their person alone, whoever else owns the organization."""
    return by == filters.OWNER and kpi.measure.id in STATES and STATES[kpi.measure.id].thing is Thing.ASSIGNMENT


def parts_of(scope: ReportScope, kpi: Kpi, period: Period, moment: Moment, by: str) -> tuple[Part, ...]:
    """The figure for each part, those of the most rows first, fifty at most.

    One statement, one more of recommending. An organization of several owners counts for each of them.
    """
    scopes, parameters = with_scopes(scope, [kpi.measure])
    of = "object_id" if is_of_people(kpi, by) else "organization_id"
    parts, places = _parts(scope, by, of)
    parameters |= parameters_of(moment) | places | {"measure": kpi.measure.id}
    sums = []
    for number, one in enumerate((period, period.previous())):
        parameters |= parameters_in(one, moment, suffix=f"_{number}")
        rows = (
            _FACTS.format(number=number)
            if is_in_facts(kpi, scope)
            else rows_of(kpi.measure, scoped=True, suffix=f"_{number}")
        )
        sums.append(_SUM.format(number=number, totals=totals(kpi.unit), rows=rows, of=of))
    name = _PERSON if by == filters.OWNER else "NULL"
    text = _PARTS.format(scopes=scopes, parts=parts, name=name, sums=" UNION ALL ".join(sums), most=MOST)
    found = run(text, parameters)
    told = _told_periods(scope, kpi, period, moment)
    now, before = (
        _told([_amount(*row[place : place + 2]) for row in found], kpi, is_told)
        for place, is_told in zip((2, 4), told, strict=True)
    )
    return tuple(
        Part(key=key, label=label or _("Not laid down"), amount=amount, before=earlier)
        for (key, label), amount, earlier in zip((_named(by, *row[:2]) for row in found), now, before, strict=True)
    )


def _amount(numerator: Decimal | None, denominator: Decimal | None) -> Amount:
    return Amount(numerator=numerator or Decimal(0), denominator=denominator or Decimal(0))


def _told_periods(scope: ReportScope, kpi: Kpi, period: Period, moment: Moment) -> tuple[bool, bool]:
    """Whether the parts of the period and of the one before may be told: their sum is that of the period."""
    if kpi.unit is not Unit.NPS:
        return True, True
    periods = (period, period.previous())
    amounts = amounts_in(scope, [kpi], periods, moment)
    return tuple(not is_hidden(amounts[one][kpi.sum_key], kpi.unit) for one in periods)  # type: ignore[return-value]


def _told(amounts: list[Amount], kpi: Kpi, is_told: bool) -> list[Amount]:
    """Of NPS no part of few answers, nor one that the whole less the others would tell."""
    if kpi.unit is not Unit.NPS:
        return amounts
    shown = shown_parts([int(one.denominator) for one in amounts])
    return [one if is_shown and is_told else Amount() for one, is_shown in zip(amounts, shown, strict=True)]


def _parts(scope: ReportScope, by: str, of: str) -> tuple[str, dict[str, Any]]:
    """Ids with the part that each is of, as text with its values; put together once, as the scope itself is."""
    if scope.key.is_asked_anew:
        return compiled(_keys(scope.key, scope.now, by, of), "part", columns=2)
    return _known_parts(scope.key, by, of)


@lru_cache(maxsize=1_024)
def _known_parts(key: ScopeKey, by: str, of: str) -> tuple[str, dict[str, Any]]:
    # No clock is asked for what is put together once.
    return compiled(_keys(key, datetime.min.replace(tzinfo=UTC), by, of), "part", columns=2)


def _keys(key: ScopeKey, now: datetime, by: str, of: str) -> Any:
    """Organizations with the part that each is of; assignments, past ones too, with their person."""
    if of == "object_id":
        return Assignment.objects.visible_to(key.actor).order_by().values_list("pk", "user__public_id")
    if by == filters.OWNER:
        held = Assignment.objects.visible_to(key.actor).active()
        role = key.query.get(filters.ROLE)
        held = held.filter(role=role) if role else held
        return held.order_by().values_list("organization_id", "user__public_id").distinct()
    return key.organizations(now).values_list("pk", _FIELDS[by])


def _named(by: str, part: Any, person: str | None) -> tuple[str, str]:
    """The key of a part and what it is called; both empty for what is not laid down."""
    if part in (None, ""):
        return "", ""
    return str(part), person or "" if by == filters.OWNER else filters.BY_KEY[by].word(str(part))

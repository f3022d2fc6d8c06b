"""How many tickets were opened, by queue, category, organization and hour of the day (spec/reports.md, Support)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from reports.rules.measures import MEASURES
from reports.rules.periods import Period
from reports.selectors.figures import Moment, parameters_in, parameters_of, rows_of, run, with_scopes
from reports.selectors.scope import ReportScope

MOST = 12
MEASURE = "tickets_created"
"""The measure that is counted here: its figure lists all rows."""
WAYS = ("queue", "category", "organization", "hour")
# The same rows as those behind the figure. At the desk the name and the address of an organization are read from its
# card (ADR 0023).
_COUNTS = f"""
{{scopes}}, opened AS (
    SELECT t.queue_id, t.category_id, t.organization_id,
           extract(hour FROM t.opened_at AT TIME ZONE %(zone)s)::int AS hour
      FROM ({{rows}}) found JOIN tickets_ticket t ON t.id = found.object_id
), added AS (
    SELECT CASE 0 WHEN grouping(queue_id) THEN 'queue' WHEN grouping(category_id) THEN 'category'
                  WHEN grouping(organization_id) THEN 'organization' ELSE 'hour' END AS way,
           queue_id, category_id, organization_id, hour, count(*) AS tickets
      FROM opened GROUP BY GROUPING SETS ((queue_id), (category_id), (organization_id), (hour))
), ranked AS (
    SELECT *, row_number() OVER (
               PARTITION BY way ORDER BY tickets DESC, queue_id, category_id, organization_id) AS turn FROM added
)
SELECT r.way, r.tickets, r.hour,
       coalesce(q.key, c.key, place.public_id::text, tickets_card(r.organization_id) ->> 'public_id', ''),
       coalesce(q.name, c.name, place.name, tickets_organization_name(r.organization_id), '')
  FROM ranked r LEFT JOIN tickets_queue q ON q.id = r.queue_id LEFT JOIN tickets_category c ON c.id = r.category_id
  LEFT JOIN partners_organization place ON place.id = r.organization_id
 WHERE r.way = 'hour' OR r.turn <= {MOST} ORDER BY r.way, r.hour, r.turn
"""  # noqa: S608 - fixed words


@dataclass(frozen=True, kw_only=True)
class Volume:
    """Tickets of one queue, category, organization or hour; `key` as lists of tickets spell it, empty for none."""

    key: str
    name: str
    hour: int
    tickets: int


def volume_of(scope: ReportScope, period: Period, moment: Moment) -> Mapping[str, list[Volume]]:
    """By each of WAYS the twelve with most, of hours all. One statement."""
    measure = MEASURES[MEASURE]
    scopes, parameters = with_scopes(scope, [measure])
    parameters |= parameters_of(moment) | parameters_in(period, moment)
    rows = rows_of(measure, scoped=True, is_desk=scope.report.is_desk)
    found: dict[str, list[Volume]] = defaultdict(list)
    for way, tickets, hour, key, name in run(_COUNTS.format(scopes=scopes, rows=rows), parameters):
        found[way].append(Volume(key=key, name=name, hour=hour or 0, tickets=tickets))
    return found

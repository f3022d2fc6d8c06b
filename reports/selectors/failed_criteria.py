"""The commonest failed criteria of a period: which sections of gates failed how often, and where."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse

from reports.rules.measures import MEASURES
from reports.rules.periods import Period
from reports.selectors.figures import Moment, parameters_in, parameters_of, rows_of, run, with_scopes
from reports.selectors.gate_sources import PLACES
from reports.selectors.journey_titles import criterion_in_words, stages_in_force
from reports.selectors.scope import ReportScope

MOST, WHERE = 10, 20
MEASURE = "criteria_failed"
"""The measure that is counted here: its figure lists all rows."""
# The same rows as those behind the figure, by gate and section; of each the latest with the places where they failed.
_COUNTS = f"""
{{scopes}}, failed AS (
    SELECT v.stage, s.result -> 'sections' -> (mod(found.object_id, {PLACES}) - 1)::int ->> 'section' AS section,
        found.day, found.organization_id, found.object_id
      FROM ({{rows}}) found JOIN partners_submission s ON s.id = found.object_id / {PLACES}
      JOIN partners_gatereview v ON v.id = s.review_id
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY stage, section ORDER BY day DESC, object_id DESC) AS turn FROM failed
)
SELECT r.stage, r.section, count(*), count(DISTINCT r.organization_id),
    jsonb_agg(jsonb_build_array(r.day, place.public_id, place.name) ORDER BY r.turn) FILTER (WHERE r.turn <= {WHERE})
  FROM ranked r JOIN partners_organization place ON place.id = r.organization_id
 GROUP BY r.stage, r.section ORDER BY count(*) DESC, count(DISTINCT r.organization_id) DESC, r.stage, r.section
 LIMIT {MOST}
"""  # noqa: S608 - fixed words


@dataclass(frozen=True, kw_only=True)
class FailedAt:
    """Where and when a criterion failed; `url` is that of the gate."""

    day: date
    organization: str
    url: str


@dataclass(frozen=True, kw_only=True)
class FailedCriterion:
    """How often it failed in the period, at how many organizations, and the latest twenty times.

    `key` is how an address names it: gate and section.
    """

    key: str
    label: str
    times: int
    organizations: int
    latest: tuple[FailedAt, ...]

    @property
    def others(self) -> int:
        """How many times are not listed."""
        return self.times - len(self.latest)


def failed_criteria(scope: ReportScope, period: Period, moment: Moment) -> tuple[FailedCriterion, ...]:
    """The ten that failed most often, in the reader's scope. Two statements, the second for their names."""
    scopes, parameters = with_scopes(scope)
    parameters |= parameters_of(moment) | parameters_in(period, moment)
    rows = run(_COUNTS.format(scopes=scopes, rows=rows_of(MEASURES[MEASURE], scoped=True)), parameters)
    stages = stages_in_force() if rows else {}
    return tuple(
        FailedCriterion(
            key=f"{stage}:{section}",
            label=criterion_in_words(stages, stage, f"section:{section}"),
            times=times,
            organizations=organizations,
            latest=tuple(
                FailedAt(
                    day=date.fromisoformat(day),
                    organization=name,
                    url=reverse("partners:gate", args=[UUID(public_id), stage]),
                )
                for day, public_id, name in json.loads(latest)
            ),
        )
        for stage, section, times, organizations, latest in rows
    )

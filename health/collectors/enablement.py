"""What the lower floor knows of enablement: trainings passed, practices taken up, integrations and their steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from health.collectors.organizations import HALF_A_YEAR, Rows, fetch, percent
from health.collectors.registry import collector
from partners.enablement_choices import IntegrationState, RecommendationState, TrainingResult, TrainingState

# In time is by the day first planned (partners.rules.integrations). What is done early counts from the day it is done.
_STEPS = """
SELECT s.organization_id, count(*) FILTER (WHERE s.done_on <= least(s.first_planned_on, %(day)s)), count(*)
FROM partners_integrationstep s JOIN partners_technicalintegration i ON i.id = s.integration_id
WHERE s.organization_id = ANY (%(ids)s::bigint[]) AND s.created_at <= %(at)s AND i.state <> %(stopped)s
    AND s.first_planned_on > %(day)s::date - %(half)s AND (s.first_planned_on < %(day)s OR s.done_on <= %(day)s)
GROUP BY 1
"""
_LIVE = """
SELECT organization_id, count(*) FILTER (WHERE state = %(live)s), count(*) FROM partners_technicalintegration
WHERE organization_id = ANY (%(ids)s::bigint[]) AND created_at <= %(at)s AND state <> %(stopped)s
GROUP BY 1
"""


@collector("integrations", "milestones_reached", "integrations_live")
def integrations(ids: Sequence[int], at: datetime) -> Rows:
    """Percent of the steps due in half a year that came in time, and of the integrations that are live."""
    stopped = {"stopped": IntegrationState.STOPPED}
    yield from percent("milestones_reached", fetch(_STEPS, ids, at, half=HALF_A_YEAR, **stopped))
    yield from percent("integrations_live", fetch(_LIVE, ids, at, live=IntegrationState.LIVE, **stopped))


# The last word on each of their people counts, as at gates; somebody who was not there has no result yet.
_PASSED = """
SELECT organization_id, count(*) FILTER (WHERE result <> %(failed)s), count(*)
FROM (
    SELECT DISTINCT ON (a.organization_id, a.contact_id) a.organization_id, a.result
    FROM partners_trainingattendee a JOIN partners_training t ON t.id = a.training_id
    JOIN partners_contact c ON c.id = a.contact_id
    WHERE a.organization_id = ANY (%(ids)s::bigint[]) AND t.state = %(held)s AND t.held_on <= %(day)s
        AND t.held_on > %(day)s::date - %(year)s AND a.result = ANY (%(told)s)
        AND (c.archived_at IS NULL OR c.archived_at > %(at)s)
    ORDER BY a.organization_id, a.contact_id, t.held_on DESC, a.id DESC
) last
GROUP BY 1
"""
_TOLD = [TrainingResult.ATTENDED.value, TrainingResult.PASSED.value, TrainingResult.FAILED.value]


@collector("trainings", "trainings_passed")
def trainings(ids: Sequence[int], at: datetime) -> Rows:
    """Percent of their people trained within a year who have not failed the last time."""
    sent = {"held": TrainingState.HELD, "failed": TrainingResult.FAILED, "told": _TOLD, "year": 365}
    return percent("trainings_passed", fetch(_PASSED, ids, at, **sent))


_ADOPTED = """
SELECT organization_id, count(*) FILTER (WHERE state = %(done)s AND closed_on <= %(day)s), count(*)
FROM partners_recommendation
WHERE organization_id = ANY (%(ids)s::bigint[]) AND proposed_on <= %(day)s
GROUP BY 1
"""


@collector("advice", "practices_adopted")
def advice(ids: Sequence[int], at: datetime) -> Rows:
    """Percent of all that was ever recommended that is done; what was declined counts as not done."""
    return percent("practices_adopted", fetch(_ADOPTED, ids, at, done=RecommendationState.DONE))

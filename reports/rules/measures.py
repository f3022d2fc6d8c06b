"""What can be measured, by name: the vocabulary between the pack `kpis` and the statements that make rows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How rows become a figure of a period."""

    FLOW = "flow"
    """Rows of the days of the period, added up."""
    STATE = "state"
    """Rows that hold at the end of the period; some look back to its first day, as the ledger of revenue does."""


class Unit(StrEnum):
    """What a figure is made of its rows, and how it is spelled."""

    COUNT = "count"
    """How many rows there are: the sum of the denominators."""
    PERCENT = "percent"
    """The share of what is counted of how many."""
    HOURS = "hours"
    """Seconds of what is counted, of how many: an average."""
    MEDIAN_DAYS = "median_days"
    """Of seconds, in days: half of the rows took no longer. Made of rows alone, parts cannot be added up."""
    P80_DAYS = "p80_days"
    """Of seconds, in days: four of five rows took no longer."""
    MOST_DAYS = "most_days"
    """Of seconds, in days: the row that took longest."""
    SCORE = "score"
    """Points of what is counted, of how many: an average."""
    NPS = "nps"
    """Promoters less detractors of how many, times a hundred: from -100 to 100."""
    MONEY = "money"
    """The sum of what is counted, in the reporting currency."""


PERCENTILES = {Unit.MEDIAN_DAYS: "0.5", Unit.P80_DAYS: "0.8", Unit.MOST_DAYS: "1"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """`units` are those that its rows can be read in. Commercial ones are read by those who read such fields.

    `is_of_shares`: each row brings a share or an amount, and is no case that is counted or not.
    """

    id: str
    way: Way
    units: frozenset[Unit]
    is_commercial: bool = False
    is_of_shares: bool = False


def _measure(name: str, way: Way, *units: Unit, is_commercial: bool = False, is_of_shares: bool = False) -> Measure:
    return Measure(id=name, way=way, units=frozenset(units), is_commercial=is_commercial, is_of_shares=is_of_shares)


PRIORITIES = ("critical", "high", "medium", "low")
BANDS = ("green", "yellow", "red", "grey")
GATES = ("pre_contract", "gate_0", "gate_1", "gate_2", "gate_3")
"""The stages of a partner that are left through a gate on the way to the launch."""
METRICS = {"uptime": 30, "order_success_rate": 30, "performance_targets_met": 90}
"""Metrics in percent that reports read, and over how many days: three times as long as their samples are apart."""
_SHARE = (Unit.PERCENT, Unit.COUNT)
_TIMES = (Unit.MEDIAN_DAYS, Unit.P80_DAYS, Unit.COUNT)

MEASURES: dict[str, Measure] = {
    measure.id: measure
    for measure in (
        _measure("tickets_created", Way.FLOW, Unit.COUNT),
        _measure("tickets_solved", Way.FLOW, Unit.COUNT, Unit.HOURS),
        _measure("responses_kept", Way.FLOW, *_SHARE),
        *(_measure(f"responses_kept_{priority}", Way.FLOW, *_SHARE) for priority in PRIORITIES),
        _measure("resolutions_kept", Way.FLOW, *_SHARE),
        _measure("csat_satisfied", Way.FLOW, *_SHARE),
        _measure("csat_score", Way.FLOW, Unit.SCORE, Unit.COUNT),
        _measure("csat_answered", Way.FLOW, *_SHARE),
        # Counted alone, its rows would tell what they bring.
        _measure("nps", Way.FLOW, Unit.NPS),
        _measure("check_ins_kept", Way.FLOW, *_SHARE),
        _measure("partners_live", Way.STATE, Unit.COUNT),
        _measure("partners_onboarding", Way.STATE, Unit.COUNT),
        *(_measure(f"partners_in_{gate}", Way.STATE, Unit.COUNT) for gate in GATES),
        _measure("gates_passed", Way.FLOW, Unit.COUNT),
        *(_measure(f"gate_time_{gate}", Way.FLOW, *_TIMES) for gate in GATES),
        *(_measure(f"gate_passed_{gate}", Way.FLOW, *_SHARE) for gate in GATES),
        *(_measure(f"gate_failed_{gate}", Way.FLOW, *_SHARE) for gate in GATES),
        _measure("gate_completed_gate_1", Way.FLOW, *_SHARE),
        _measure("criteria_failed", Way.FLOW, Unit.COUNT),
        _measure("waivers_granted", Way.FLOW, Unit.COUNT),
        _measure("waivers_expired", Way.FLOW, Unit.COUNT),
        _measure("waivers_open", Way.STATE, Unit.COUNT),
        _measure("launches", Way.FLOW, Unit.COUNT),
        _measure("launches_gone_well", Way.FLOW, *_SHARE),
        # Of days before the latest forecast nothing is known, which a count would call none.
        _measure("launch_at_risk", Way.STATE, Unit.PERCENT),
        _measure("launch_is_tight", Way.STATE, Unit.PERCENT),
        _measure("qualified_rightly", Way.FLOW, *_SHARE),
        _measure("pdm_partners", Way.STATE, Unit.SCORE),
        _measure("pdm_hours", Way.STATE, Unit.HOURS),
        _measure("pdm_utilization", Way.STATE, Unit.PERCENT, is_of_shares=True),
        _measure("test_transactions", Way.FLOW, *_SHARE),
        _measure("beta_succeeded", Way.FLOW, *_SHARE),
        _measure("metrics_validated", Way.FLOW, *_SHARE),
        _measure("support_ready", Way.FLOW, *_SHARE),
        _measure("integrations_live", Way.STATE, *_SHARE),
        _measure("integrations_on_time", Way.FLOW, *_SHARE),
        _measure("integration_steps_on_time", Way.FLOW, *_SHARE),
        _measure("handoffs_accepted_psm", Way.FLOW, *_SHARE),
        _measure("handoffs_returned_psm", Way.FLOW, Unit.COUNT),
        _measure("handoffs_in_time_psm", Way.FLOW, *_SHARE),
        _measure("csat_at_launch", Way.FLOW, Unit.SCORE, Unit.COUNT),
        *(_measure(f"metric_{key}", Way.STATE, Unit.PERCENT, is_of_shares=True) for key in METRICS),
        _measure("tickets_open", Way.STATE, Unit.COUNT),
        _measure("health_score", Way.STATE, Unit.SCORE),
        *(_measure(f"band_{band}", Way.STATE, Unit.PERCENT) for band in BANDS),
        _measure("features_adopted", Way.STATE, Unit.PERCENT),
        _measure("expansion_won", Way.FLOW, Unit.MONEY, Unit.COUNT, is_commercial=True),
        _measure("expansion_open", Way.STATE, Unit.MONEY, Unit.COUNT, is_commercial=True),
        # CSM
        _measure("accounts_here", Way.STATE, Unit.COUNT),
        _measure("plans_in_place", Way.STATE, *_SHARE),
        _measure("reviews_in_quarter", Way.STATE, *_SHARE),
        _measure("executives_known", Way.STATE, *_SHARE),
        _measure("value_reached", Way.STATE, *_SHARE),
        _measure("alerts_answered", Way.FLOW, *_SHARE),
        _measure("pipeline_qualified", Way.STATE, Unit.MONEY, Unit.COUNT, is_commercial=True),
        # Support
        _measure("first_responses_kept", Way.FLOW, *_SHARE),
        _measure("next_responses_kept", Way.FLOW, *_SHARE),
        _measure("tickets_escalated", Way.FLOW, *_SHARE),
        _measure("first_contact", Way.FLOW, *_SHARE),
        _measure("escalations_solved", Way.FLOW, *_SHARE),
        _measure("critical_response", Way.FLOW, Unit.HOURS, Unit.COUNT),
        _measure("tickets_age", Way.STATE, *PERCENTILES),
        _measure("quality_score", Way.FLOW, *_SHARE, is_of_shares=True),
        _measure("articles_published", Way.FLOW, Unit.COUNT),
        _measure("articles_read", Way.FLOW, Unit.COUNT),
        _measure("articles_helpful", Way.FLOW, *_SHARE),
        _measure("self_service", Way.FLOW, *_SHARE),
        _measure("trainings_done", Way.FLOW, *_SHARE),
        # Technical success
        _measure("technical_solved", Way.FLOW, Unit.HOURS, Unit.COUNT),
        _measure("escalation_response", Way.FLOW, Unit.HOURS, Unit.COUNT),
        _measure("escalation_solved", Way.FLOW, Unit.HOURS, Unit.COUNT),
        _measure("developers_satisfied", Way.FLOW, Unit.SCORE, Unit.COUNT),
        _measure("milestones_reached", Way.STATE, *_SHARE),
        _measure("integrations_documented", Way.STATE, *_SHARE),
        _measure("integrations_called", Way.STATE, *_SHARE),
        _measure("practices_adopted", Way.STATE, *_SHARE),
        _measure("optimizations_done", Way.STATE, *_SHARE),
        _measure("people_competent", Way.STATE, *_SHARE),
        _measure("grr", Way.STATE, Unit.PERCENT, is_commercial=True, is_of_shares=True),
        _measure("nrr", Way.STATE, Unit.PERCENT, is_commercial=True, is_of_shares=True),
        _measure("logos_kept", Way.STATE, Unit.PERCENT, is_commercial=True),
    )
}

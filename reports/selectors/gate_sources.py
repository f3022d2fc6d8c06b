"""Rows about gates: how long they took, what was submitted and how it came out, what failed, what was waived."""

from __future__ import annotations

from collections.abc import Mapping

from partners.choices import Stage
from partners.work_choices import ReviewOutcome, SubmissionOutcome
from reports.rules.measures import GATES
from reports.selectors.source import Source, Thing, day_of, select

PLACES = 100
"""A section of a submission has its place for a number, behind that of the submission."""


def _decided(numerator: str, more: str) -> Source:
    text = (
        select("v.organization_id", day_of("v.decided_at"), numerator, "1", "v.id")
        + f" FROM partners_gatereview v WHERE {{scope}} AND {{when}} AND v.decided_at IS NOT NULL AND {more}"
    )
    return Source(thing=Thing.REVIEW, organization="v.organization_id", at="v.decided_at", text=text)


def _time(gate: str) -> Source:
    return _decided("extract(epoch FROM v.decided_at - v.opened_at)", f"v.stage = '{gate}'")


def _came_out(gate: str, outcome: SubmissionOutcome) -> Source:
    """Submissions that passed or failed; one that waits for a person's judgment has not come out."""
    names = f"'{SubmissionOutcome.PASSED}', '{SubmissionOutcome.FAILED}'"
    text = (
        select("s.organization_id", day_of("s.submitted_at"), f"(s.outcome = '{outcome}')::int", "1", "s.id")
        + " FROM partners_submission s JOIN partners_gatereview v ON v.id = s.review_id"
        + f" WHERE {{scope}} AND {{when}} AND v.stage = '{gate}' AND s.outcome IN ({names})"
    )
    return Source(thing=Thing.SUBMISSION, organization="s.organization_id", at="s.submitted_at", text=text)


# A stay ends with its decision; of a partner that was archived at an open gate with that.
_ENDED_AT = "coalesce(v.decided_at, g.archived_at)"


def _completed(gate: str) -> Source:
    text = (
        select("v.organization_id", day_of(_ENDED_AT), f"(v.outcome = '{ReviewOutcome.PASSED}')::int", "1", "v.id")
        + " FROM partners_gatereview v JOIN partners_organization g ON g.id = v.organization_id"
        + f" WHERE {{scope}} AND {{when}} AND v.stage = '{gate}'"
    )
    return Source(thing=Thing.REVIEW, organization="v.organization_id", at=_ENDED_AT, text=text)


# A gate and a section of it alone ("gate_1:team"), where a reader asks for them.
_CRITERION = "%(criterion)s IN ('', v.stage || ':' || (part.body ->> 'section'))"
_CRITERIA = Source(
    thing=Thing.CRITERION,
    organization="s.organization_id",
    at="s.submitted_at",
    text=select("s.organization_id", day_of("s.submitted_at"), "1", "1", f"(s.id * {PLACES} + part.place)")
    + " FROM partners_submission s JOIN partners_gatereview v ON v.id = s.review_id"
    + " CROSS JOIN LATERAL jsonb_array_elements(s.result -> 'sections') WITH ORDINALITY part(body, place)"
    + f" WHERE {{scope}} AND {{when}} AND part.body ->> 'outcome' = 'failed' AND {_CRITERION}",
)


def _shown_at_first(*fields: str) -> Source:
    """Whether the rules on these answers held in the first version that was submitted at a gate.

    A journey that does not ask for all of them shows nothing of it. The answers themselves stay where they are.
    """
    names = ", ".join(f"'{field}'" for field in fields)
    broken = (
        "SELECT FROM jsonb_array_elements(s.result -> 'sections') part(body)"
        " CROSS JOIN LATERAL jsonb_array_elements(part.body -> 'broken') rule(body)"
        f" WHERE rule.body ->> 'field' IN ({names})"
    )
    text = (
        select("s.organization_id", day_of("s.submitted_at"), f"(NOT EXISTS ({broken}))::int", "1", "s.id")
        + f" FROM partners_submission s WHERE {{scope}} AND {{when}} AND s.number = 1 AND s.answers ?& array[{names}]"
    )
    return Source(thing=Thing.SUBMISSION, organization="s.organization_id", at="s.submitted_at", text=text)


def _waivers(at: str, more: str) -> Source:
    text = (
        select("w.organization_id", day_of(at), "1", "1", "w.id")
        + f" FROM partners_waiver w WHERE {{scope}} AND {{when}} AND {more}"
    )
    return Source(thing=Thing.WAIVER, organization="w.organization_id", at=at, text=text)


_WAIVERS_OPEN = Source(
    thing=Thing.WAIVER,
    organization="w.organization_id",
    text=select("w.organization_id", "%(day)s::date", "1", "1", "w.id")
    + " FROM partners_waiver w WHERE {scope} AND w.granted_at < %(until)s AND w.expires_at >= %(until)s"
    + " AND (w.revoked_at IS NULL OR w.revoked_at >= %(until)s)",
)

FLOWS: Mapping[str, Source] = {
    "gates_passed": _decided("1", f"v.outcome = '{ReviewOutcome.PASSED}'"),
    **{f"gate_time_{gate}": _time(gate) for gate in GATES},
    **{f"gate_passed_{gate}": _came_out(gate, SubmissionOutcome.PASSED) for gate in GATES},
    **{f"gate_failed_{gate}": _came_out(gate, SubmissionOutcome.FAILED) for gate in GATES},
    "gate_completed_gate_1": _completed(Stage.GATE_1),
    "criteria_failed": _CRITERIA,
    "test_transactions": _shown_at_first("test-transactions-successful"),
    "beta_succeeded": _shown_at_first("beta-testing-complete", "critical-issues-resolved"),
    "metrics_validated": _shown_at_first("operational-metrics-validated", "monitoring-dashboards-operational"),
    "support_ready": _shown_at_first("support-transition-complete"),
    "waivers_granted": _waivers("w.granted_at", "true"),
    # One that was taken back before its end did not run out; a later one in its place does not change that it did.
    "waivers_expired": _waivers("w.expires_at", "(w.revoked_at IS NULL OR w.revoked_at >= w.expires_at)"),
}
STATES: Mapping[str, Source] = {"waivers_open": _WAIVERS_OPEN}

"""The gates that an organization has behind it, as a summary: dates, decision, signers, open points; no answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.labels import role_short_label, stage_label
from partners.rules.gates import CRITERION, SECTION
from partners.rules.journeys import Journey, JourneyStage
from partners.selectors.gate_page import GatePage
from partners.selectors.gate_rows import ReviewRows, SubmissionRow
from partners.selectors.gate_words import OVERALL_LOOKS, Look, in_language
from partners.work_choices import ReviewOutcome


@dataclass(frozen=True, kw_only=True)
class Signer:
    name: str
    role_label: str
    signed_at: datetime


@dataclass(frozen=True, kw_only=True)
class GateSummary:
    """One decided gate. `open_points` are what was let pass: remarks, waivers, criteria that were not checked."""

    stage: str
    label: str
    opened_at: datetime
    decided_at: datetime | None
    is_overridden: bool
    look: Look
    decided_by: str
    reason: str
    signers: tuple[Signer, ...]
    open_points: tuple[str, ...]
    submissions: tuple[SubmissionRow, ...]

    @property
    def days(self) -> int | None:
        return (self.decided_at - self.opened_at).days if self.decided_at else None


_OVERRIDDEN = Look(label=ReviewOutcome.OVERRIDDEN.label, tone="warning", icon="alert-triangle")


def summaries(journey: Journey, reviews: Iterable[ReviewRows]) -> list[GateSummary]:
    """The decided ones among the reviews of an organization, the earliest first."""
    decided = [rows for rows in reviews if not rows.is_open]
    return [_summary(_stage(journey, rows.review.stage), rows) for rows in reversed(decided)]


def summary_of(gate: GatePage) -> GateSummary | None:
    """The same of one gate; None while it is open."""
    return _summary(gate.stage, gate.rows) if gate.rows is not None and not gate.rows.is_open else None


def _summary(stage: JourneyStage | None, rows: ReviewRows) -> GateSummary:
    review = rows.review
    is_overridden = review.outcome == ReviewOutcome.OVERRIDDEN
    names = {(one.name, one.role, one.signed_at) for row in rows.submissions.values() for one in row.signatures}
    signers = sorted(names, key=lambda one: one[2])
    return GateSummary(
        stage=review.stage,
        label=stage_label(review.stage),
        opened_at=review.opened_at,
        decided_at=review.decided_at,
        is_overridden=is_overridden,
        look=_OVERRIDDEN if is_overridden else OVERALL_LOOKS["passed"],
        decided_by=review.decided_by.name if review.decided_by else "",
        reason=review.reason,
        signers=tuple(
            Signer(name=name, role_label=role_short_label(role), signed_at=signed_at)
            for name, role, signed_at in signers
        ),
        open_points=tuple(_open_points(stage, review.decision)),
        submissions=tuple(rows.submissions.values()),
    )


def _open_points(stage: JourneyStage | None, decision: Mapping[str, Any]) -> Iterable[str]:
    for questionnaire in decision.get("questionnaires", ()):
        for section, outcome in questionnaire["sections"].items():
            if outcome == "remarks":
                yield _("%(section)s passed with remarks") % {"section": _section(stage, section)}
            elif outcome == "failed":
                yield _("%(section)s did not pass") % {"section": _section(stage, section)}
    for target in decision.get("waived", ()):
        yield _("%(what)s was waived") % {"what": target_in_words(stage, target)}
    for criterion in decision.get("skipped", ()):
        yield _("%(what)s was not checked: nothing in the hub knows it") % {"what": _criterion(stage, criterion)}


def target_in_words(stage: JourneyStage | None, target: str) -> str:
    """What a waiver is for, as the journey calls it."""
    if target.startswith(SECTION):
        return _section(stage, target.removeprefix(SECTION))
    return _criterion(stage, target.removeprefix(CRITERION))


def _section(stage: JourneyStage | None, section_id: str) -> str:
    found = stage.section(section_id) if stage else None
    return in_language(found.title) if found else section_id


def _criterion(stage: JourneyStage | None, criterion_id: str) -> str:
    found = stage.criterion(criterion_id) if stage else None
    return in_language(found.label) if found else criterion_id


def _stage(journey: Journey, stage: str) -> JourneyStage | None:
    return next((one for one in journey.stages if one.id == stage), None)

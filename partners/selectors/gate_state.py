"""How a gate stands at a moment, evaluated from what is stored: read by decisions, and by pages that show them.

What comes from here is not cut to what a reader may see: who shows it asks `selectors.answers` first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from partners import gate_checks
from partners.classification_policy import policy_in_force, policy_of_versions
from partners.journey_policy import journey_of_version
from partners.models import GateReview, Organization, SectionJudgment, Signature, Submission
from partners.models import Waiver as WaiverRow
from partners.rules.computed import Circumstances
from partners.rules.gates import SECTION, FactState, GateDecision, Waiver, decide_gate, unexpired
from partners.rules.journeys import Journey, JourneyStage, Questionnaire
from partners.rules.questionnaires import Judgment, QuestionnaireResult, evaluate


@dataclass(frozen=True, kw_only=True)
class GateState:
    """A gate with all that a decision on it reads. `submissions` are the current ones by questionnaire.

    `signatures` stand under these submissions; `decision` is None in the last stage, which has no gate.
    """

    review: GateReview
    organization: Organization
    journey: Journey
    stage: JourneyStage
    submissions: Mapping[str, Submission]
    signatures: tuple[Signature, ...]
    waivers: tuple[WaiverRow, ...]
    facts: Mapping[str, FactState]
    decision: GateDecision | None


def local_day(organization: Organization, now: datetime) -> date:
    """The day that the organization's own calendar shows at `now`."""
    return timezone.localdate(now, ZoneInfo(organization.timezone))


def journey_of_review(review: GateReview, kind: str) -> Journey:
    """The journey in the version that the review began with: one statement."""
    return journey_of_version(kind, review.journey_version)


def circumstances_today(organization: Organization, *, now: datetime) -> tuple[Circumstances, dict[str, Any]]:
    """Under what answers are evaluated now, and the same as JSON, to be kept with a submission: one statement."""
    today = local_day(organization, now)
    in_force = policy_in_force(today)
    around = Circumstances(today=today, kind=organization.kind, currency=organization.currency, policy=in_force.policy)
    return around, {"kind": organization.kind, "currency": organization.currency, "policies": in_force.versions}


def circumstances_of(submission: Submission) -> Circumstances:
    """Under what a submission was evaluated, whatever has changed since: its day, currency and policies."""
    kept = submission.result["around"]
    return Circumstances(
        today=submission.evaluated_on,
        kind=kept["kind"],
        currency=kept["currency"],
        policy=policy_of_versions(kept["policies"]),
    )


def evaluated(
    submission: Submission, questionnaire: Questionnaire, judgments: Mapping[str, Judgment]
) -> QuestionnaireResult:
    """A submission evaluated anew from its frozen answers, without waivers: those count as they are at a moment."""
    return evaluate(questionnaire, submission.answers, around=circumstances_of(submission), judgments=judgments)


def waivers_in_force(organization_id: int, stage: str, *, now: datetime) -> list[WaiverRow]:
    """The waivers that count at `now`: not revoked, not expired."""
    rows = WaiverRow.objects.filter(organization_id=organization_id, stage=stage, revoked_at__isnull=True)
    return list(rows.filter(expires_at__gt=now).select_related("granted_by").order_by("pk"))


def waived_sections(waivers: Sequence[WaiverRow], *, now: datetime) -> frozenset[str]:
    """The sections that these waivers let pass."""
    targets = unexpired(_as_rules(waivers), now=now)
    return frozenset(target.removeprefix(SECTION) for target in targets if target.startswith(SECTION))


def judgments_of(submission_ids: Sequence[int]) -> dict[int, dict[str, Judgment]]:
    """The latest word on every judged section, by submission: one statement."""
    found: dict[int, dict[str, Judgment]] = {pk: {} for pk in submission_ids}
    for row in SectionJudgment.objects.filter(submission_id__in=submission_ids).order_by("judged_at", "pk"):
        found[row.submission_id][row.section] = Judgment(is_passed=row.is_passed, reason=row.reason)
    return found


def gate_state(
    organization: Organization, review: GateReview, *, now: datetime, also_signed: frozenset[str] = frozenset()
) -> GateState:
    """How the gate of a review stands at `now`, evaluated anew; as if `also_signed` had signed everything as well."""
    journey = journey_of_review(review, organization.kind)
    stage = journey.stage(review.stage)
    submissions = current_submissions(review)
    signatures = tuple(
        Signature.objects.filter(submission__in=[row.pk for row in submissions.values()])
        .select_related("signer", "submission")
        .order_by("signed_at", "pk")
    )
    waivers = waivers_in_force(organization.pk, review.stage, now=now)
    facts = gate_checks.facts_of(stage, organization=organization, review=review, now=now)
    decision = None
    if stage.has_gate:
        decision = decide_gate(
            stage,
            results=_results(stage, submissions),
            facts=facts,
            waivers=_as_rules(waivers),
            signatures=signed_roles(submissions, signatures) | also_signed,
            now=now,
        )
    return GateState(
        review=review,
        organization=organization,
        journey=journey,
        stage=stage,
        submissions=submissions,
        signatures=signatures,
        waivers=tuple(waivers),
        facts=facts,
        decision=decision,
    )


def current_submissions(review: GateReview) -> dict[str, Submission]:
    """The submissions of a review that no later version has superseded, by questionnaire."""
    rows = Submission.objects.filter(review=review, superseded_at__isnull=True).select_related("submitted_by")
    return {row.questionnaire: row for row in rows.order_by("pk")}


def signed_roles(submissions: Mapping[str, Submission], signatures: Sequence[Signature]) -> frozenset[str]:
    """The roles whose signature stands under every one of these submissions."""
    under: dict[int, set[str]] = {row.pk: set() for row in submissions.values()}
    for signature in signatures:
        under[signature.submission_id].add(signature.role)
    return frozenset(set.intersection(*under.values())) if under else frozenset()


def _results(stage: JourneyStage, submissions: Mapping[str, Submission]) -> dict[str, QuestionnaireResult]:
    judgments = judgments_of([row.pk for row in submissions.values()])
    return {
        questionnaire.id: evaluated(row, questionnaire, judgments[row.pk])
        for questionnaire in stage.questionnaires
        if (row := submissions.get(questionnaire.id)) is not None
    }


def _as_rules(waivers: Sequence[WaiverRow]) -> list[Waiver]:
    return [Waiver(target=row.criterion, expires_at=row.expires_at) for row in waivers]

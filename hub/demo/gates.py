"""The gates of the demo world: how every stage that is behind was left, and how far the present gate is.

Past gates take a way of their own, since four hundred and fifty of them through the use cases would take a minute:
their answers are evaluated by the same rules, and the same rows are written: a frozen submission with its hash,
judgments, waivers where a rule does not hold, the signatures of who owned each role then, the decided review, the lines
of timeline and trail. There is no draft behind them, and the checks of rights are left out: who signs is chosen so that
they may. The organization is then moved by the use case. Present gates go through the use cases alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

from django.utils.translation import gettext as _

from accounts.labels import role_label, stage_label
from accounts.services import activity
from accounts.services.activity import Happening
from hub.demo.gate_answers import answers_to
from hub.demo.gate_sayings import FIRST_NO, JUDGED, WAIVED
from hub.demo.people import Crew
from partners.choices import EntryKind
from partners.journey_policy import journey_of_version
from partners.models import GateReview, Organization, SectionJudgment, Signature, Submission, Task, Waiver
from partners.rules.gate_records import decision_as_data, result_as_data
from partners.rules.gates import SECTION, FactState, GateOutcome, decide_gate
from partners.rules.gates import Waiver as WaiverRule
from partners.rules.journeys import Journey, JourneyStage, Questionnaire
from partners.rules.questionnaires import Judgment, Outcome, QuestionnaireResult, evaluate
from partners.selectors.gate_state import circumstances_today, local_day
from partners.selectors.gate_words import in_language
from partners.selectors.submission_content import hash_of
from partners.services import timeline
from partners.work_choices import OPEN_TASKS, ReviewOutcome, SignatureKind, SubmissionOutcome, TaskState

_BROWSERS = ("Firefox 150 on Linux", "Chrome 154 on Windows", "Safari 26 on macOS")
_HOUR = timedelta(hours=1)


@dataclass(kw_only=True)
class Leaving:
    """An organization at the moment in which it leaves a stage: who owns it in which role by then, and its turn."""

    organization: Organization
    review: GateReview
    owners: Mapping[str, str]
    crew: Crew
    turn: int
    at: datetime
    tried: list[Submission] = field(default_factory=list)
    """Versions that failed before the one that passed."""

    @cached_property
    def journey(self) -> Journey:
        """In the version that the review keeps."""
        return journey_of_version(self.organization.kind, self.review.journey_version)

    @property
    def stage(self) -> JourneyStage:
        """The stage that is left."""
        return self.journey.stage(self.review.stage)

    @property
    def decider(self) -> str:
        """Whose signature was the last one; of a gate that nobody signs, who takes over."""
        roles = (*reversed(self.stage.signers), "csm")
        return next(self.owners[role] for role in roles if role in self.owners)

    @property
    def submitted_at(self) -> datetime:
        """A while before, but not before the gate was opened."""
        return max(self.review.opened_at, self.at - 5 * _HOUR)

    @property
    def tried_at(self) -> datetime:
        """When it was submitted before, and failed."""
        return self.submitted_at - timedelta(days=2 + self.turn % 4)


def open_review_of(organization: Organization) -> GateReview:
    """The review of the present gate, opened when the organization came here."""
    found: GateReview = GateReview.objects.get(organization=organization, decided_at__isnull=True)
    return found


def pass_gate(leaving: Leaving) -> GateReview:
    """Write how the gate of a past stage was passed; returns the decided review, by which the stage is left."""
    journey, stage = leaving.journey, leaving.stage
    results: dict[str, QuestionnaireResult] = {}
    waivers: list[Waiver] = []
    submissions: list[Submission] = []
    for questionnaire in stage.questionnaires:
        submission, result, given = _submitted(leaving, questionnaire)
        submissions.append(submission)
        results[questionnaire.id] = result
        waivers += given
    signatures = list(_signed(leaving, stage, submissions))
    Signature.objects.bulk_create(signatures)
    _settle_tasks(leaving)
    _stamp(leaving, journey, stage, results, submissions, signatures, waivers)
    _tell(leaving, stage, submissions, signatures)
    return leaving.review


def facts_about(organization: Organization) -> dict[str, Any]:
    """What the record of an organization answers, by the names of sources."""
    names = ("name", "country", "ccv", "country_lrp", "arr", "target_launch_on")
    return {f"organization.{name}": getattr(organization, name) for name in names}


def _submitted(leaving: Leaving, questionnaire: Questionnaire) -> tuple[Submission, QuestionnaireResult, list[Waiver]]:
    """One frozen submission that passes, with the judgments and waivers by which it does."""
    organization, at = leaving.organization, leaving.submitted_at
    today = local_day(organization, at)
    answers = answers_to(questionnaire, facts=facts_about(organization), turn=leaving.turn, today=today)
    around, kept = circumstances_today(organization, now=at)
    judgments = {
        section.id: Judgment(is_passed=True, reason=JUDGED[leaving.turn % len(JUDGED)])
        for section in questionnaire.sections
        if section.is_manual
    }
    before = _failed_before(leaving, questionnaire, answers)
    if before is not None:
        failed_result = evaluate(questionnaire, before, around=around, judgments=judgments)
        leaving.tried.append(_frozen(leaving, questionnaire, before, failed_result, kept, is_superseded=True))
    result = evaluate(questionnaire, answers, around=around, judgments=judgments)
    waivers: list[Waiver] = []
    if result.overall.value != "passed":
        failed = [section.section for section in result.sections if section.outcome is Outcome.FAILED]
        waivers = [_waived(leaving, f"{SECTION}{section}") for section in failed]
        result = evaluate(questionnaire, answers, around=around, judgments=judgments, waived=frozenset(failed))
    submission = _frozen(leaving, questionnaire, answers, result, kept, number=1 if before is None else 2)
    SectionJudgment.objects.bulk_create(
        SectionJudgment(
            organization=organization,
            submission=submission,
            section=section,
            is_passed=judged.is_passed,
            reason=judged.reason,
            judged_by=submission.submitted_by,
            judged_at=at + _HOUR,
        )
        for section, judged in judgments.items()
    )
    return submission, result, waivers


def _failed_before(
    leaving: Leaving, questionnaire: Questionnaire, answers: Mapping[str, str]
) -> Mapping[str, str] | None:
    """The answers of a first version that failed, of every third gate that stood open for long enough."""
    noes = FIRST_NO.get(questionnaire.id, ())
    is_third = (leaving.turn + len(leaving.stage.id)) % 3 == 0
    if not noes or not is_third or leaving.tried_at <= leaving.review.opened_at:
        return None
    return {**answers, **dict.fromkeys(noes[leaving.turn % len(noes)], "no")}


def _frozen(
    leaving: Leaving,
    questionnaire: Questionnaire,
    answers: Mapping[str, str],
    result: QuestionnaireResult,
    around: Mapping[str, Any],
    *,
    number: int = 1,
    is_superseded: bool = False,
) -> Submission:
    """The version that was signed, with its hash; or one before it, which failed."""
    at = leaving.tried_at if is_superseded else leaving.submitted_at
    organization, today = leaving.organization, local_day(leaving.organization, at)
    made: Submission = Submission.objects.create(
        organization=organization,
        review=leaving.review,
        questionnaire=questionnaire.id,
        number=number,
        journey_version=leaving.journey.version,
        answers={**answers, **{field: answer.text for field, answer in result.computed.items()}},
        evaluated_on=today,
        submitted_by=leaving.crew.users[_submitter(leaving, leaving.stage)],
        submitted_at=at,
        superseded_at=leaving.submitted_at if is_superseded else None,
        content_hash=hash_of(
            organization,
            questionnaire,
            number=number,
            journey_version=leaving.journey.version,
            evaluated_on=today,
            answers=answers,
            computed=result.computed,
            sources={},
            evidence=(),
        ),
        outcome=SubmissionOutcome(result.overall.value),
        result=result_as_data(result) | {"around": dict(around)},
    )
    return made


def _submitter(leaving: Leaving, stage: JourneyStage) -> str:
    roles = (stage.lead_role, *stage.signers, "pam", "csm")
    return next((leaving.owners[role] for role in roles if role in leaving.owners), "admin")


def _waived(leaving: Leaving, target: str) -> Waiver:
    at = max(leaving.review.opened_at, leaving.submitted_at - _HOUR)
    made: Waiver = Waiver.objects.create(
        organization=leaving.organization,
        stage=leaving.review.stage,
        criterion=target,
        reason=WAIVED[leaving.turn % len(WAIVED)],
        granted_by=leaving.crew.users["admin"],
        granted_at=at,
        expires_at=leaving.at + timedelta(days=30),
    )
    return made


def _signed(leaving: Leaving, stage: JourneyStage, submissions: list[Submission]) -> Iterator[Signature]:
    """One signature a role, the last one at the moment of leaving."""
    for submission in submissions:
        for place, role in enumerate(stage.signers):
            signer = leaving.crew.users[leaving.owners[role]]
            is_last = place == len(stage.signers) - 1
            yield Signature(
                organization=leaving.organization,
                submission=submission,
                signer=signer,
                role=role,
                kind=SignatureKind.TYPED,
                name=signer.name,
                ip=f"192.0.2.{leaving.turn % 200 + 1}",
                browser=_BROWSERS[leaving.turn % len(_BROWSERS)],
                content_hash=submission.content_hash,
                signed_at=leaving.at if is_last else min(leaving.submitted_at + 2 * _HOUR, leaving.at),
            )


def _settle_tasks(leaving: Leaving) -> None:
    """What a past gate had to do was done."""
    Task.objects.filter(review=leaving.review, state__in=OPEN_TASKS).update(
        state=TaskState.DONE, done_at=leaving.submitted_at, done_by_id=leaving.crew.users[leaving.decider].pk
    )


def _stamp(
    leaving: Leaving,
    journey: Journey,
    stage: JourneyStage,
    results: Mapping[str, QuestionnaireResult],
    submissions: list[Submission],
    signatures: list[Signature],
    waivers: list[Waiver],
) -> None:
    facts = {known.id: FactState(is_met=True) for known in stage.criteria if known.fact in _KNOWN}
    decision = decide_gate(
        stage,
        results=results,
        facts=facts,
        waivers=[WaiverRule(target=row.criterion, expires_at=row.expires_at) for row in waivers],
        signatures={row.role for row in signatures} or set(stage.signers),
        now=leaving.at,
    )
    if decision.outcome is not GateOutcome.PASSED:
        raise ValueError(f"{leaving.organization.name} cannot leave {stage.id}: {decision.blockers}")
    review = leaving.review
    review.outcome, review.decided_at = ReviewOutcome.PASSED, leaving.at
    review.decided_by = leaving.crew.users[leaving.decider]
    review.decision = decision_as_data(stage, decision, facts) | {
        "journey": {"kind": journey.kind, "version": journey.version},
        "submissions": [_about(row) for row in submissions],
        "signatures": [{"role": row.role, "name": row.name, "signer_id": row.signer_id} for row in signatures],
        "waivers": [{"id": str(row.public_id), "criterion": row.criterion} for row in waivers],
    }
    review.save(update_fields=["outcome", "decided_at", "decided_by", "decision"])


_KNOWN = ("handoff_accepted", "required_tasks_done", "next_owner_named")


def _about(row: Submission) -> dict[str, Any]:
    return {
        "id": str(row.public_id),
        "questionnaire": row.questionnaire,
        "number": row.number,
        "content_hash": row.content_hash,
        "evaluated_on": row.evaluated_on.isoformat(),
    }


def _tell(leaving: Leaving, stage: JourneyStage, submissions: list[Submission], signatures: list[Signature]) -> None:
    """The lines of the timeline and of the trail that the use cases would have written."""
    organization, by = leaving.organization, leaving.crew.actors[leaving.decider]
    line = partial(timeline.line, organization=organization, kind=EntryKind.GATE)
    lines = []
    for row in leaving.tried:
        submitter = leaving.crew.actors[_submitter(leaving, stage)]
        title = _("%(name)s submitted and failed") % {"name": in_language(stage.questionnaires[0].name)}
        lines.append(line(title=title, at=row.submitted_at, by=submitter, target=row))
    for row in submissions:
        name = in_language(stage.questionnaires[0].name)
        submitter = leaving.crew.actors[_submitter(leaving, stage)]
        title = _("%(name)s submitted and passed; it waits for signatures") % {"name": name}
        lines.append(line(title=title, at=row.submitted_at, by=submitter, target=row))
        for signed in (one for one in signatures if one.submission_id == row.pk):
            signer = leaving.crew.actors[leaving.owners[signed.role]]
            title = _("%(name)s signed as %(role)s") % {"name": name, "role": role_label(signed.role)}
            lines.append(line(title=title, at=signed.signed_at, by=signer, target=row))
    title = _("%(stage)s passed") % {"stage": stage_label(stage.id)}
    lines.append(line(title=title, at=leaving.at, by=by, target=leaving.review))
    timeline.push_many(lines)
    activity.record_many(
        verb="gate.passed",
        happenings=[
            Happening(
                target=leaving.review,
                organization_id=organization.pk,
                changes={"outcome": [None, leaving.review.outcome], "stage": [None, stage.id]},
            )
        ],
        actor_id=by.user_id,
        actor_name=by.name,
        now=leaving.at,
    )

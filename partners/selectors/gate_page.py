"""One gate in the hands of its reader: the review, the journey it is pinned to, and what one may do about it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.labels import role_short_label, stage_label
from accounts.rules.access import Right, can, decide
from partners.classification_policy import PolicyInForce, policy_in_force
from partners.journey_policy import journey_in_force, journey_of_version
from partners.rules.computed import Circumstances
from partners.rules.gates import SECTION
from partners.rules.journeys import Journey, JourneyStage, Questionnaire
from partners.rules.questionnaires import Judgment, QuestionnaireResult, evaluate
from partners.selectors.answers import answers_open
from partners.selectors.gate_rows import ReviewRows, SubmissionRow, review_rows
from partners.selectors.gate_words import in_language
from partners.selectors.page import OrganizationPage


@dataclass(frozen=True, kw_only=True)
class SignerState:
    """One role that signs: who holds it today, and who signed for it when."""

    role: str
    label: str
    holders: tuple[str, ...]
    signed_by: str = ""
    signed_at: object = None


@dataclass(frozen=True)
class GatePage:
    """A stage of an organization with its gate. `rows` is None where no review was opened: the stage lies ahead."""

    page: OrganizationPage
    journey: Journey
    stage: JourneyStage
    rows: ReviewRows | None

    @property
    def label(self) -> str:
        return stage_label(self.stage.id)

    @property
    def name(self) -> str:
        """The stage as the journey calls it."""
        return in_language(self.stage.label) or self.label

    @property
    def is_present(self) -> bool:
        """The organization stands here and the gate is not decided."""
        return self.page.row.stage == self.stage.id and self.rows is not None and self.rows.is_open

    @cached_property
    def today(self) -> date:
        """The organization's local day: what rules count from."""
        return timezone.localdate(self.page.now, ZoneInfo(self.page.organization.timezone))

    @cached_property
    def may_work(self) -> bool:
        """Draft and submit: who works on the organization in this stage, while it stands here."""
        return self._may_act and decide(self.page.actor, Right.WORK, self.page.subject).allowed

    @cached_property
    def sign_roles(self) -> tuple[str, ...]:
        """The roles in which the reader may sign here: assigned, held today, and named by the journey."""
        actor, subject = self.page.actor, self.page.subject
        if not self._may_act or actor.user_id is None:
            return ()
        held = {tie.role for tie in subject.active_ties_of(frozenset({actor.user_id}))} & actor.active_roles
        stages = {role: actor.policy.stages(role, subject.kind, Right.SIGN) for role in held}
        return tuple(role for role in self.stage.signers if self.stage.id in stages.get(role, ()))

    @cached_property
    def may_judge(self) -> bool:
        return bool(self.sign_roles)

    @cached_property
    def may_override(self) -> bool:
        return self._may_act and self.stage.has_gate and can(self.page.actor, "override_gate", self.page.subject)

    @cached_property
    def may_waive(self) -> bool:
        return self._may_act and can(self.page.actor, "grant_waiver", self.page.subject)

    @property
    def may_ask_waiver(self) -> bool:
        """Whoever works here asks those who grant waivers."""
        return self.may_work and not self.may_waive

    @cached_property
    def may_decide(self) -> bool:
        """Gates that nobody signs are decided by those who work here or take over in the next stage."""
        after = self.journey.next_stage(self.stage.id)
        if self.stage.signers or after is None or not self._may_act:
            return False
        taking_over = replace(self.page.subject, access_stage=after.id)
        return self.may_work or decide(self.page.actor, Right.WORK, taking_over).allowed

    @cached_property
    def shows_answers(self) -> bool:
        """Answers of the present stage to whoever opens it in full; of earlier ones by role or context grant."""
        page = self.page
        # Grants are read where they matter alone.
        subject = page.subject if page.row.stage == self.stage.id else page.subject_with_grants
        return answers_open(page.actor, subject, self.stage.id, now=page.now)

    @cached_property
    def in_force(self) -> PolicyInForce:
        """Tiers and rates of the organization's day: one statement."""
        return policy_in_force(self.today)

    @cached_property
    def around(self) -> Circumstances:
        row = self.page.row
        return Circumstances(today=self.today, kind=row.kind, currency=row.currency, policy=self.in_force.policy)

    @property
    def waived(self) -> frozenset[str]:
        """The sections that waivers let pass at this moment."""
        rows = self.rows.waivers if self.rows else ()
        in_force = (row.criterion for row in rows if self.page.now < row.expires_at)
        return frozenset(target.removeprefix(SECTION) for target in in_force if target.startswith(SECTION))

    def questionnaire(self, questionnaire_id: str) -> Questionnaire | None:
        return next((one for one in self.stage.questionnaires if one.id == questionnaire_id), None)

    def evaluated(self, questionnaire: Questionnaire, answers: dict[str, str]) -> QuestionnaireResult:
        """What would come of these answers now; judgments of the last version are none of a new one."""
        return evaluate(questionnaire, answers, around=self.around, waived=self.waived)

    def signers(self, submission: SubmissionRow | None) -> list[SignerState]:
        """Who signs, in order, with what was signed of one submission."""
        signed = {one.role: one for one in submission.signatures} if submission else {}
        return [
            SignerState(
                role=role,
                label=role_short_label(role),
                holders=tuple(owner.name for owner in self.page.row.owners_in(role)),
                signed_by=signed[role].name if role in signed else "",
                signed_at=signed[role].signed_at if role in signed else None,
            )
            for role in self.stage.signers
        ]

    def missing(self, submission: SubmissionRow | None) -> tuple[str, ...]:
        """The roles that have still to sign."""
        return tuple(one.role for one in self.signers(submission) if not one.signed_by)

    def others_missing(self, submission: SubmissionRow | None) -> bool:
        """Whether somebody else than the reader has still to sign: whom one could remind."""
        holders = (owner for role in self.missing(submission) for owner in self.page.row.owners_in(role))
        return any(owner.user_id != self.page.actor.user_id for owner in holders)

    @property
    def _may_act(self) -> bool:
        return self.is_present and not self.page.is_archived


def judgments_of(submission: SubmissionRow) -> dict[str, Judgment]:
    """The judgments of a submission as the rules take them."""
    return {
        section: Judgment(is_passed=row.is_passed, reason=row.reason) for section, row in submission.judgments.items()
    }


def gate_page(page: OrganizationPage, stage: str) -> GatePage | None:
    """The gate of a stage of an organization, None where its journey has no such stage: two statements."""
    today = timezone.localdate(page.now, ZoneInfo(page.organization.timezone))
    rows = next(iter(review_rows(page.actor, page.organization, today=today, stage=stage)), None)
    journey = journey_for(page, rows)
    found = next((one for one in _stages(journey) if one.id == stage), None)
    return GatePage(page, journey, found, rows) if journey is not None and found is not None else None


def journey_for(page: OrganizationPage, rows: ReviewRows | None) -> Journey | None:
    """The version that a review is pinned to, else the one in force: one statement."""
    if rows is not None:
        return journey_of_version(page.row.kind, rows.review.journey_version)
    return journey_in_force(page.row.kind)


def _stages(journey: Journey | None) -> Iterator[JourneyStage]:
    return iter(journey.stages if journey is not None else ())

"""The gates at which the demo's organizations stand today: half filled in most of them, some with a story of their own.

All of it by the use cases, each at its moment; only the answers of half-filled drafts are written at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.demo.gate_answers import answers_to
from hub.demo.gate_sayings import ASKED_WAIVER, JUDGED, WAIVED
from hub.demo.gates import facts_about
from hub.demo.happenings import World
from hub.demo.people import Crew
from partners.journey_policy import journey_of_version
from partners.models import Assignment, Draft, DraftAnswer, GateReview, Organization, Submission
from partners.rules.journeys import JourneyStage, Questionnaire
from partners.selectors.gate_state import local_day
from partners.services import drafts, judgments, signatures, submissions, waiver_requests, waivers
from partners.work_choices import SignatureKind

_BROWSER = "Firefox 150 on Linux"


@dataclass(frozen=True, kw_only=True)
class Story:
    """How far a gate has come beyond a half-filled draft. `answers` are those that make it so; a waiver for `ask` is
    asked for and waits, one for `waive` was asked for and granted."""

    answers: Mapping[str, str] = field(default_factory=dict)
    waive: str = ""
    ask: str = ""
    judge: bool = False
    signers: tuple[str, ...] = ()


STORIES: Mapping[tuple[str, int], Story] = {
    # Passes by a waiver of its classification; the PAM has still to sign.
    ("pre_contract", 2): Story(waive="section:strategic-classification"),
    # Judged and signed by the PDM; the PAM has still to co-sign.
    ("gate_0", 0): Story(judge=True, signers=("pdm",)),
    # Failed: no contract yet, a launch too far away, no team.
    ("gate_0", 2): Story(
        answers={
            "contract-signed": "no",
            "team-commitment-confirmed": "no",
            "operational-readiness-score": "low",
            "target-launch-date": "far",
        },
        ask="section:partner-team",
    ),
    # Three sections pass, and a person's judgment decides whether there are four.
    ("gate_0", 5): Story(answers={"operational-readiness-score": "low"}),
    ("gate_1", 9): Story(),
    ("gate_2", 10): Story(),
    # Signed by the PSM; the PAM waits for the handoff.
    ("gate_3", 3): Story(signers=("psm",)),
    ("integrate", 5): Story(signers=("integration",)),
}


def fill_present_gates(world: World, *, crew: Crew, now: datetime) -> None:
    """Begin, fill in and, where there is a story, go on with the present gate of every organization."""
    under_way = {review.organization_id: review for review in GateReview.objects.filter(decided_at__isnull=True)}
    for plan, organization in world.values():
        review = under_way[organization.pk]
        stage = journey_of_version(organization.kind, review.journey_version).stage(review.stage)
        if not stage.questionnaires:
            continue
        gate = _Gate(organization, review, stage, crew, plan.number, now)
        story = STORIES.get((plan.stage, plan.place))
        if story is not None:
            gate.tell(story)
        # Every sixth has just arrived, and nobody has begun.
        elif plan.place % 6 != 5:
            gate.fill(share=15 + (plan.number * 23) % 75)


class _Gate:
    """A present gate while it is being filled in."""

    def __init__(
        self,
        organization: Organization,
        review: GateReview,
        stage: JourneyStage,
        crew: Crew,
        turn: int,
        now: datetime,
    ) -> None:
        self.organization, self.review, self.stage = organization, review, stage
        self.crew, self.turn, self.now = crew, turn, now
        self.asked: Questionnaire = stage.questionnaires[0]
        held = Assignment.objects.active().filter(organization=organization, is_primary=True)
        people = {user.pk: key for key, user in crew.users.items()}
        self.owners = {role: people[user_id] for role, user_id in held.values_list("role", "user_id")}

    def at(self, share: float) -> datetime:
        """A moment of the stay so far: 0 its beginning, 1 now."""
        return self.review.opened_at + (self.now - self.review.opened_at) * share

    def fill(self, *, share: int, answers: Mapping[str, str] | None = None) -> Draft | None:
        """Begin the draft and answer so many percent of it; None where nobody is there to do it."""
        who = next((self.owners[role] for role in (self.stage.lead_role, "pam", "csm") if role in self.owners), None)
        if who is None:
            return None
        by, at = self.crew.actors[who], self.at(0.4)
        draft = drafts.begin(review=self.review, questionnaire=self.asked.id, by=by, now=at)
        found = self._answers(at)
        wanted = list(found.items())[: max(len(found) * share // 100, 1)]
        known = set(draft.answers.values_list("field", flat=True))
        DraftAnswer.objects.bulk_create(
            DraftAnswer(
                organization=self.organization,
                draft=draft,
                field=name,
                value=value,
                updated_by_id=by.user_id,
                updated_at=self.at(0.5 + 0.3 * place / len(wanted)),
            )
            for place, (name, value) in enumerate(wanted)
            if name not in known
        )
        versions = dict(draft.answers.values_list("field", "version"))
        for name, value in (answers or {}).items():
            drafts.save_answer(
                draft=draft, field=name, value=value, base_version=versions.get(name, 0), by=by, now=self.at(0.85)
            )
        return draft

    def tell(self, story: Story) -> None:
        """Submit, and go on as far as the story does."""
        today = local_day(self.organization, self.at(0.9))
        far = (today + timedelta(days=500)).isoformat()
        soon = (today + timedelta(days=120)).isoformat()
        answers = {"target-launch-date": soon} if self.asked.field("target-launch-date") else {}
        answers |= {name: far if value == "far" else value for name, value in story.answers.items()}
        draft = self.fill(share=100, answers=answers)
        if draft is None:
            return
        if story.waive:
            self._waive(story.waive)
        by = self.crew.actors[self.owners.get(self.stage.lead_role) or self.owners["pam"]]
        submission = submissions.submit(draft=draft, by=by, now=self.at(0.9))
        if story.ask:
            self._ask(story.ask, share=0.92)
        self._go_on(submission, story)

    def _go_on(self, submission: Submission, story: Story) -> None:
        manual = [section.id for section in self.asked.sections if section.is_manual]
        for section in manual if story.judge else ():
            judgments.judge(
                submission=submission,
                section=section,
                is_passed=True,
                reason=JUDGED[self.turn % len(JUDGED)],
                by=self.crew.actors[self.owners["pdm"]],
                now=self.at(0.93),
            )
        for role in story.signers:
            by = self.crew.actors[self.owners[role]]
            signatures.sign(
                submission=submission,
                role=role,
                kind=SignatureKind.TYPED,
                name=by.name,
                ip="192.0.2.14",
                browser=_BROWSER,
                by=by,
                now=self.at(0.95),
            )

    def _ask(self, criterion: str, *, share: float) -> None:
        by = self.crew.actors[self.owners.get(self.stage.lead_role) or self.owners["pam"]]
        at = self.at(share)
        waiver_requests.ask(by=by, review=self.review, criterion=criterion, reason=ASKED_WAIVER, now=at)

    def _waive(self, criterion: str) -> None:
        self._ask(criterion, share=0.86)
        waivers.grant(
            organization=self.organization,
            stage=self.review.stage,
            criterion=criterion,
            reason=WAIVED[0],
            expires_at=self.now + timedelta(days=45),
            by=self.crew.actors["admin"],
            now=self.at(0.88),
        )

    def _answers(self, at: datetime) -> dict[str, str]:
        # The use cases wrote to the organization since it was made.
        self.organization.refresh_from_db()
        today = local_day(self.organization, at)
        return answers_to(self.asked, facts=facts_about(self.organization), turn=self.turn, today=today)

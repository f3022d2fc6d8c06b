"""What a gate needs and what of it is there: criteria, questionnaires, tasks, handoff, signatures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.labels import role_label, role_short_label
from partners.choices import CARRYING_ROLE, Stage
from partners.gate_checks import place_of
from partners.rules.gates import CRITERION, SECTION, FactState, waivable
from partners.rules.journeys import Criterion, Questionnaire
from partners.selectors.gate_page import GatePage, SignerState
from partners.selectors.gate_questions import Filling, SectionLink
from partners.selectors.gate_rows import HandoffRow, SubmissionRow, TaskCounts, WaiverRow
from partners.selectors.gate_words import OVERALL_LOOKS, Look, in_language, reason_in_language
from partners.work_choices import HandoffState

_MET = Look(label=gettext_lazy("met"), tone="success", icon="circle-check")
_UNMET = Look(label=gettext_lazy("not met"), tone="danger", icon="circle-x")
_OPEN = Look(label=gettext_lazy("open"), tone="neutral", icon="circle-dashed")
_PENDING = Look(label=gettext_lazy("waits for a judgment"), tone="warning", icon="hourglass")
_REMARKS = Look(label=gettext_lazy("met, with remarks"), tone="info", icon="message-2")
_WAIVED = Look(label=gettext_lazy("waived"), tone="purple", icon="scale")
_SKIPPED = Look(label=gettext_lazy("checked at the decision"), tone="neutral", icon="circle-dot")


@dataclass(frozen=True, kw_only=True)
class Need:
    """One criterion: how it stands and why. `targets` are what a waiver could be granted for; `waivers` those given.

    `url` is where one looks at what is missing.
    """

    id: str
    label: str
    look: Look
    why: tuple[str, ...]
    targets: tuple[str, ...]
    waivers: tuple[WaiverRow, ...]
    is_fact: bool
    url: str = ""

    @property
    def open_targets(self) -> tuple[str, ...]:
        """What a waiver is still of use for."""
        return () if self.look in (_MET, _REMARKS) else self.targets

    @property
    def is_missing(self) -> bool:
        """A fact that is known not to be true: no last signature is taken before it is."""
        return self.is_fact and self.look is _UNMET


@dataclass(frozen=True, kw_only=True)
class QuestionnaireCard:
    """One questionnaire of the gate: its draft, what was submitted last, who signed it."""

    questionnaire: Questionnaire
    name: str
    filling: Filling | None
    links: tuple[SectionLink, ...]
    submission: SubmissionRow | None
    look: Look | None
    signers: tuple[SignerState, ...]
    missing: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        """The draft was changed after the last submission."""
        saved = self.filling.draft.saved if self.filling else None
        return bool(saved and self.submission and saved.saved_at > self.submission.submitted_at)

    @property
    def awaits_signature(self) -> bool:
        return self.submission is not None and self.submission.outcome == "passed" and bool(self.missing)


@dataclass(frozen=True, kw_only=True)
class GateCard:
    """The gate whole, as the journey and its own page show it. `giver_role` gives in the handoff that it waits for."""

    gate: GatePage
    needs: tuple[Need, ...]
    questionnaires: tuple[QuestionnaireCard, ...]
    tasks: TaskCounts
    handoff: HandoffRow | None
    handoff_words: str
    giver_role: str

    @property
    def wants_handoff(self) -> bool:
        return bool(self.giver_role)

    @property
    def missing_facts(self) -> tuple[Need, ...]:
        return tuple(need for need in self.needs if need.is_missing)


def card_of(gate: GatePage, facts: Mapping[str, FactState] | None = None) -> GateCard:
    """The card of a gate. `facts` by criterion; without them those show that the review brings along."""
    rows = gate.rows
    fact_states = _facts_at_hand(gate) if facts is None else facts
    handoff = rows.handoff if rows else None
    return GateCard(
        gate=gate,
        needs=tuple(_need(gate, criterion, fact_states) for criterion in gate.stage.criteria),
        questionnaires=tuple(_questionnaire(gate, one) for one in gate.stage.questionnaires),
        tasks=rows.tasks if rows else TaskCounts(required=0, done=0, overdue=0),
        handoff=handoff,
        handoff_words=_handoff_words(handoff),
        giver_role=_giver_role(gate),
    )


def _questionnaire(gate: GatePage, questionnaire: Questionnaire) -> QuestionnaireCard:
    draft = gate.rows.drafts.get(questionnaire.id) if gate.rows else None
    submission = gate.rows.submissions.get(questionnaire.id) if gate.rows else None
    filling = Filling(gate, questionnaire, draft) if draft else None
    signers = tuple(gate.signers(submission))
    return QuestionnaireCard(
        questionnaire=questionnaire,
        name=in_language(questionnaire.name),
        filling=filling,
        links=tuple(filling.links()) if filling else (),
        submission=submission,
        look=OVERALL_LOOKS.get(submission.outcome) if submission else None,
        signers=signers,
        missing=tuple(one.role for one in signers if not one.signed_by),
    )


def _need(gate: GatePage, criterion: Criterion, facts: Mapping[str, FactState]) -> Need:
    possible = frozenset(waivable(gate.stage))
    wanted = [f"{SECTION}{section}" for section in criterion.sections] or [f"{CRITERION}{criterion.id}"]
    targets = tuple(target for target in wanted if target in possible)
    granted = tuple(row for row in (gate.rows.waivers if gate.rows else ()) if row.criterion in targets)
    in_force = tuple(row for row in granted if gate.page.now < row.expires_at)
    look, why = _from_fact(criterion, facts) if criterion.fact else _from_sections(gate, criterion)
    # A waiver of a section has its effect in the section's own outcome.
    if criterion.fact and look is not _MET and in_force:
        look = _WAIVED
    return Need(
        id=criterion.id,
        label=in_language(criterion.label),
        look=look,
        why=why,
        targets=targets,
        waivers=granted,
        is_fact=bool(criterion.fact),
        url=place_of(criterion.fact, gate.page.row.public_id) if criterion.fact and look is _UNMET else "",
    )


def _from_fact(criterion: Criterion, facts: Mapping[str, FactState]) -> tuple[Look, tuple[str, ...]]:
    state = facts.get(criterion.id)
    if state is None:
        return _SKIPPED, ()
    words = (str(state.params["words"]),) if state.params.get("words") else ()
    if state.is_met is None:
        return _SKIPPED, words
    return (_MET if state.is_met else _UNMET), words


def _from_sections(gate: GatePage, criterion: Criterion) -> tuple[Look, tuple[str, ...]]:
    found = dict(_outcomes(gate))
    outcomes = [found[section] for section in criterion.sections if section in found]
    if len(outcomes) < len(criterion.sections):
        return _OPEN, ()
    states = [outcome["outcome"] for outcome in outcomes]
    why = tuple(reason_in_language(broken["reason"]) for one in outcomes for broken in one.get("broken", ()))
    if "failed" in states:
        judged = (one["judgment"]["reason"] for one in outcomes if one.get("judgment"))
        return _UNMET, (*why, *judged)
    if "pending" in states:
        return _PENDING, ()
    if "waived" in states:
        return _WAIVED, why
    return (_REMARKS, ()) if "remarks" in states else (_MET, ())


def _outcomes(gate: GatePage) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The sections of the current submissions as they came out, under the waivers of now."""
    for submission in gate.rows.submissions.values() if gate.rows else ():
        for section in submission.result.get("sections", ()):
            is_waived = section["section"] in gate.waived and section["outcome"] in ("failed", "pending")
            yield section["section"], {**section, "outcome": "waived"} if is_waived else section


def _facts_at_hand(gate: GatePage) -> dict[str, FactState]:
    """The automatic criteria that the statement of the review answers; the page of the gate asks for all of them."""
    readers = {
        "required_tasks_done": _tasks_done,
        "handoff_accepted": _handed_over,
        "next_owner_named": _next_owner_named,
    }
    asked = (criterion for criterion in gate.stage.criteria if criterion.fact in readers and gate.rows is not None)
    return {criterion.id: readers[criterion.fact](gate) for criterion in asked}


def handoff_at_hand(gate: GatePage) -> dict[str, FactState]:
    """How the handoff stands that the gate waits for: the statement of the review has read it."""
    return {
        criterion.id: _handed_over(gate) for criterion in gate.stage.criteria if criterion.fact == "handoff_accepted"
    }


def _tasks_done(gate: GatePage) -> FactState:
    left = gate.rows.tasks.left if gate.rows else 0
    if not left:
        return FactState(is_met=True, params={"words": _("All required tasks are done.")})
    words = ngettext("%(count)d required task is not done.", "%(count)d required tasks are not done.", left)
    return FactState(is_met=False, params={"words": words % {"count": left}})


def _handed_over(gate: GatePage) -> FactState:
    handoff = gate.rows.handoff if gate.rows else None
    is_met = handoff is not None and handoff.state == HandoffState.ACCEPTED
    return FactState(is_met=is_met, params={"words": _handoff_words(handoff)})


def _next_owner_named(gate: GatePage) -> FactState:
    after = gate.journey.next_stage(gate.stage.id)
    role = CARRYING_ROLE[Stage(after.id)] if after else ""
    owners = gate.page.row.owners_in(role) if role else ()
    if owners or not role:
        return FactState(is_met=True, params={"words": ", ".join(owner.name for owner in owners)})
    words = _("Nobody is named as %(role)s, who carries the next stage.") % {"role": role_label(role)}
    return FactState(is_met=False, params={"words": words})


def _giver_role(gate: GatePage) -> str:
    """The role that gives in the handoff that a criterion asks for ("psm" of "psm_to_tam"); "" where none does."""
    asked = (criterion for criterion in gate.stage.criteria if criterion.fact == "handoff_accepted")
    kinds = (str(criterion.params.get("kind", "psm_to_tam")) for criterion in asked)
    return next((kind.partition("_to_")[0] for kind in kinds), "")


def _handoff_words(handoff: HandoffRow | None) -> str:
    if handoff is None:
        return _("The handoff has not been prepared yet.")
    words = {"giver": handoff.giver, "receiver": handoff.receiver, "role": role_short_label(handoff.to_role)}
    match handoff.state:
        case HandoffState.ACCEPTED:
            return _("%(receiver)s accepted the handoff from %(giver)s, as %(role)s.") % words
        case HandoffState.OFFERED:
            return _("%(receiver)s has still to accept the handoff from %(giver)s, as %(role)s.") % words
        case HandoffState.RETURNED:
            return _("%(receiver)s returned the handoff to %(giver)s.") % words
    return _("%(giver)s is preparing the handoff to %(receiver)s, as %(role)s.") % words

"""Use cases of gates: decide, override (journey.md, Gates; ADR 0017). Both are one transaction, and final.

Lock order: the organization, the review, its submissions. Nothing else leads an organization out of a stage.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.labels import stage_label
from accounts.rules.access import Actor, Right
from accounts.rules.access import decide as decide_access
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from partners import permissions
from partners.choices import LAUNCHED_STAGES, EntryKind
from partners.models import GateReview, Submission
from partners.rules.gate_records import decision_as_data
from partners.rules.gates import GateDecision, GateOutcome
from partners.rules.lifecycle import next_stage
from partners.selectors.blocker_words import blocker_in_words, blockers_in_words, place_of
from partners.selectors.gate_state import GateState, gate_state
from partners.selectors.submission_content import is_as_hashed
from partners.services import gate_news, stages, timeline, touchpoints
from partners.services.gate_locks import LockedGate, lock_gate, require_open
from partners.services.gate_opening import open_review
from partners.services.write_back import write_back
from partners.signals import gate_passed
from partners.work_choices import ReviewOutcome

__all__ = ["GateNotReady", "decide", "open_review", "override", "require_passed"]

MAX_REASON = 4_000


class GateNotReady(DomainError):
    """Something is still in the way of a gate; `decision` says what, `state` of which gate."""

    code = "not_ready"

    def __init__(self, state: GateState, decision: GateDecision) -> None:
        super().__init__(blockers_in_words(decision.blockers, state.stage))
        self.state = state
        self.decision = decision

    @property
    def errors(self) -> list[tuple[str, str]]:
        """What is in the way, each at the section, the criterion, the questionnaire or the role that it is about."""
        return [(place_of(blocker), blocker_in_words(blocker, self.state.stage)) for blocker in self.decision.blockers]


@transaction.atomic
def decide(*, review: GateReview, by: Actor, now: datetime) -> GateReview:
    """Pass a gate: evaluated anew, with what is signed, waived, judged and true at this moment; then nothing is open.

    Called by the last signature. By itself it decides gates that ask for no signature: by those who work in the stage,
    or in the one that follows, since it is they who take over.
    What the signed answers say of the organization is written to it, the organization moves on, the next gate opens.
    Raises NotAllowed, GateNotReady; DomainError "decided", "no_gate", "tampered".
    """
    gate = lock_gate(review)
    require_open(gate)
    state = gate_state(gate.organization, gate.review, now=now)
    if not _may_decide(gate, state, by):
        raise NotAllowed(_("You do not decide this gate."))
    decision = require_passed(state)
    _refuse_tampered(gate, state)
    write_back(gate=gate, state=state, by=by, now=now)
    _stamp(gate, state, decision, ReviewOutcome.PASSED, by=by, reason="", now=now)
    _record(gate, "gate.passed", by=by, reason="", now=now)
    _leave(gate, state, to=next_stage(gate.organization.kind, gate.review.stage) or "", by=by, reason="", now=now)
    return gate.review


@transaction.atomic
def override(*, review: GateReview, reason: str, to: str = "", by: Actor, now: datetime) -> GateReview:
    """Leave a stage against the rules of its gate: an admin's decision, with a reason, which is kept.

    To the next stage, or to any other of the same journey (`to`), backward too. What was in the way is recorded.
    Raises NotAllowed; DomainError "reason", "decided", "no_next", "same_stage", "foreign_stage".
    """
    gate = lock_gate(review)
    require_open(gate)
    if not permissions.can_use(by, "override_gate", gate.organization, subject=gate.subject):
        raise NotAllowed(_("Only an administrator sets a stage against the rules of its gate."))
    text = reason.replace("\0", "").strip()
    if not text or len(text) > MAX_REASON:
        message = _("Say why the gate is overridden, in up to %(limit)s characters.") % {"limit": MAX_REASON}
        raise DomainError(message, field="reason", code="reason")
    target = to or next_stage(gate.organization.kind, gate.review.stage)
    if target is None:
        raise DomainError(_("No stage follows this one."), field="to", code="no_next")
    state = gate_state(gate.organization, gate.review, now=now)
    _stamp(gate, state, state.decision, ReviewOutcome.OVERRIDDEN, by=by, reason=text, now=now)
    _record(gate, "gate.overridden", by=by, reason=text, now=now)
    _leave(gate, state, to=target, by=by, reason=text, now=now)
    return gate.review


def _may_decide(gate: LockedGate, state: GateState, by: Actor) -> bool:
    if state.stage.signers:
        return gate.allows(by, Right.SIGN)
    after = next_stage(gate.organization.kind, gate.organization.stage)
    taking_over = replace(gate.subject, access_stage=after) if after else gate.subject
    return gate.allows(by, Right.WORK) or decide_access(by, Right.WORK, taking_over).allowed


def require_passed(state: GateState) -> GateDecision:
    """The decision, if it is one. Raises GateNotReady, DomainError "no_gate"."""
    if state.decision is None:
        raise DomainError(_("Nobody leaves this stage: it has no gate."), code="no_gate")
    if state.decision.outcome is not GateOutcome.PASSED:
        raise GateNotReady(state, state.decision)
    return state.decision


def _refuse_tampered(gate: LockedGate, state: GateState) -> None:
    """What is decided by is what was signed: every submission is locked and still has its hash."""
    rows = Submission.objects.select_for_update(of=("self",)).filter(pk__in=[s.pk for s in state.submissions.values()])
    for row in rows.order_by("pk"):
        if not is_as_hashed(row, gate.organization, state.journey.questionnaire(row.questionnaire)):
            raise DomainError(_("What is stored is not what was submitted; submit a new version."), code="tampered")


def _stamp(
    gate: LockedGate,
    state: GateState,
    decision: GateDecision | None,
    outcome: ReviewOutcome,
    *,
    by: Actor,
    reason: str,
    now: datetime,
) -> None:
    review = gate.review
    review.outcome, review.decided_by_id, review.reason = outcome, by.user_id, reason
    # A clock that lags behind does not end a stay before it began.
    review.decided_at = max(now, review.opened_at)
    review.decision = _decided_by(state, decision)
    review.version += 1
    review.save(update_fields=["outcome", "decided_at", "decided_by", "reason", "decision", "version"])


def _decided_by(state: GateState, decision: GateDecision | None) -> dict[str, Any]:
    """Everything that counted, to be read after years."""
    evaluated = decision_as_data(state.stage, decision, state.facts) if decision else {}
    return evaluated | {
        "journey": {"kind": state.journey.kind, "version": state.journey.version},
        "submissions": [
            {
                "id": str(row.public_id),
                "questionnaire": row.questionnaire,
                "number": row.number,
                "content_hash": row.content_hash,
                "evaluated_on": row.evaluated_on.isoformat(),
            }
            for row in state.submissions.values()
        ],
        "signatures": [
            {
                "role": one.role,
                "signer_id": one.signer_id,
                "name": one.name,
                "kind": one.kind,
                "signed_at": one.signed_at.isoformat(),
                "submission": str(one.submission.public_id),
            }
            for one in state.signatures
        ],
        "waivers": [
            {
                "id": str(one.public_id),
                "criterion": one.criterion,
                "granted_by_id": one.granted_by_id,
                "expires_at": one.expires_at.isoformat(),
            }
            for one in state.waivers
        ],
    }


def _record(gate: LockedGate, verb: str, *, by: Actor, reason: str, now: datetime) -> None:
    """The trail and the timeline, while the organization is still where the gate was."""
    review = gate.review
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=review,
        organization_id=gate.organization.pk,
        changes={"outcome": [None, review.outcome], "stage": [None, review.stage]},
        reason=reason,
        now=now,
    )
    title = _("%(stage)s passed") if review.outcome == ReviewOutcome.PASSED else _("%(stage)s was overridden")
    timeline.push(
        organization=gate.organization,
        kind=EntryKind.GATE,
        title=title % {"stage": stage_label(review.stage)},
        body=reason,
        data={"outcome": review.outcome, "review": str(review.public_id)},
        at=review.decided_at or now,
        by=by,
        target=review,
    )


def _leave(gate: LockedGate, state: GateState, *, to: str, by: Actor, reason: str, now: datetime) -> None:
    """Move on, plan what begins with the launch, tell the people concerned and, on commit, the floors above."""
    review = gate.review
    moved = stages.move(organization=gate.organization, to=to, review=review, by=by, reason=reason, now=now)
    if moved.stage in LAUNCHED_STAGES:
        touchpoints.generate(organization=moved, now=now)
    gate_news.tell_owners(
        moved, gate_news.passed_title(moved, review.stage), key=f"gate:{review.public_id}", body=reason, by=by, now=now
    )
    transaction.on_commit(
        partial(
            gate_passed.send_robust,
            sender=GateReview,
            organization_id=moved.pk,
            kind=moved.kind,
            stage=review.stage,
            review_id=review.pk,
            outcome=str(review.outcome),
            at=review.decided_at,
        )
    )

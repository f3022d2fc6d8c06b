"""The one access policy at work: who may see, work on and sign what, and why (roles-and-access.md). Pure.

Lists, pages, API, search, counts, exports, reports, notifications, tasks and the explainer all ask here. Querysets turn
`visibility_terms` into SQL; `decide` answers for one organization from the same terms and gives its reasons.
"""

from datetime import datetime

from accounts.choices import KINDS
from accounts.rules.access_pack import parse_access
from accounts.rules.access_reasons import no_tie, ways_in, why_not_allowed, why_not_seen
from accounts.rules.access_types import (
    AccessPolicy,
    Actor,
    ContextGrant,
    Decision,
    FieldClass,
    Reach,
    Reason,
    ReasonCode,
    Right,
    Subject,
    Term,
    Tie,
    VisibilityTerms,
    empty_policy,
)
from accounts.rules.roles import OWN_SUFFIX

__all__ = [
    "AccessPolicy",
    "Actor",
    "ContextGrant",
    "Decision",
    "FieldClass",
    "Reach",
    "Reason",
    "ReasonCode",
    "Right",
    "Subject",
    "Term",
    "Tie",
    "VisibilityTerms",
    "can",
    "can_everywhere",
    "decide",
    "empty_policy",
    "explain_unknown",
    "parse_access",
    "visibility_terms",
]

# Fields that belong to some roles only; the others come with seeing the organization in full or as a summary.
_NARROW = frozenset({FieldClass.COMMERCIAL, FieldClass.ANSWERS})


def visibility_terms(
    actor: Actor,
    right: Right = Right.SEE,
    field_class: FieldClass = FieldClass.GENERAL,
) -> VisibilityTerms:
    """The organizations on which `actor` has `right`, restricted to those whose `field_class` they may read.

    For GENERAL and SUMMARY fields the parts opened in full and as a summary come side by side. For COMMERCIAL and
    ANSWERS only those whose role may read them come (ANSWERS: without context grants, which `decide` adds one by one).
    No role gives no terms; a contact gets the organization it has open.
    """
    if actor.is_contact:
        shown = right is Right.SEE and field_class not in _NARROW
        return VisibilityTerms(user_id=actor.user_id, organization_id=actor.organization_id if shown else None)
    roles = _reading_roles(actor, field_class)
    if not roles:
        return VisibilityTerms(user_id=actor.user_id)
    if right is not Right.SEE:
        return _acting_terms(actor, right, field_class, roles)
    policy = actor.policy
    led_ids = actor.led_user_ids - {actor.user_id} if roles & policy.lead_roles else frozenset[int]()
    people = frozenset[int]() if field_class in _NARROW or actor.user_id is None else led_ids | {actor.user_id}
    return VisibilityTerms(
        user_id=actor.user_id,
        everything=bool(roles & policy.see_all),
        own=_terms(policy, roles, Right.SEE),
        led=_terms(policy, frozenset(role for role, _, _ in policy.rights), Right.SEE) if led_ids else (),
        led_user_ids=led_ids,
        keeps_handed_over=True,
        summary_roles=tuple(sorted(policy.participant_roles)) if people else (),
        summary_user_ids=people,
    )


def decide(
    actor: Actor,
    right: Right,
    subject: Subject,
    field_class: FieldClass = FieldClass.GENERAL,
    *,
    stage: str | None = None,
    now: datetime | None = None,
) -> Decision:
    """Say whether `actor` has `right` on the `field_class` fields of `subject`, why, and what to do next.

    `stage` names the stage whose answers are asked for; without it ANSWERS means those of earlier stages. A context
    grant counts only if it lasts beyond `now`; without `now` none does. Agrees with `visibility_terms` in every case.
    """
    scope = visibility_terms(actor).reach_in(subject)
    if scope is Reach.NONE:
        return Decision(allowed=False, scope=scope, **why_not_seen(actor, subject))
    if field_class is FieldClass.ANSWERS and stage == subject.access_stage:
        field_class = FieldClass.GENERAL
    reach = visibility_terms(actor, right, field_class).reach_in(subject)
    reasons = ways_in(actor, subject)
    if reach is Reach.FULL or (reach is Reach.SUMMARY and field_class is FieldClass.SUMMARY):
        return Decision(allowed=True, scope=scope, reasons=reasons)
    grant = _grant(subject, field_class, stage, now) if right is Right.SEE and scope is Reach.FULL else None
    if grant is not None:
        opened = Reason(code=ReasonCode.CONTEXT_GRANT, params={"expires_at": grant.expires_at})
        return Decision(allowed=True, scope=scope, reasons=(*reasons, opened))
    why = why_not_allowed(actor, right, subject, field_class, scope)
    return Decision(allowed=False, scope=scope, reasons=(*reasons, *why["reasons"]), next_steps=why["next_steps"])


def can(actor: Actor, capability: str, subject: Subject) -> bool:
    """Say whether `actor` may use `capability` on `subject`: by a role that holds it, or on own organizations.

    The organization must be open to the actor in full. Where a role holds only "<capability>_own" ("PAM (own) and Admin
    assign owners"), the actor must be assigned in that role and the role must see the organization in its stage.
    """
    if visibility_terms(actor).reach_in(subject) is not Reach.FULL:
        return False
    if actor.has(capability):
        return True
    policy = actor.policy
    holders = actor.active_roles & policy.roles_with(capability + OWN_SUFFIX)
    own = VisibilityTerms(user_id=actor.user_id, own=_terms(policy, holders, Right.SEE))
    return own.reach_in(subject) is Reach.FULL


def can_everywhere(actor: Actor, capability: str, right: Right = Right.SEE) -> bool:
    """Say whether `can` holds, and `right` is given, on whatever organization: nobody needs to look who is assigned."""
    return actor.has(capability) and all(visibility_terms(actor, one).everything for one in {Right.SEE, right})


def explain_unknown(actor: Actor) -> Decision:
    """The answer about a name that no organization has: the same as about one to which the asker has no tie."""
    return Decision(allowed=False, scope=Reach.NONE, **no_tie(actor))


def _reading_roles(actor: Actor, field_class: FieldClass) -> frozenset[str]:
    """The actor's roles that open organizations and may read `field_class`."""
    if field_class not in _NARROW:
        return actor.organization_roles
    return actor.organization_roles & actor.policy.field_classes.get(field_class, frozenset())


def _acting_terms(actor: Actor, right: Right, field_class: FieldClass, roles: frozenset[str]) -> VisibilityTerms:
    """W and X come by own assignment alone, but for the roles that work everywhere. Old answers are never written."""
    if field_class is FieldClass.ANSWERS:
        return VisibilityTerms(user_id=actor.user_id)
    return VisibilityTerms(
        user_id=actor.user_id,
        everything=right is Right.WORK and bool(roles & actor.policy.work_all),
        own=_terms(actor.policy, roles, right),
    )


def _terms(policy: AccessPolicy, roles: frozenset[str], right: Right) -> tuple[Term, ...]:
    return tuple(
        Term(role=role, kind=kind, stages=stages)
        for role in sorted(roles)
        for kind in KINDS
        if (stages := policy.stages(role, kind, right))
    )


def _grant(subject: Subject, field_class: FieldClass, stage: str | None, now: datetime | None) -> ContextGrant | None:
    """The context grant that opens these fields of this stage now; only earlier answers can be opened so."""
    if field_class is not FieldClass.ANSWERS or now is None:
        return None
    fitting = (
        grant
        for grant in subject.context_grants
        if grant.field_class is field_class and grant.expires_at > now and grant.stage in (None, stage)
    )
    return max(fitting, key=lambda grant: grant.expires_at, default=None)

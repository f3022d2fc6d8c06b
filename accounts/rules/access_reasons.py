"""Why somebody sees an organization or does not, and what to do next, as codes and facts. Pure.

Nothing here decides: accounts.rules.access does, from the terms. Nothing here speaks of an organization to which the
asker has no tie of their own: such a one and a name that nobody has get the same answer.
"""

from typing import TypedDict

from accounts.choices import STAGES_BY_KIND, Kind, Role
from accounts.rules.access_types import Actor, FieldClass, Reach, Reason, ReasonCode, Right, Subject, Tie


class Why(TypedDict):
    """The two halves of an explanation."""

    reasons: tuple[Reason, ...]
    next_steps: tuple[Reason, ...]


def no_tie(actor: Actor) -> Why:
    """Said of unknown and of foreign organizations alike; it holds nothing that depends on which one was meant."""
    if actor.is_staff and not actor.active_roles:
        return {"reasons": (Reason(code=ReasonCode.NO_ROLES),), "next_steps": (Reason(code=ReasonCode.ASK_ADMIN),)}
    return {
        "reasons": (Reason(code=ReasonCode.NO_TIE),),
        "next_steps": (Reason(code=ReasonCode.CHECK_NAME), Reason(code=ReasonCode.OPEN_DIRECTORY)),
    }


def why_not_seen(actor: Actor, subject: Subject) -> Why:
    """Explain a closed organization from the asker's own assignments; those of led people say nothing here."""
    ties = [tie for tie in subject.ties if tie.user_id == actor.user_id] if actor.active_roles else []
    if not ties:
        return no_tie(actor)
    active = sorted({tie.role for tie in ties if tie.is_active})
    ended = sorted({tie.role for tie in ties if not tie.is_active} - set(active))
    reasons = [_why_role_sees_not(actor, role, subject) for role in active]
    reasons += [_reason(ReasonCode.ASSIGNMENT_ENDED, subject, role=role) for role in ended]
    steps: list[Reason] = []
    for reason in reasons:
        if reason.code is ReasonCode.STAGE_OUTSIDE and reason.params["visible_from"]:
            wait = {name: reason.params[name] for name in ("role", "visible_from", "expected_on")}
            steps.append(Reason(code=ReasonCode.WAIT_FOR_STAGE, params=wait))
    if any(reason.code is ReasonCode.ROLE_REMOVED for reason in reasons):
        steps.append(Reason(code=ReasonCode.ASK_ADMIN))
    steps += [_whom_to_ask(actor, subject), Reason(code=ReasonCode.OPEN_DIRECTORY)]
    return {"reasons": tuple(reasons), "next_steps": tuple(dict.fromkeys(steps))}


def ways_in(actor: Actor, subject: Subject) -> tuple[Reason, ...]:
    """Every way by which the asker sees an organization that is open to them, the strongest first."""
    if actor.is_contact:
        return (_reason(ReasonCode.PORTAL_OPEN, subject),)
    policy, me = actor.policy, frozenset({actor.user_id or 0})
    everywhere = sorted(actor.active_roles & policy.see_all)
    ways = [_reason(ReasonCode.SEES_EVERYTHING, subject, role=role) for role in everywhere]
    mine = [tie for tie in subject.active_ties_of(me) if tie.role in actor.active_roles]
    for tie in mine:
        if _opens(actor, tie, subject):
            visible = policy.stages_in_order(tie.role, subject.kind)
            ways.append(_reason(ReasonCode.ASSIGNED, subject, role=tie.role, visible_stages=visible))
    if me & subject.open_handoff_giver_ids:
        kept = [tie for tie in mine if policy.stages(tie.role, subject.kind) and not _opens(actor, tie, subject)]
        ways += [_reason(ReasonCode.GIVES_HANDOFF, subject, role=tie.role) for tie in kept]
    joined = [tie for tie in subject.active_ties_of(me) if tie.role in policy.participant_roles]
    ways += [_reason(ReasonCode.PARTICIPANT, subject, role=tie.role) for tie in joined]
    if me & subject.open_handoff_receiver_ids:
        ways.append(_reason(ReasonCode.RECEIVES_HANDOFF, subject))
    return (*ways, *_ways_through_the_team(actor, subject))


def _ways_through_the_team(actor: Actor, subject: Subject) -> list[Reason]:
    """What a lead sees because a member of a led team sees it."""
    led = actor.led_user_ids - {actor.user_id} if actor.is_lead else frozenset[int]()
    handing_over = subject.open_handoff_giver_ids
    ties = [
        tie
        for tie in subject.active_ties_of(led)
        if tie.role in actor.policy.participant_roles
        or _opens(actor, tie, subject)
        or (tie.user_id in handing_over and actor.policy.stages(tie.role, subject.kind))
    ]
    ways = [_reason(ReasonCode.LEADS_MEMBER, subject, role=tie.role, member=tie.name) for tie in ties]
    if led & subject.open_handoff_receiver_ids:
        ways.append(_reason(ReasonCode.LEADS_RECEIVER, subject))
    return ways


def why_not_allowed(actor: Actor, right: Right, subject: Subject, field_class: FieldClass, scope: Reach) -> Why:
    """Explain a refusal inside a visible organization: only its summary, without the right, not these fields."""
    if scope is Reach.SUMMARY:
        return {
            "reasons": (_reason(ReasonCode.SUMMARY_ONLY, subject),),
            "next_steps": () if actor.is_contact else (_whom_to_ask(actor, subject),),
        }
    if right is Right.SIGN:
        return _why_no_signature(actor, subject)
    if field_class is FieldClass.ANSWERS and right is Right.SEE:
        return _why_no_answers(actor, subject)
    if field_class is FieldClass.COMMERCIAL:
        readers = tuple(sorted(actor.policy.field_classes.get(field_class, frozenset())))
        closed = _reason(ReasonCode.FIELD_CLOSED, subject, field_class=field_class.value, readers=readers)
        return {"reasons": (closed,), "next_steps": (_whom_to_ask(actor, subject),)}
    missing = _reason(ReasonCode.RIGHT_MISSING, subject, right=right.value)
    return {"reasons": (missing,), "next_steps": (_whom_to_ask(actor, subject),)}


def _why_no_signature(actor: Actor, subject: Subject) -> Why:
    signers = tuple(sorted(actor.policy.signers(subject.kind, subject.access_stage)))
    owns = any(tie.role in actor.active_roles for tie in subject.active_ties_of(frozenset({actor.user_id or 0})))
    is_admin_alone = bool(actor.active_roles & actor.policy.work_all) and not owns
    code = ReasonCode.ADMIN_NEVER_SIGNS if is_admin_alone else ReasonCode.RIGHT_MISSING
    step = Reason(code=ReasonCode.ASK_SIGNERS, params={"roles": signers})
    return {"reasons": (_reason(code, subject, right=Right.SIGN.value),), "next_steps": (step,) if signers else ()}


def _why_no_answers(actor: Actor, subject: Subject) -> Why:
    has_had_one = any(grant.field_class is FieldClass.ANSWERS for grant in subject.context_grants)
    code = ReasonCode.GRANT_EXPIRED if has_had_one else ReasonCode.ANSWERS_NEED_GRANT
    ask = Reason(
        code=ReasonCode.ASK_FOR_GRANT, params={"role": Role.PAM.value, "names": _names(actor, subject, Role.PAM)}
    )
    return {"reasons": (_reason(code, subject),), "next_steps": (ask,)}


def _why_role_sees_not(actor: Actor, role: str, subject: Subject) -> Reason:
    """Why an active assignment in `role` opens nothing today."""
    if role not in actor.active_roles:
        return _reason(ReasonCode.ROLE_REMOVED, subject, role=role)
    visible = actor.policy.stages_in_order(role, subject.kind)
    if not visible:
        return _reason(ReasonCode.KIND_OUTSIDE, subject, role=role)
    journey = [stage.value for stage in STAGES_BY_KIND.get(subject.kind, ())]
    later = journey[journey.index(subject.access_stage) + 1 :] if subject.access_stage in journey else []
    visible_from = next((stage for stage in later if stage in visible), None)
    return _reason(
        ReasonCode.STAGE_OUTSIDE,
        subject,
        role=role,
        visible_stages=visible,
        visible_from=visible_from,
        expected_on=subject.expected_on_by_stage.get(visible_from) if visible_from else None,
    )


def _opens(actor: Actor, tie: Tie, subject: Subject) -> bool:
    """Say whether the table opens the organization in its stage to the person of `tie`."""
    return subject.access_stage in actor.policy.stages(tie.role, subject.kind)


def _whom_to_ask(actor: Actor, subject: Subject) -> Reason:
    """The PAM of a partner, the CSM of a customer; an admin where there is none beside the asker."""
    role = Role.PAM if subject.kind == Kind.PARTNER else Role.CSM
    names = _names(actor, subject, role)
    if not names:
        return Reason(code=ReasonCode.ASK_ADMIN)
    return Reason(code=ReasonCode.ASK_OWNER, params={"role": role.value, "names": names, "kind": subject.kind})


def _names(actor: Actor, subject: Subject, role: Role) -> tuple[str, ...]:
    owners = [tie.name for tie in subject.ties if tie.is_active and tie.role == role and tie.user_id != actor.user_id]
    if role == Role.PAM:
        owners += [name for name in subject.pam_names if name != actor.name]
    return tuple(dict.fromkeys(name for name in owners if name))


def _reason(code: ReasonCode, subject: Subject, **params: object) -> Reason:
    about = {"organization": subject.name, "kind": subject.kind, "stage": subject.access_stage}
    return Reason(code=code, params={**about, **params})

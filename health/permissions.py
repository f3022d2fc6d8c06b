"""Who gives a pulse and who sets a band by hand: predicates on the one policy (health.md, Bands)."""

from accounts.rules.access import Actor, Right, Subject, decide
from partners import permissions
from partners.models import Organization


def can_pulse(actor: Actor, organization: Organization, *, subject: Subject | None = None) -> bool:
    """An owner who works on it now: what somebody thinks who does not look after it is no owner's pulse."""
    subject = subject or permissions.subject_of(organization)
    is_tied = any(tie.role in actor.active_roles for tie in subject.active_ties_of(frozenset({actor.user_id or 0})))
    return actor.user_id is not None and is_tied and decide(actor, Right.WORK, subject).allowed


def can_override(actor: Actor, organization: Organization, *, subject: Subject | None = None) -> bool:
    """The same people, and those who see everything: managers and administrators."""
    if actor.user_id is None:
        return False
    if actor.active_roles & actor.policy.see_all:
        return True
    return can_pulse(actor, organization, subject=subject)

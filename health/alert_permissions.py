"""Who answers episodes, and who looks after the rules: predicates on the one policy (health.md, Alerts)."""

from accounts.choices import Role
from accounts.rules.access import Actor, Subject
from health.models import Episode
from partners import permissions
from partners.work_permissions import can_arrange


def can_answer(actor: Actor, episode: Episode, *, subject: Subject | None = None) -> bool:
    """Acknowledge, act, close, put off: who works on the organization now, and the owner while it is open to them."""
    if actor.user_id is None or actor.is_contact:
        return False
    subject = subject or permissions.subject_of(episode.organization)
    if can_arrange(actor, episode.organization, subject=subject):
        return True
    is_own = episode.owner_id == actor.user_id
    return is_own and permissions.opens_in_full(actor, episode.organization, subject=subject)


def can_judge_rules(actor: Actor) -> bool:
    """Let a rule speak again that was false too often: administrators, who own the policy."""
    return Role.ADMIN in actor.active_roles


def can_read_quality(actor: Actor) -> bool:
    """How good rules are: whoever answers alerts, leads or runs the house; it names no organization."""
    return bool(actor.organization_roles)

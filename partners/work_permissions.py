"""Predicates on tasks and commitments: who arranges them, who does them, who ticks them off in the portal."""

from collections.abc import Iterable

from accounts.actors import access_policy, actor_for
from accounts.auth import users_with_access
from accounts.models import User
from accounts.rules.access import AccessPolicy, Actor, FieldClass, Reach, Right, Subject, decide, empty_policy
from common.policy_cache import active_policy
from partners import permissions
from partners.models import Commitment, Organization, Task
from partners.work_choices import Court, Side


def can_arrange(actor: Actor, organization: Organization, *, subject: Subject | None = None) -> bool:
    """Make, edit, hand out and skip tasks, make commitments, start plays: with the right to work here now."""
    return permissions.may(actor, Right.WORK, organization, subject=subject).allowed


def can_do(actor: Actor, task: Task, *, subject: Subject | None = None) -> bool:
    """Start, complete, reopen and block a task: who arranges it, who was given it, and its contact in the portal."""
    if actor.is_contact:
        return can_do_in_portal(actor, task)
    subject = subject or permissions.subject_of(task.organization)
    if can_arrange(actor, task.organization, subject=subject):
        return True
    is_own = task.owner_id is not None and task.owner_id == actor.user_id
    return is_own and sees(actor, subject)


def can_do_in_portal(actor: Actor, task: Task) -> bool:
    """A shared task of the open organization that waits for them, unless it was given to another of their people."""
    is_theirs = task.organization_id == actor.organization_id and task.is_shared and task.court == Court.PARTNER
    contact = task.contact
    return actor.is_contact and is_theirs and (contact is None or contact.user_id == actor.user_id)


def can_settle(actor: Actor, commitment: Commitment, *, subject: Subject | None = None) -> bool:
    """Say how a commitment went: who arranges things here, and its owner while they open the organization in full."""
    subject = subject or permissions.subject_of(commitment.organization)
    if can_arrange(actor, commitment.organization, subject=subject):
        return True
    is_own = commitment.side == Side.US and commitment.owner_id == actor.user_id and actor.user_id is not None
    return is_own and permissions.opens_in_full(actor, commitment.organization, subject=subject)


def sees(actor: Actor, subject: Subject) -> bool:
    """Whether the organization is open to `actor` at all, be it by its summary."""
    return decide(actor, Right.SEE, subject).scope is not Reach.NONE


def user_sees(user: User, subject: Subject) -> bool:
    """The same of a colleague who is not asking: tasks go only to people who may see the organization then."""
    found = actor_for(User.objects.get(pk=user.pk))
    return found.is_staff and sees(found, subject)


def user_opens(user: User, organization: Organization, field_class: FieldClass = FieldClass.GENERAL) -> bool:
    """Whether it is open in full to a colleague who is not asking, with fields of this class; not by its summary."""
    found = actor_for(User.objects.get(pk=user.pk))
    return user.is_active and found.is_staff and permissions.may_read_fields(found, organization, field_class)


def who_open(
    user_ids: Iterable[int | None], organization: Organization, field_class: FieldClass = FieldClass.GENERAL
) -> set[int]:
    """Those of these colleagues to whom it is open in full today, with fields of this class: whom to tell of what
    happens there. Somebody who was given a thing may have lost sight of the place since. Four statements at most."""
    asked = {user_id for user_id in user_ids if user_id is not None}
    if not asked:
        return set()
    subject = permissions.subject_of(organization)
    actors = (actor_for(user) for user in users_with_access(asked))
    return {
        actor.user_id
        for actor in actors
        if actor.user_id is not None
        and actor.is_staff
        and permissions.may_read_fields(actor, organization, field_class, subject=subject)
    }


def policy_in_force() -> AccessPolicy:
    """The access policy of today, for work that nobody asked for. Two statements at most."""
    active = active_policy("access")
    return access_policy(active.version_id) if active else empty_policy()

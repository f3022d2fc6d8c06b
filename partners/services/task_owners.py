"""Whose tasks they are: the primary owner of a task's role, today and after owners have changed.

Tasks go only to people who may see the organization then (roles-and-access.md): a role that is still closed in the
present stage leaves its tasks with nobody until somebody who sees the organization takes it on.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import PARTICIPANT_ROLES
from accounts.models import User
from accounts.rules.access import AccessPolicy, Subject
from accounts.services.notifications import notify
from common.errors import DomainError
from partners import notices
from partners.models import Assignment, Organization, Task
from partners.services.audience import holds_its_role
from partners.work_permissions import policy_in_force, user_sees

Place = tuple[int, str]
"""An organization's id and a role."""


def primary_owners(organizations: Collection[Organization], *, policy: AccessPolicy | None = None) -> dict[Place, int]:
    """The primary owner of each role, of those to whom the organization is open in its stage. Two statements."""
    policy = policy or policy_in_force()
    by_id = {organization.pk: organization for organization in organizations}
    rows = Assignment.objects.active().filter(organization_id__in=sorted(by_id), is_primary=True, user__is_active=True)
    return {
        (pk, role): user_id
        for pk, role, user_id, holds_it in rows.values_list("organization_id", "role", "user_id", holds_its_role())
        if _opens(policy, role, by_id[pk]) and (role in PARTICIPANT_ROLES or holds_it)
    }


def _opens(policy: AccessPolicy, role: str, organization: Organization) -> bool:
    return role in policy.participant_roles or organization.stage in policy.stages(role, organization.kind)


def follow(places: Mapping[Place, Collection[int]], organizations: Collection[Organization], *, now: datetime) -> None:
    """Bring the owners of unfinished tasks in step with assignments that have just changed.

    `places`: for each organization and role that changed, the people who left it. Unowned tasks of the role and those
    of the leavers go to who is primary now, or to nobody. Those who got tasks are told once.
    """
    by_role: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for (pk, role), people in places.items():
        by_role[role][0].add(pk)
        by_role[role][1].update(people)
    here = Q(pk__in=[])
    for role, (ids, left) in by_role.items():
        of_nobody_now = Q(owner__isnull=True) | Q(owner_id__in=sorted(left))
        here |= Q(owner_role=role, organization_id__in=sorted(ids)) & of_nobody_now
    waiting = Task.objects.unfinished().filter(here)
    found = list(waiting.order_by("pk").values_list("pk", "organization_id", "owner_role", "owner_id"))
    if not found:
        return
    owners = primary_owners(organizations)
    moved: dict[int | None, list[int]] = defaultdict(list)
    for pk, organization_id, role, owner_id in found:
        owner = owners.get((organization_id, role))
        if owner != owner_id:
            moved[owner].append(pk)
    for owner, task_ids in moved.items():
        Task.objects.filter(pk__in=task_ids).update(owner_id=owner, version=F("version") + 1, updated_at=now)
        if owner is not None:
            tell_of_many(owner, task_ids, now=now)


def take_on(places: Mapping[Place, Collection[int]], *, now: datetime) -> None:
    """The same after an import, whose places may be a hundred thousand: those that have such tasks are looked at."""
    ids = {pk for pk, _role in places}
    waiting = Task.objects.unfinished().filter(organization_id__in=sorted(ids)).exclude(owner_role="")
    concerned = set(waiting.order_by().values_list("organization_id", "owner_role").distinct()) & places.keys()
    if concerned:
        organizations = Organization.objects.filter(pk__in={pk for pk, _role in concerned})
        follow({place: places[place] for place in concerned}, list(organizations), now=now)


def tell_of_many(owner_id: int, task_ids: list[int], *, now: datetime) -> None:
    """One notice for tasks that came with a role or a checklist."""
    total = len(task_ids)
    notify(
        user_ids=[owner_id],
        kind=notices.TASKS,
        title=ngettext("%(count)d task is yours now", "%(count)d tasks are yours now", total) % {"count": total},
        key=f"tasks:{task_ids[0]}:{total}:{now.isoformat()}",
        now=now,
        target_type="task",
        target_id=task_ids[0],
    )


def role_of(user_id: int, organization: Organization, wanted: str = "") -> str:
    """The role by which somebody is assigned here, `wanted` if it is among them; "" for those who see it otherwise."""
    roles = sorted(
        Assignment.objects.active().filter(organization=organization, user_id=user_id).values_list("role", flat=True)
    )
    return wanted if wanted in roles else next(iter(roles), "")


def check_owner(user: User, organization: Organization, subject: Subject) -> None:
    """Raises DomainError (`field` "owner") for somebody to whom the organization is closed today."""
    if not user.is_active or not user_sees(user, subject):
        message = _("%(name)s does not see %(organization)s in its present stage: choose somebody who does.")
        words = {"name": user.name, "organization": organization.name}
        raise DomainError(message % words, field="owner", code="owner_does_not_see")

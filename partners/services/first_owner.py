"""Make an organization together with its first owner: a maker who does not see everything would lose it at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.labels import role_short_label
from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError
from partners.choices import OrganizationKind
from partners.models import Organization
from partners.services import assignments, organizations


def first_role(kind: str) -> str:
    """The role that owns the relationship from the first day on: the PAM of a partner, the CSM of a customer."""
    return Role.PAM if kind == OrganizationKind.PARTNER else Role.CSM


@transaction.atomic
def create_owned(*, by: Actor, kind: str, values: Mapping[str, Any], owner: User | None, now: datetime) -> Organization:
    """Make an organization with its first owner: `owner`, else the maker, if theirs is the role.

    Those who see everything may leave it open. Raises what `create_organization` does; NotAllowed for somebody else's
    person; DomainError at "first_owner" where nobody is named who could be.
    """
    made = organizations.create_organization(by=by, kind=kind, values=values, now=now)
    role, sees_all = first_role(kind), bool(by.active_roles & by.policy.see_all)
    if owner is None and not sees_all:
        if role not in by.active_roles:
            message = _("Say who is its first %(role)s: yourself or somebody whom you lead.")
            raise DomainError(message % {"role": role_short_label(role)}, field="first_owner", code="first_owner")
        owner = User.objects.get(pk=by.user_id)
    if owner is not None:
        name_owner: Any = assignments.assign_owner if sees_all else assignments.name_first_owner
        name_owner(by=by, organization=made, user=owner, role=role, now=now)
    return made

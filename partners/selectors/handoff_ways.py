"""In which ways somebody may hand something on: for the forms, from the same policy that the use case asks."""

from accounts.choices import OWNER_ROLES
from accounts.labels import role_short_label
from accounts.rules.access import Actor
from accounts.rules.roles import may_be_assigned
from common.errors import DomainError
from partners.handoff_policy import policy_in_force, words
from partners.models import Assignment, Organization
from partners.rules.handoff_packs import HandoffKind
from partners.selectors.page import OrganizationPage

MOST = 200
Choice = tuple[str, str]


def ways_of(page: OrganizationPage) -> list[Choice]:
    """What the reader may begin here today, as "kind:from role:to role" with its words. One statement."""
    mine = page.subject.active_ties_of(frozenset({page.actor.user_id or 0}))
    held = sorted({tie.role for tie in mine if tie.role in page.actor.active_roles})
    try:
        policy = policy_in_force()
    except DomainError:
        return []
    return [
        choice
        for contract in policy.kinds.values()
        if page.row.kind in contract.kinds and page.row.stage in contract.stages
        for choice in _choices(contract, held, page.row.kind)
    ]


def may_own(actor: Actor) -> bool:
    """Whether `actor` has a role in which one owns organizations: only then there can be something to hand on."""
    return not actor.active_roles.isdisjoint(OWNER_ROLES)


def own_roles(actor: Actor) -> list[Choice]:
    """The owning roles in which `actor` owns something today. One statement."""
    held = Assignment.objects.active().filter(user_id=actor.user_id, role__in=actor.active_roles & set(OWNER_ROLES))
    roles = sorted(set(held.order_by().values_list("role", flat=True)))
    return [(role, role_short_label(role)) for role in roles]


def own_organizations(actor: Actor, role: str) -> list[Organization]:
    """What `actor` owns in a role and sees today, by name; 200 at most. One statement."""
    seen = Organization.objects.visible_to(actor).current().owned_by(actor.user_id or 0, role)
    return list(seen.only("pk", "public_id", "name", "kind", "stage").order_by("name_sort")[:MOST])


def _choices(contract: HandoffKind, held: list[str], kind: str) -> list[Choice]:
    if contract.same_role:
        pairs = [(role, role) for role in held if role in OWNER_ROLES]
    else:
        pairs = [(given, taken) for given in held if given in contract.from_roles for taken in contract.to_roles]
    return [
        (f"{contract.id}:{given}:{taken}", _label(contract, given))
        for given, taken in pairs
        if may_be_assigned(taken, kind)
    ]


def _label(contract: HandoffKind, given: str) -> str:
    label = words(contract.label)
    return f"{label} ({role_short_label(given)})" if contract.same_role or len(contract.from_roles) > 1 else label

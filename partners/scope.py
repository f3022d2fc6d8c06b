"""What the database shows to an actor: the second wall, made from the same policy as the first (ADR 0002)."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.rules.access import Actor, visibility_terms
from common import composed
from common.scope import Scope, set_scope
from partners.models import Contact, Organization


def scope_of(actor: Actor) -> Scope:
    """The scope of `actor`: everything, or the organizations it sees (one statement, by its own assignments)."""
    terms = visibility_terms(actor)
    if terms.everything:
        return Scope.all()
    if terms.is_empty:
        return Scope.none()
    # The resolver itself must see assignments to know which organizations they open; the caller narrows right after.
    set_scope(Scope.all())
    return Scope.of(pk for (pk,) in composed.fetch(_visible_ids, actor))


def _visible_ids(actor: Actor) -> "QuerySet[Any, Any]":
    return Organization.objects.visible_to(actor).order_by().values_list("pk")


def open_organization_id(user: User, chosen: int | None) -> int | None:
    """The organization that a contact has open: the chosen one if it is still theirs, else the first by name."""
    set_scope(Scope.all())
    own = list(
        Contact.objects.filter(user=user, archived_at__isnull=True, organization__archived_at__isnull=True)
        .order_by("organization__name_sort")
        .values_list("organization_id", flat=True)
    )
    set_scope(Scope.none())
    if chosen in own:
        return chosen
    return own[0] if own else None

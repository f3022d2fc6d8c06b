"""A portfolio handed on at once: one handoff for each organization, before an absence or when somebody leaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError
from partners.models import Handoff, Organization
from partners.services.handoffs import prepare

KIND = "owner_to_owner"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An organization for which none was prepared, and why in the user's words."""

    name: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What was prepared, and what was not."""

    handoffs: tuple[Handoff, ...]
    refusals: tuple[Refusal, ...]


@transaction.atomic
def prepare_all(
    *,
    by: Actor,
    organizations: Iterable[Organization],
    receiver: User,
    role: str,
    summary: str = "",
    giver_leaves: bool = False,
    now: datetime,
) -> Prepared:
    """Prepare a handoff from owner to owner for each of `organizations`, in the order of their ids.

    What cannot be is listed and the rest is made. Raises DomainError with `field` "receiver" where nothing was made
    because that person cannot take it.
    """
    made: list[Handoff] = []
    refused: list[tuple[Organization, DomainError]] = []
    for organization in sorted(organizations, key=lambda one: one.pk):
        try:
            with transaction.atomic():
                handoff = prepare(
                    by=by,
                    organization=organization,
                    kind=KIND,
                    receiver=receiver,
                    from_role=role,
                    summary=summary,
                    giver_leaves=giver_leaves,
                    now=now,
                )
        except DomainError as error:
            refused.append((organization, error))
        else:
            made.append(handoff)
    if refused and not made and all(error.field == "receiver" for _, error in refused):
        raise refused[0][1]
    refusals = tuple(Refusal(name=organization.name, message=error.message) for organization, error in refused)
    return Prepared(handoffs=tuple(made), refusals=refusals)

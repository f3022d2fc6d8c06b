"""Use cases of interactions: logged in a minute, edited and archived by their author, each a line of the timeline."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.rules.access import Actor
from partners.models import Contact, Interaction, Organization

WRITABLE_FIELDS = frozenset({"kind", "happened_at", "minutes", "summary", "body", "is_two_way"})


def log_interaction(
    *,
    by: Actor,
    organization: Organization,
    values: Mapping[str, Any],
    contacts: Iterable[Contact] = (),
    now: datetime,
) -> Interaction:
    """Log what happened with an organization. Raises NotAllowed; DomainError with `field` (empty summary, future)."""
    raise NotImplementedError


def edit_interaction(
    *,
    by: Actor,
    interaction: Interaction,
    values: Mapping[str, Any],
    contacts: Iterable[Contact] | None = None,
    version: int,
    now: datetime,
) -> Interaction:
    """Change an own interaction (an admin: any); `contacts` None leaves them. Raises NotAllowed, Conflict, DomainError."""
    raise NotImplementedError


def archive_interaction(*, by: Actor, interaction: Interaction, now: datetime) -> Interaction:
    """Take an interaction out of the timeline; `restore_interaction` undoes it. Raises NotAllowed."""
    raise NotImplementedError


def restore_interaction(*, by: Actor, interaction: Interaction, now: datetime) -> Interaction:
    """Undo of `archive_interaction`. Raises NotAllowed."""
    raise NotImplementedError

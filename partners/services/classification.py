"""Tiers, segments and gemstones: computed from facts by the policies in force, or set by hand with a reason."""

from collections.abc import Iterable
from datetime import datetime

from accounts.rules.access import Actor
from partners.models import ClassificationOverride, Organization


def recompute(organizations: Iterable[Organization], *, now: datetime, by: Actor | None = None) -> int:
    """Classify organizations anew and return how many changed; a constant number of statements however many."""
    raise NotImplementedError


def override(
    *, by: Actor, organization: Organization, dimension: str, value: str, reason: str, now: datetime
) -> ClassificationOverride:
    """Set a tier, segment or gemstone by hand. Raises NotAllowed (admins only), DomainError ("reason", "value")."""
    raise NotImplementedError


def end_override(*, by: Actor, organization: Organization, dimension: str, reason: str = "", now: datetime) -> None:
    """Let the rule decide again. Raises NotAllowed; DomainError "no_override" where none is in force."""
    raise NotImplementedError

"""Context grants: leave to read the answers of earlier stages, for a reason and a time (roles-and-access.md)."""

from datetime import datetime, timedelta

from accounts.rules.access import Actor
from partners.models import ContextGrant, Organization

MAX_LENGTH = timedelta(days=90)


def ask(*, by: Actor, organization: Organization, reason: str, now: datetime) -> ContextGrant:
    """Ask to read earlier answers. Raises NotAllowed without full sight; DomainError ("reason", "open", "not_needed")."""
    raise NotImplementedError


def give(*, by: Actor, grant: ContextGrant, expires_at: datetime, note: str = "", now: datetime) -> ContextGrant:
    """Open the answers to the asker until `expires_at` (at most 90 days ahead).

    Raises NotAllowed for one's own request and for those who do not decide here; DomainError ("expires_at", "decided").
    """
    raise NotImplementedError


def refuse(*, by: Actor, grant: ContextGrant, note: str, now: datetime) -> ContextGrant:
    """Answer a request with no and say why. Raises NotAllowed, DomainError ("note", "decided")."""
    raise NotImplementedError


def end(*, by: Actor, grant: ContextGrant, now: datetime) -> ContextGrant:
    """Take a grant back before its time, or withdraw one's own request. Raises NotAllowed, DomainError ("ended")."""
    raise NotImplementedError


def end_expired(*, now: datetime, limit: int = 500) -> int:
    """End the grants whose time is over and tell their holders; returns how many. Safe to run twice."""
    raise NotImplementedError

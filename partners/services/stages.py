"""The one place where an organization changes its stage. No page calls it by hand: imports and gate decisions do."""

from datetime import datetime

from accounts.rules.access import Actor
from partners.models import Organization


def move(
    *,
    organization: Organization,
    to: str,
    by: Actor,
    reason: str = "",
    override: bool = False,
    now: datetime,
) -> Organization:
    """Move an organization to the next stage of its journey; nothing is skipped (journey.md, Gates).

    With `override` an admin moves it to any other stage, with a written reason. Launching stamps `launched_on` in the
    organization's own time zone. Raises NotAllowed, DomainError ("not_next", "same_stage", "foreign_stage", "reason").
    """
    raise NotImplementedError

"""Use cases of assignments: who owns an organization in which role, since when; owners change only here.

Lock order: the organization first, then its assignments. Rows end, they are never deleted or rewritten.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.rules.access import Actor
from partners.models import Assignment, Organization


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One organization of a bulk assignment that stayed as it was, and why in the user's words."""

    organization_id: int
    name: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """What a bulk assignment did: rows made, rows that already were as wanted, organizations refused."""

    assigned: int
    unchanged: int
    refusals: tuple[Refusal, ...]


def assign_owner(
    *,
    by: Actor,
    organization: Organization,
    user: User,
    role: str,
    is_primary: bool | None = None,
    reason: str = "",
    now: datetime,
) -> Assignment:
    """Make `user` an owner (or participant) of `organization` in `role` from `now` on.

    `is_primary` True takes the primary over from whoever has it (who stays an owner); None makes primary where nobody is.
    Assigning the same again changes nothing. Raises NotAllowed; DomainError with `field` "role" or "user".
    """
    raise NotImplementedError


def name_first_owner(*, by: Actor, organization: Organization, user: User, role: str, now: datetime) -> Assignment:
    """Name the first owner of an organization that `by` has just made: themselves, or a member of a team they lead.

    For those who may create the organization but assign nobody yet, in the transaction that made it.
    Raises NotAllowed where it has ever had an owner.
    """
    raise NotImplementedError


def end_assignment(
    *, by: Actor, assignment: Assignment, reason: str = "", confirm_last: bool = False, now: datetime
) -> Assignment:
    """End an assignment now; the longest-serving other owner of the role becomes primary if the primary leaves.

    Raises NotAllowed; DomainError "last_owner" for the last owner of a role unless `confirm_last`; "ended" if it has
    ended already.
    """
    raise NotImplementedError


def make_primary(*, by: Actor, assignment: Assignment, reason: str = "", now: datetime) -> Assignment:
    """Make an owner the primary one of its role; the one before stays an owner. Raises NotAllowed, DomainError."""
    raise NotImplementedError


def replace_owner(*, by: Actor, assignment: Assignment, user: User, reason: str = "", now: datetime) -> Assignment:
    """End `assignment` and put `user` in its place in one step: the role is never without an owner."""
    raise NotImplementedError


def bulk_assign(
    *,
    by: Actor,
    organizations: Iterable[Organization],
    user: User,
    role: str,
    is_primary: bool | None = None,
    reason: str = "",
    now: datetime,
) -> BulkResult:
    """Assign one person in one role to many organizations in one transaction; what cannot be done is listed, not raised.

    Raises DomainError when the person or the role fits none of them (`field` "user" or "role").
    """
    raise NotImplementedError

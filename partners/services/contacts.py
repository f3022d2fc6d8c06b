"""Use cases of contacts: the people on an organization's side."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.rules.access import Actor
from partners.models import Contact, Organization

WRITABLE_FIELDS = frozenset({"name", "email", "phone", "job_title", "role", "is_ticket_manager", "timezone"})


def add_contact(
    *, by: Actor, organization: Organization, values: Mapping[str, Any], is_primary: bool | None = None, now: datetime
) -> Contact:
    """Add a contact; the first one becomes primary unless said otherwise. Raises NotAllowed, DomainError with `field`."""
    raise NotImplementedError


def edit_contact(*, by: Actor, contact: Contact, values: Mapping[str, Any], version: int, now: datetime) -> Contact:
    """Change fields of a contact that nobody else has changed since `version`. Raises NotAllowed, Conflict, DomainError."""
    raise NotImplementedError


def make_primary(*, by: Actor, contact: Contact, now: datetime) -> Contact:
    """Make a contact the primary one of its organization. Raises NotAllowed, DomainError for an archived one."""
    raise NotImplementedError


def archive_contact(*, by: Actor, contact: Contact, now: datetime) -> Contact:
    """Take a contact out of all lists and end its portal access; nothing is deleted. Raises NotAllowed."""
    raise NotImplementedError


def restore_contact(*, by: Actor, contact: Contact, now: datetime) -> Contact:
    """Undo of `archive_contact`; portal access comes back. Raises NotAllowed, DomainError if the address is taken."""
    raise NotImplementedError


def invite_to_portal(*, by: Actor, contact: Contact, now: datetime) -> None:
    """Invite a contact to the portal by a single-use link. Raises NotAllowed; DomainError without an address."""
    raise NotImplementedError


def link_portal_user(*, contact: Contact, user: User, now: datetime) -> Contact:
    """Tie the person who accepted an invitation to their contact row. Raises DomainError if another one is tied."""
    raise NotImplementedError


def end_portal_access(*, by: Actor, contact: Contact, now: datetime) -> Contact:
    """Untie a contact from its portal user: the next request finds no organization. Raises NotAllowed."""
    raise NotImplementedError

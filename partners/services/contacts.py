"""Use cases of contacts: the people on an organization's side. Lock order: the organization, then its contacts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Audience
from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity, invitations
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners import permissions
from partners.choices import EntryKind
from partners.models import Contact, Organization
from partners.services import stakeholder_facts, timeline
from partners.services.locking import lock_organization, refuse_archived
from partners.services.validation import check_fields, clean

WRITABLE_FIELDS = frozenset({"name", "email", "phone", "job_title", "role", "is_ticket_manager", "timezone"})
_PERSONAL = frozenset({"name", "email", "phone", "job_title"})


@transaction.atomic
def add_contact(
    *, by: Actor, organization: Organization, values: Mapping[str, Any], is_primary: bool | None = None, now: datetime
) -> Contact:
    """Add a contact; None makes the first one primary. Raises NotAllowed, DomainError with `field`."""
    locked = _locked_for(by, organization)
    refuse_archived(locked)
    check_fields(values, WRITABLE_FIELDS)
    contact = Contact(organization=locked, **_tidy(values))
    clean(contact, WRITABLE_FIELDS)
    _check_address(contact)
    wants_primary = not _primaries(locked).exists() if is_primary is None else is_primary
    if wants_primary:
        _primaries(locked).update(is_primary=False)
    contact.is_primary = wants_primary
    contact.save()
    stakeholder_facts.refresh([locked.pk], now=now)
    _record(by, "contact.added", contact, now, {name: [None, value] for name, value in _tidy(values).items()})
    _say(_("%(name)s added as a contact"), contact, by, now)
    return contact


@transaction.atomic
def edit_contact(*, by: Actor, contact: Contact, values: Mapping[str, Any], version: int, now: datetime) -> Contact:
    """Change fields of a contact that nobody else has changed since `version`.

    Raises NotAllowed, Conflict with the fields as they are, DomainError with `field`.
    """
    _locked_for(by, contact.organization)
    locked = _locked(contact)
    check_fields(values, WRITABLE_FIELDS)
    wanted = _tidy(values)
    before = {name: getattr(locked, name) for name in wanted}
    if locked.version != version:
        message = _("Somebody changed this contact while you were editing it.")
        raise Conflict(message, version=locked.version, current=before)
    changes = activity.changes_between(before, wanted)
    if not changes:
        return locked
    for name in changes:
        setattr(locked, name, wanted[name])
    clean(locked, changes)
    _check_address(locked)
    locked.version += 1
    locked.save(update_fields=[*changes, "version", "updated_at"])
    if "role" in changes:
        stakeholder_facts.refresh([locked.organization_id], now=now)
    _record(by, "contact.edited", locked, now, changes)
    return locked


@transaction.atomic
def make_primary(*, by: Actor, contact: Contact, now: datetime) -> Contact:
    """Make a contact the primary one of its organization. Raises NotAllowed, DomainError "archived"."""
    organization = _locked_for(by, contact.organization)
    locked = _locked(contact)
    if locked.archived_at is not None:
        raise DomainError(_("An archived contact cannot be the primary one."), code="archived")
    if locked.is_primary:
        return locked
    _primaries(organization).update(is_primary=False)
    _save(locked, is_primary=True)
    _record(by, "contact.made_primary", locked, now, {"is_primary": [False, True]})
    _say(_("%(name)s is now the primary contact"), locked, by, now)
    return locked


@transaction.atomic
def archive_contact(*, by: Actor, contact: Contact, now: datetime) -> Contact:
    """Take a contact out of all lists, which ends its portal access too; nothing is deleted. Raises NotAllowed."""
    _locked_for(by, contact.organization)
    locked = _locked(contact)
    if locked.archived_at is not None:
        return locked
    _save(locked, archived_at=now, is_primary=False)
    _record(by, "contact.archived", locked, now, {"archived_at": [None, now]})
    _say(_("%(name)s is no longer a contact"), locked, by, now)
    return locked


@transaction.atomic
def restore_contact(*, by: Actor, contact: Contact, now: datetime) -> Contact:
    """Undo of `archive_contact`; portal access comes back. Raises NotAllowed, DomainError if the address is taken."""
    _locked_for(by, contact.organization)
    locked = _locked(contact)
    if locked.archived_at is None:
        return locked
    _check_address(locked)
    before = locked.archived_at
    _save(locked, archived_at=None)
    _record(by, "contact.restored", locked, now, {"archived_at": [before, None]})
    _say(_("%(name)s is a contact again"), locked, by, now)
    return locked


@transaction.atomic
def invite_to_portal(*, by: Actor, contact: Contact, now: datetime) -> None:
    """Invite a contact to the portal by a single-use link; who uses it elsewhere already is tied at once.

    Raises NotAllowed; DomainError with `field` "email" without an address or for one of ours, "archived", "linked".
    """
    organization = _locked_for(by, contact.organization, capability="invite_contact")
    locked = _locked(contact)
    if locked.archived_at is not None:
        raise DomainError(_("This contact is archived."), code="archived")
    if locked.user_id is not None:
        raise DomainError(_("This contact uses the portal already."), code="linked")
    if not locked.email:
        raise DomainError(_("Add an e-mail address first."), field="email", code="no_address")
    known = User.objects.filter(email=locked.email.lower()).first()
    if known is not None and known.audience != Audience.CONTACT:
        raise DomainError(_("This is the address of one of our people."), field="email", code="not_a_contact")
    if known is not None:
        link_portal_user(contact=locked, user=known, now=now)
    else:
        invitations.invite(
            by=by,
            email=locked.email,
            name=locked.name,
            audience=Audience.CONTACT,
            contact_id=locked.pk,
            organization_id=organization.pk,
            now=now,
        )
    _record(by, "contact.invited", locked, now, {})


@transaction.atomic
def link_portal_user(*, contact: Contact, user: User, now: datetime) -> Contact:
    """Tie the person who accepted an invitation to their contact row.

    Raises DomainError: "archived", "not_a_contact" for one of our people, "linked" if somebody else is tied.
    """
    organization = lock_organization(contact.organization)
    locked = _locked(contact)
    if locked.archived_at is not None or organization.archived_at is not None:
        raise DomainError(_("This contact is archived."), code="archived")
    if user.audience != Audience.CONTACT:
        raise DomainError(_("Our own people do not use the portal."), code="not_a_contact")
    if locked.user_id == user.pk:
        return locked
    if locked.user_id is not None:
        raise DomainError(_("Somebody else uses the portal as this contact already."), code="linked")
    _save(locked, user=user)
    activity.record(
        actor_id=user.pk,
        verb="contact.portal_joined",
        target=locked,
        target_name=_("Contact of %(name)s") % {"name": organization.name},
        changes={"user_id": [None, user.pk]},
        now=now,
    )
    _say(_("%(name)s joined the portal"), locked, None, now)
    return locked


@transaction.atomic
def end_portal_access(*, by: Actor, contact: Contact, now: datetime) -> Contact:
    """Untie a contact from its portal user: the next request finds no organization. Raises NotAllowed."""
    _locked_for(by, contact.organization, capability="invite_contact")
    locked = _locked(contact)
    if locked.user_id is None:
        return locked
    before = locked.user_id
    _save(locked, user=None)
    _record(by, "contact.portal_ended", locked, now, {"user_id": [before, None]})
    _say(_("The portal access of %(name)s ended"), locked, by, now)
    return locked


def _locked_for(by: Actor, organization: Organization, *, capability: str = "edit_contacts") -> Organization:
    locked = lock_organization(organization)
    if not permissions.can_work_with(by, capability, locked):
        raise NotAllowed(_("You may not change the contacts of this organization in its present stage."))
    return locked


def _locked(contact: Contact) -> Contact:
    try:
        locked: Contact = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    except Contact.DoesNotExist:
        raise Missing(_("This contact does not exist, or it is not yours.")) from None
    return locked


def _primaries(organization: Organization) -> Any:
    return Contact.objects.filter(organization=organization, is_primary=True, archived_at__isnull=True)


def _tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without blanks around them; addresses in lower case, so that one address is one person."""
    tidy = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if "email" in tidy:
        tidy["email"] = str(tidy["email"]).lower()
    return tidy


def _check_address(contact: Contact) -> None:
    """Raises DomainError "email_taken" where another contact of the organization has the address (it is locked)."""
    if not contact.email:
        return
    others = Contact.objects.filter(organization_id=contact.organization_id, archived_at__isnull=True)
    if others.filter(email__iexact=contact.email).exclude(pk=contact.pk).exists():
        message = _("Another contact of this organization has this e-mail address.")
        raise DomainError(message, field="email", code="email_taken")


def _save(contact: Contact, **values: Any) -> None:
    for name, value in values.items():
        setattr(contact, name, value)
    contact.version += 1
    contact.save(update_fields=[*values, "version", "updated_at"])


def _record(by: Actor, verb: str, contact: Contact, now: datetime, changes: Mapping[str, Any]) -> None:
    """The trail is never changed, so it says that personal data changed and not into what: that must stay erasable."""
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=contact,
        target_name=_("Contact of %(name)s") % {"name": contact.organization.name},
        changes={name: ["*", "*"] if name in _PERSONAL else pair for name, pair in changes.items()},
        now=now,
    )


def _say(sentence: str, contact: Contact, by: Actor | None, now: datetime) -> None:
    timeline.push(
        organization=contact.organization,
        kind=EntryKind.CONTACT,
        title=sentence % {"name": contact.name},
        at=now,
        by=by,
        target=contact,
    )

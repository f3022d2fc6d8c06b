"""Mail sent to an organization's own address becomes an interaction: for colleagues who work there and its contacts.

The address is the key, and only opens together with a sender whom we know there; all other mail is dropped and noted.
Loops, floods and machines are the desk's to turn away before (tickets.services.mail_intake).
"""

import logging
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import actor_for
from accounts.auth import user_with_access
from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import NotAllowed
from common.mail_authentication import Vouched
from partners.models import Contact, Interaction, MailAddress, Organization
from partners.permissions import can_use
from partners.rules import mail_in as rules
from partners.services.interactions import MAX_BODY, log_mail
from partners.services.locking import lock_organization, refuse_archived
from partners.work_permissions import can_arrange

logger = logging.getLogger(__name__)
_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True, kw_only=True)
class InMail:
    """A mail as the desk read it; `text` is its answer, without what it repeats.

    `vouched`: what a server said of whether it is from `sender`.
    """

    key: str
    sender: str
    recipients: Sequence[str]
    subject: str
    text: str
    file_names: Sequence[str] = ()
    vouched: Vouched = Vouched.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of it: an interaction, or none and why."""

    organization_id: int | None
    interaction: Interaction | None
    why_not: str = ""


def address_of(organization: Organization) -> str:
    """Where its mail goes; "" while it has no address, or the installation no mailbox. One statement."""
    found = MailAddress.objects.filter(organization_id=organization.pk, revoked_at__isnull=True).first()
    return rules.written(settings.TICKET_MAIL_ADDRESS, found.token) if found else ""


@transaction.atomic
def renew(*, by: Actor, organization: Organization, now: datetime) -> MailAddress:
    """A new address; the one before ends at once. Raises NotAllowed, DomainError "archived"."""
    locked = _locked_for(by, organization)
    _end(locked, now)
    token = "".join(secrets.choice(_ALPHABET) for _place in range(rules.TOKEN_LENGTH))
    made = MailAddress.objects.create(organization=locked, token=token, created_at=now, created_by_id=by.user_id)
    _record(by, "mail_address.made", locked, now)
    return made


@transaction.atomic
def revoke(*, by: Actor, organization: Organization, now: datetime) -> None:
    """Mail to its address is dropped from now on. Raises NotAllowed, DomainError "archived"."""
    locked = _locked_for(by, organization)
    if _end(locked, now):
        _record(by, "mail_address.revoked", locked, now)


def is_for_us(recipients: Sequence[str]) -> bool:
    """Whether a mail goes to the address of an organization, valid or not: it is none for the desk then."""
    return bool(rules.token_in(recipients))


@transaction.atomic
def receive(mail: InMail, *, now: datetime) -> Taken:
    """Log a mail with the organization whose address it was sent to. Safe to run twice.

    The caller sees all organizations.
    """
    rows = MailAddress.objects.filter(token=rules.token_in(mail.recipients), revoked_at__isnull=True)
    address = rows.select_related("organization").first()
    if address is None or address.organization.archived_at is not None:
        return _dropped(None, "an address that is not in use")
    organization = address.organization
    if not _is_theirs(mail):
        return _dropped(organization, "nobody vouches that it is from its sender")
    colleague, contact = _colleague(mail.sender, organization), _contact(mail.sender, organization)
    if colleague is None and contact is None:
        return _dropped(organization, "its sender is neither a colleague who works there nor a contact of it")
    known = Interaction.objects.filter(organization=organization, source_key=mail.key[:200]).first()
    if known is not None:
        return Taken(organization_id=organization.pk, interaction=known)
    files_word = _("Files that came with it")
    made = log_mail(
        organization=organization,
        author_id=colleague.pk if colleague else None,
        values={
            "summary": (mail.subject or _("(without a subject)"))[:200].replace("\0", ""),
            "body": rules.notes_of(mail.text, mail.file_names, files_word, most_bytes=MAX_BODY),
            "is_two_way": contact is not None and colleague is None,
            "source_key": mail.key[:200],
        },
        contacts=[contact] if contact is not None else _addressed(mail, organization),
        now=now,
    )
    return Taken(organization_id=organization.pk, interaction=made)


def _is_theirs(mail: InMail) -> bool:
    """Where the installation names a server that looks, it has to vouch; else nobody may say that it is forged."""
    if settings.MAIL_AUTH_SERVERS:
        return mail.vouched is Vouched.PASSED
    return mail.vouched is not Vouched.FAILED


def _colleague(sender: str, organization: Organization) -> User | None:
    """One of ours with this address who may log there now."""
    found = User.objects.filter(email__iexact=sender).staff().active().first() if sender else None
    user = user_with_access(found.pk) if found is not None else None
    return user if user is not None and can_use(actor_for(user), "log_interaction", organization) else None


def _contact(sender: str, organization: Organization) -> Contact | None:
    rows = Contact.objects.filter(organization=organization, archived_at__isnull=True)
    return rows.filter(email__iexact=sender).first() if sender else None


def _addressed(mail: InMail, organization: Organization) -> list[Contact]:
    """Their people to whom a mail of ours went."""
    wanted = {one.strip().lower() for one in mail.recipients}
    rows = Contact.objects.filter(organization=organization, archived_at__isnull=True).exclude(email="")
    return [contact for contact in rows[:200] if contact.email.lower() in wanted]


def _dropped(organization: Organization | None, why: str) -> Taken:
    # Neither who wrote nor what: it is somebody's mail, and none of ours.
    logger.info("a mail to be logged was dropped: %s", why, extra={"organization_id": getattr(organization, "pk", 0)})
    return Taken(organization_id=organization.pk if organization else None, interaction=None, why_not=why)


def _locked_for(by: Actor, organization: Organization) -> Organization:
    locked = lock_organization(organization)
    refuse_archived(locked)
    if not can_arrange(by, locked):
        raise NotAllowed(_("Those who work on the organization in its present stage look after its address."))
    return locked


def _end(organization: Organization, now: datetime) -> int:
    rows = MailAddress.objects.filter(organization=organization, revoked_at__isnull=True)
    return rows.update(revoked_at=now)


def _record(by: Actor, verb: str, organization: Organization, now: datetime) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=organization,
        target_name=organization.name,
        changes={},
        now=now,
    )

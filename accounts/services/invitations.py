"""Invitations: a single-use link that expires, stored hashed; the same answer for known and unknown addresses."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.choices import USER_ROLES, Audience
from accounts.models import Invitation, User
from accounts.rules.access import Actor
from accounts.services import activity, people
from common import outbox
from common.errors import DomainError, NotAllowed
from common.mail import absolute_url, send_mail
from common.scope import Scope, scoped

LIFE = timedelta(days=7)
_SALT = "accounts.invitation"
# Upper floors tie the new person to what they were invited for (a contact of an organization).
_on_accepted: list[Callable[[Invitation, User, datetime], None]] = []


def on_accepted(listener: Callable[[Invitation, User, datetime], None]) -> None:
    """Be told, inside the transaction, that an invitation was accepted; registered in AppConfig.ready()."""
    if listener not in _on_accepted:
        _on_accepted.append(listener)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite(
    *,
    by: Actor,
    email: str,
    name: str,
    now: datetime,
    roles: Iterable[str] = (),
    audience: str = Audience.STAFF,
    contact_id: int | None = None,
    organization_id: int | None = None,
) -> Invitation:
    """Invite somebody; an open invitation to the same address is replaced. The mail goes out on commit.

    Colleagues are invited by those who manage people; contacts by the use case of partners, which checks its right.
    Raises NotAllowed, DomainError (`field` "email" or "roles").
    """
    if by.user_id is None or (audience == Audience.STAFF and not by.has("manage_people")):
        raise NotAllowed(_("Only people who manage colleagues can do this."))
    wanted = sorted(set(roles))
    if unknown := [role for role in wanted if role not in USER_ROLES]:
        raise DomainError(_("There is no role %(role)s.") % {"role": unknown[0]}, field="roles")
    email = email.strip().lower()
    if audience == Audience.STAFF and User.objects.filter(email=email).exists():
        raise DomainError(_("This person has an account already."), field="email")
    Invitation.objects.filter(
        email=email, contact_id=contact_id, accepted_at__isnull=True, revoked_at__isnull=True
    ).update(revoked_at=now)
    row = Invitation.objects.create(
        email=email,
        name=name,
        audience=audience,
        roles=wanted,
        contact_id=contact_id,
        organization_id=organization_id,
        token_hash=_hash(secrets.token_urlsafe(32)),
        invited_by_id=by.user_id,
        expires_at=now + LIFE,
    )
    _send(row, now=now)
    _record("invitation.sent", row, now=now, by=by, changes={"roles": [None, wanted]})
    return row


def _send(row: Invitation, *, now: datetime) -> None:
    outbox.put(topic="accounts.invitation_mail", payload={"invitation_id": row.pk}, now=now)


@transaction.atomic
def resend(*, invitation: Invitation, by: Actor, now: datetime) -> None:
    """Send an open invitation again with a fresh week. The link in the earlier mail stops working."""
    locked = _open(invitation, by)
    locked.token_hash = _hash(secrets.token_urlsafe(32))
    locked.expires_at = now + LIFE
    locked.save(update_fields=["token_hash", "expires_at"])
    _send(locked, now=now)
    _record("invitation.sent_again", locked, now=now, by=by)


@transaction.atomic
def revoke(*, invitation: Invitation, by: Actor, now: datetime) -> None:
    """Take an open invitation back."""
    locked = _open(invitation, by)
    locked.revoked_at = now
    locked.save(update_fields=["revoked_at"])
    _record("invitation.revoked", locked, now=now, by=by)


def _open(invitation: Invitation, by: Actor) -> Invitation:
    if not by.has("manage_people"):
        raise NotAllowed(_("Only people who manage colleagues can do this."))
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.accepted_at is not None or locked.revoked_at is not None:
        raise DomainError(_("This invitation was accepted or taken back."))
    return locked


def link_of(invitation: Invitation) -> str:
    """The address that accepts. It signs the stored hash, so that the database alone cannot make a valid link."""
    token = signing.dumps([str(invitation.public_id), invitation.token_hash[:16]], salt=_SALT)
    return absolute_url(reverse("accounts:invitation", args=[token]))


def find(*, token: str, now: datetime) -> Invitation | None:
    """The open invitation behind a link; None for every link that does not hold, whatever the reason."""
    try:
        public_id, mark = signing.loads(token, salt=_SALT, max_age=LIFE)
        # Who follows a link is nobody yet and has no scope; an invitation to a portal belongs to an organization.
        with scoped(Scope.all()):
            row = Invitation.objects.select_related("invited_by").filter(public_id=UUID(public_id)).first()
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if row is None or row.token_hash[:16] != mark or row.expires_at <= now:
        return None
    return row if row.accepted_at is None and row.revoked_at is None else None


@transaction.atomic
def accept(*, token: str, name: str, password: str, timezone: str, now: datetime) -> User:
    """Make the account of an invitation, with its roles.

    Raises DomainError: `field` "password" for a weak one, none for a link that does not hold.
    """
    with scoped(Scope.all()):
        return _accept(find(token=token, now=now), name=name, password=password, timezone=timezone, now=now)


def _accept(found: Invitation | None, *, name: str, password: str, timezone: str, now: datetime) -> User:
    if found is None:
        raise _ended()
    # Looked at again under the lock: it may have been accepted, taken back or sent anew since.
    row = Invitation.objects.select_for_update().get(pk=found.pk)
    if row.token_hash != found.token_hash or row.accepted_at is not None or row.revoked_at is not None:
        raise _ended()
    if User.objects.filter(email=row.email).exists():
        raise _ended()
    user = User(email=row.email, name=" ".join(name.split()), audience=row.audience, timezone=timezone)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save()
    row.accepted_at, row.accepted_by = now, user
    row.save(update_fields=["accepted_at", "accepted_by"])
    for role in row.roles:
        people.grant_role(user=user, role=role, by=None, now=now, source="invitation")
    for listener in _on_accepted:
        listener(row, user, now)
    _record("invitation.accepted", row, now=now, by=user)
    return user


def _record(
    verb: str, row: Invitation, *, now: datetime, by: Actor | User, changes: Mapping[str, Any] | None = None
) -> None:
    activity.record(
        actor_id=by.pk if isinstance(by, User) else by.user_id,
        actor_name=by.name,
        verb=verb,
        target=row,
        # The trail is never changed: the address of somebody outside of the house must stay erasable.
        target_name=_("An invitation to the portal") if row.audience == Audience.CONTACT else row.email,
        changes=changes,
        now=now,
    )


def _ended() -> DomainError:
    return DomainError(
        _("This link does not work any more. Ask the person who invited you for a new one."), code="ended"
    )


@outbox.handler("accounts.invitation_mail")
def send_invitation(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Write the mail, unless the invitation was accepted, taken back or ended meanwhile."""
    row = Invitation.objects.select_related("invited_by").filter(pk=payload["invitation_id"]).first()
    if row is None or row.accepted_at is not None or row.revoked_at is not None or row.expires_at <= now:
        return
    with override(row.invited_by.language):
        context = {
            "url": link_of(row),
            "invited_by": row.invited_by.name,
            "to_portal": row.audience == Audience.CONTACT,
            "until": date_format(row.expires_at, "DATE_FORMAT"),
        }
    send_mail(to=row.email, template="invitation", context=context, key=key, language=row.invited_by.language)

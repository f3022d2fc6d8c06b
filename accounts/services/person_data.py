"""What is kept of a portal contact who signs in: handed out, and erased (security.md 19)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.choices import Audience
from accounts.models import Activity, ApiToken, Invitation, Notification, NotificationPreference, SavedView, User
from accounts.services import sessions
from common.errors import DomainError

# No mail can ever be sent there (RFC 2606), and nobody can sign in with it.
NOWHERE = "erased.invalid"
# Rows that are the person's own, and point at nothing that stays.
_OWN: tuple[type[models.Model], ...] = (
    *(UserSession, SocialAccount, Authenticator, EmailAddress, ApiToken),
    *(Notification, NotificationPreference, SavedView),
)


def invitations_of(*, emails: Collection[str], contact_ids: Collection[int], user: User | None) -> QuerySet[Invitation]:
    """Portal invitations of a person, by whatever leads to them."""
    wanted = Q(email__in=emails) | Q(contact_id__in=contact_ids)
    if user is not None:
        wanted |= Q(accepted_by=user)
    found: QuerySet[Invitation] = Invitation.objects.filter(wanted, audience=Audience.CONTACT)
    return found


def trail_of(*, user: User | None, contact_ids: Collection[int]) -> QuerySet[Activity]:
    """Lines of the audit trail by the person or about them. They are never changed."""
    about = Q(target_type="contact", target_id__in=contact_ids)
    if user is not None:
        about |= Q(actor_id=user.pk) | Q(target_type="user", target_id=user.pk)
    found: QuerySet[Activity] = Activity.objects.filter(about).order_by("at", "id")
    return found


def user_data(user: User) -> dict[str, Any]:
    """Everything of the account itself, as JSON can hold it; no secrets."""
    sessions = UserSession.objects.filter(user=user).order_by("created_at")
    return {
        "id": str(user.public_id),
        **{name: getattr(user, name) for name in ("email", "name", "job_title", "timezone", "language", "is_active")},
        "joined_at": user.date_joined,
        "last_sign_in_at": user.last_login,
        "sessions": list(sessions.values("created_at", "last_seen_at", "ip", "user_agent")),
        "factors": list(Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")),
        "single_sign_on": list(SocialAccount.objects.filter(user=user).values("provider", "uid", "extra_data")),
        "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified")),
        "api_tokens": list(ApiToken.objects.filter(user=user).values("name", "scope", "created_at", "last_used_at")),
        "notices": list(Notification.objects.filter(user=user).values("kind", "title", "body", "created_at")),
        "notice_preferences": list(NotificationPreference.objects.filter(user=user).values("kind", "delivery")),
        "saved_views": list(SavedView.objects.filter(user=user).values("name")),
    }


@transaction.atomic
def erase_user(*, user: User, neutral_name: str, now: datetime) -> None:
    """Leave a row without a person behind, since history points at it, and end every way in.

    Raises DomainError "not_a_contact" for one of our people: what they did is the record of the house.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.audience != Audience.CONTACT:
        raise DomainError(_("This is one of our people. Deactivate them instead."), code="not_a_contact")
    sessions.end_all(user=locked)
    for model in _OWN:
        model._default_manager.filter(user=locked).delete()
    locked.email = f"erased-{locked.public_id.hex}@{NOWHERE}"
    locked.name, locked.job_title, locked.timezone, locked.last_login = neutral_name, "", "UTC", None
    locked.is_active, locked.deactivated_at = False, locked.deactivated_at or now
    locked.set_unusable_password()
    locked.save(
        update_fields=[
            *("email", "name", "job_title", "timezone", "last_login", "is_active", "deactivated_at", "password")
        ]
    )


def erase_invitations(found: QuerySet[Invitation], *, now: datetime) -> int:
    """Take name and address out of invitations and end those that are open; returns how many there were."""
    found.filter(accepted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)
    return found.update(email=f"erased@{NOWHERE}", name="")

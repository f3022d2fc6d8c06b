"""Personal API tokens: shown once, stored hashed, scoped, expiring, revocable at once."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.auth import user_with_access
from accounts.models import ApiToken, TokenScope, User
from accounts.services import activity
from common.errors import DomainError

MAX_LIFE = timedelta(days=366)
# Writing "last used" with every call would make every read a write; once in a while says the same.
_TOUCH_EVERY = timedelta(minutes=5)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(*, user: User, name: str, scope: str, expires_at: datetime, now: datetime) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which is never readable again.

    Raises DomainError when the expiry lies in the past or over a year ahead.
    """
    if not now < expires_at <= now + MAX_LIFE:
        raise DomainError(_("Choose a day of expiry within the next 366 days."), field="expires_at")
    prefix = secrets.token_hex(5)
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=prefix,
        secret_hash=_hash(secret),
        scope=TokenScope(scope),
        expires_at=expires_at,
    )
    activity.record(actor_id=user.pk, actor_name=user.name, verb="token.created", target=token, now=now)
    return token, f"hub_{prefix}_{secret}"


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User, now: datetime) -> None:
    """End a token; the next request with it is refused. Revoking twice changes nothing."""
    locked = ApiToken.objects.select_for_update().get(pk=token.pk)
    if locked.revoked_at is not None:
        return
    locked.revoked_at = now
    locked.save(update_fields=["revoked_at"])
    activity.record(actor_id=by.pk, actor_name=by.name, verb="token.revoked", target=locked, now=now)


def authenticate_token(*, raw: str, now: datetime) -> ApiToken | None:
    """The live token behind `raw`, its user loaded with today's rights; None for any other text.

    A token of a dismissed person is none: inactive users are not found.
    """
    parts = raw.split("_", 2)
    if len(parts) != 3 or parts[0] != "hub" or len(raw) > 100 or not parts[1].isalnum():
        return None
    token = ApiToken.objects.filter(prefix=parts[1], revoked_at__isnull=True, expires_at__gt=now).first()
    if token is None or not hmac.compare_digest(token.secret_hash, _hash(parts[2])):
        return None
    user = user_with_access(token.user_id)
    if user is None:
        return None
    token.user = user
    if token.last_used_at is None or now - token.last_used_at > _TOUCH_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token

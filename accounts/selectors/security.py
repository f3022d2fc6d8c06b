"""How a person gets in: password, second factors, passkeys, single sign-on, recovery codes."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Passkey:
    """One passkey of a person, under the name they gave it."""

    pk: int
    name: str
    created_at: datetime
    last_used_at: datetime | None
    signs_in_alone: bool


@dataclass(frozen=True, kw_only=True)
class SecurityOverview:
    """All ways in of one person. `codes_left` is None where there are no recovery codes."""

    has_password: bool
    app_since: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int | None
    sso_name: str

    @property
    def has_second_factor(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)


def security_overview(user: User, *, is_connected: bool | None = None) -> SecurityOverview:
    """The ways in of `user`: one statement, and one more unless it is said whether they use single sign-on."""
    held = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
    app = next((one for one in held if one.type == Authenticator.Type.TOTP), None)
    codes = next((one for one in held if one.type == Authenticator.Type.RECOVERY_CODES), None)
    if is_connected is None:
        is_connected = SocialAccount.objects.filter(user=user).exists()
    return SecurityOverview(
        has_password=user.has_usable_password(),
        app_since=app.created_at if app else None,
        passkeys=tuple(passkey_of(one) for one in held if one.type == Authenticator.Type.WEBAUTHN),
        codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
        sso_name=settings.OIDC_NAME if is_connected else "",
    )


def passkey_of(row: Authenticator) -> Passkey:
    """What a page shows of a passkey."""
    wrapped = row.wrap()
    return Passkey(
        pk=row.pk,
        name=wrapped.name,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        signs_in_alone=bool(wrapped.is_passwordless),
    )

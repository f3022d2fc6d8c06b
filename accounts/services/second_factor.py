"""The second factor: who has one, and who has to set one up first (REQUIRE_STAFF_MFA)."""

from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.choices import Audience
from accounts.models import User

_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: User, *, beside: Authenticator | None = None) -> bool:
    """Whether an authenticator app or a passkey stands in for `user`; `beside` is not counted."""
    held = Authenticator.objects.filter(user=user, type__in=_FACTORS)
    return held.exclude(pk=beside.pk).exists() if beside is not None else held.exists()


def is_second_factor_required(user: User) -> bool:
    """The setting asks our own people for one; contacts may have one."""
    return bool(settings.REQUIRE_STAFF_MFA) and user.audience == Audience.STAFF


def is_second_factor_due(user: User) -> bool:
    """Whether `user` has to set one up before anything else."""
    return is_second_factor_required(user) and not has_second_factor(user)

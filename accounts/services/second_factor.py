"""The second factor: who has one, and who has to set one up first (REQUIRE_STAFF_MFA)."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Audience
from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import NotAllowed

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


@transaction.atomic
def reset_second_factor(*, user: User, by: Actor, now: datetime) -> None:
    """Take all second factors and recovery codes of somebody who has lost them. Raises NotAllowed.

    Who asks for it has to be known by other means than a mail: the password alone lets in afterwards.
    """
    if not by.has("manage_people"):
        raise NotAllowed(_("Only people who manage colleagues can do this."))
    held = list(Authenticator.objects.select_for_update().filter(user=user))
    if not held:
        return
    for one in held:
        one.delete()
    activity.record(actor_id=by.user_id, actor_name=by.name, verb="mfa.reset", target=user, now=now)

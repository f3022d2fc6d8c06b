"""Single sign-on: the provider vouches for a person, its claims give and take roles at every sign-in."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from accounts.choices import Audience
from accounts.models import RoleGrant, User
from accounts.rules.sso import parse_role_map, roles_from_claims
from accounts.services import activity, people
from common.errors import DomainError

SOURCE = "sso"
logger = logging.getLogger(__name__)


def claimed_roles(extra_data: Mapping[str, Any]) -> frozenset[str]:
    """The roles that a provider gives: by OIDC_ROLE_MAP out of the claim OIDC_ROLE_CLAIM, and no other."""
    parts = (extra_data.get("userinfo"), extra_data.get("id_token"))
    claims = [part for part in parts if isinstance(part, Mapping)]
    return roles_from_claims(claims, claim=settings.OIDC_ROLE_CLAIM, role_map=parse_role_map(settings.OIDC_ROLE_MAP))


def comes_by_sso_only(user: User) -> bool:
    """Whether `user` has single sign-on instead of a password: then the provider alone decides whether they come in."""
    is_on = bool(settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS"))
    return is_on and not user.has_usable_password() and SocialAccount.objects.filter(user=user).exists()


@transaction.atomic
def join(*, user: User, account: SocialAccount, now: datetime) -> None:
    """Make the account of somebody whom the provider vouches for: one of ours, without a password or a role."""
    user.email = user.email.lower()
    user.audience = Audience.STAFF
    user.set_unusable_password()
    user.save()
    account.user = user
    account.save()
    activity.record(
        actor_id=user.pk, actor_name=user.name, verb="person.joined", target=user, reason="single sign-on", now=now
    )


@transaction.atomic
def synchronize_roles(*, user: User, roles: frozenset[str], now: datetime) -> None:
    """Make the roles that came by single sign-on those of `roles`; what an administrator gave stays.

    A contact gets none: the portal knows no roles. The last administrator stays one, whatever the provider says.
    """
    if user.audience != Audience.STAFF:
        return
    came = RoleGrant.objects.filter(user=user, source=SOURCE, ended_at__isnull=True)
    for role in sorted(set(came.values_list("role", flat=True)) - roles):
        try:
            people.end_role(user=user, role=role, by=None, now=now, reason="single sign-on")
        except DomainError as error:
            logger.warning("single sign-on could not end a role", extra={"code": error.code, "user_id": user.pk})
    for role in sorted(roles):
        people.grant_role(user=user, role=role, by=None, now=now, source=SOURCE)

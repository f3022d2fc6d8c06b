"""Sign-in backend: loads a person with everything that access needs in one statement."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery

from accounts.models import Membership, RoleGrant, User
from common.models import PolicyVersion


def users_with_access() -> Any:
    """Active users, each with `role_names`, `led_ids` (members of the teams they lead) and `access_version_id`.

    Read again with every request: a right that was taken away is gone with the next one.
    """
    grants = RoleGrant.objects.filter(user=OuterRef("pk"), ended_at__isnull=True)
    led = Membership.objects.filter(
        ended_at__isnull=True,
        team__archived_at__isnull=True,
        team__memberships__user=OuterRef("pk"),
        team__memberships__is_lead=True,
        team__memberships__ended_at__isnull=True,
    ).exclude(user=OuterRef("pk"))
    policy = PolicyVersion.objects.filter(name="access", is_active=True)
    return User.objects.active().annotate(
        role_names=ArraySubquery(grants.order_by("role").values("role")),
        led_ids=ArraySubquery(led.order_by("user_id").values("user_id").distinct()),
        access_version_id=Subquery(policy.values("pk")[:1]),
    )


class HubBackend(AuthenticationBackend):
    """allauth's e-mail sign-in; inactive people are nobody, at once."""

    def get_user(self, user_id: int) -> User | None:
        user: User | None = users_with_access().filter(pk=user_id).first()
        return user


BACKEND = f"{HubBackend.__module__}.{HubBackend.__qualname__}"

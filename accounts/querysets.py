"""The query vocabulary of people. `visible_to` is the only door to rows that a person may not all see."""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower

from common.models import ImmutableUnaccent

if TYPE_CHECKING:
    from accounts.rules.access import Actor


class UserQuerySet(models.QuerySet[Any]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def staff(self) -> Self:
        return self.filter(audience="staff")

    def visible_to(self, actor: "Actor") -> Self:
        """Colleagues see colleagues; a contact sees only itself (the portal names owners through assignments)."""
        if actor.is_staff:
            return self
        return self.filter(pk=actor.user_id) if actor.user_id else self.none()

    def matching(self, text: str) -> Self:
        """People whose name or address holds `text`, whatever the accents."""
        folded = Lower(ImmutableUnaccent(models.Value(text)))
        return self.alias(folded=folded).filter(Q(name_sort__contains=F("folded")) | Q(email__icontains=text))

    def holding(self, *roles: str) -> Self:
        """People who hold one of `roles` today."""
        grants = apps.get_model("accounts", "RoleGrant")._default_manager.filter(
            user=OuterRef("pk"), role__in=roles, ended_at__isnull=True
        )
        return self.filter(Exists(grants))

    def with_roles(self) -> Self:
        """Adds `role_names`: the roles held now, so that lists need no further statement."""
        return self.annotate(
            role_names=ArrayAgg(
                "role_grants__role",
                # Without a grant the join still gives a row, with nothing in it.
                filter=Q(role_grants__ended_at__isnull=True, role_grants__role__isnull=False),
                distinct=True,
                default=models.Value([], output_field=ArrayField(models.CharField())),
            )
        )


class OwnedQuerySet(models.QuerySet[Any]):
    """Rows of one person: notices, tokens, saved views, preferences."""

    def visible_to(self, actor: "Actor") -> Self:
        return self.filter(user_id=actor.user_id) if actor.user_id else self.none()


class NotificationQuerySet(OwnedQuerySet):
    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def newest_first(self) -> Self:
        return self.order_by(F("created_at").desc(), F("id").desc())


class SavedViewQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """One's own views and those that colleagues share."""
        if actor.user_id is None or not actor.is_staff:
            return self.none()
        return self.filter(Q(user_id=actor.user_id) | Q(is_shared=True))


class ActivityQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """The audit trail is for those who may read it; others see timelines, not the trail."""
        return self if actor.has("read_audit") else self.none()


class StaffReadableQuerySet(models.QuerySet[Any]):
    """Reference rows that every colleague may read and no contact may: teams, calendars, role grants."""

    def visible_to(self, actor: "Actor") -> Self:
        return self if actor.is_staff else self.none()

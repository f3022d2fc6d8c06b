"""Invitations and API tokens in the administration site: to look at, to send again, to end."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import ServiceAdmin, tried
from accounts.models import ApiToken, Invitation, User
from accounts.policies import actor_of
from accounts.services import invitations, tokens


class LookedAt(ServiceAdmin):
    """Written by nobody by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.action(description=gettext_lazy("Send again"), permissions=["view"])
def resend(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    by, now = actor_of(request), timezone.now()
    tried(request, _("%(count)s sent again."), lambda row: invitations.resend(invitation=row, by=by, now=now), queryset)


@admin.action(description=gettext_lazy("Take back"), permissions=["view"])
def take_back(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    by, now = actor_of(request), timezone.now()
    tried(request, _("%(count)s taken back."), lambda row: invitations.revoke(invitation=row, by=by, now=now), queryset)


@admin.register(Invitation)
class InvitationAdmin(LookedAt):
    list_display = ("email", "name", "audience", "invited_by", "created_at", "expires_at", "state")
    list_select_related: ClassVar = ["invited_by"]
    list_filter: ClassVar = [
        "audience",
        ("accepted_at", admin.EmptyFieldListFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
    ]
    search_fields: ClassVar = ["email", "name"]
    actions = (resend, take_back)
    fields: ClassVar = [
        *["email", "name", "audience", "roles", "invited_by"],
        *["created_at", "expires_at", "accepted_at", "accepted_by", "revoked_at"],
    ]

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Invitation) -> str:
        if row.accepted_at is not None:
            return _("accepted")
        if row.revoked_at is not None:
            return _("taken back")
        return _("open") if row.expires_at > timezone.now() else _("ended")


@admin.action(description=gettext_lazy("Revoke"), permissions=["view"])
def revoke_tokens(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    by, now = User.objects.get(pk=actor_of(request).user_id), timezone.now()
    done = _("%(count)s revoked.")
    tried(request, done, lambda row: tokens.revoke_token(token=row, by=by, now=now), queryset)


@admin.register(ApiToken)
class ApiTokenAdmin(LookedAt):
    """The tokens of everybody, for the day when one has leaked; their secrets are nowhere."""

    list_display = ("name", "user", "scope", "prefix", "expires_at", "last_used_at", "revoked_at")
    list_select_related: ClassVar = ["user"]
    list_filter: ClassVar = ["scope", ("revoked_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["name", "prefix", "user__name", "user__email"]
    ordering: ClassVar = ["-created_at"]
    actions = (revoke_tokens,)
    fields: ClassVar = ["name", "user", "scope", "prefix", "created_at", "expires_at", "last_used_at", "revoked_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of everybody: `visible_to` shows each person their own, and this is the page of those who manage people."""
        if not actor_of(request).has("manage_people"):
            return ApiToken.objects.none()
        return ApiToken.objects.order_by(*self.ordering)

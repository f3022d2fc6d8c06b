"""People in the administration site: found, edited, given roles and teams, dismissed and let in again."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import EndingInline, KeptForm, ServiceAdmin, tried
from accounts.admin.person_form import PersonAdminForm, RoleForm
from accounts.labels import AUDIENCE_LABELS, joined, role_choices, role_label
from accounts.models import Membership, RoleGrant, Team, User
from accounts.policies import actor_of
from accounts.services import people, sign_in


class HoldsRole(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", gettext_lazy("No role")), *role_choices()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "none":
            return queryset.exclude(pk__in=RoleGrant.objects.filter(ended_at__isnull=True).values("user_id"))
        held = RoleGrant.objects.filter(role=self.value(), ended_at__isnull=True).values("user_id")
        return queryset.filter(pk__in=held) if self.value() else queryset


class InTeam(admin.SimpleListFilter):
    title = gettext_lazy("team")
    parameter_name = "team"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        teams = Team.objects.visible_to(actor_of(request)).filter(archived_at__isnull=True)
        return [(str(pk), name) for pk, name in teams.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if not chosen.isdecimal() or len(chosen) > 12:
            return queryset
        members = Membership.objects.filter(team_id=int(chosen), ended_at__isnull=True)
        return queryset.filter(pk__in=members.values("user_id"))


class RoleInline(EndingInline):
    model = RoleGrant
    form = RoleForm
    fk_name = "user"
    verbose_name = gettext_lazy("role")
    verbose_name_plural = gettext_lazy("Roles today (“Delete” ends one, its history stays)")
    fields: ClassVar = ["role", "started_at", "granted_by", "source"]
    readonly_fields: ClassVar = ["started_at", "granted_by", "source"]


class MembershipInline(EndingInline):
    model = Membership
    form = KeptForm
    verbose_name = gettext_lazy("team")
    verbose_name_plural = gettext_lazy("Teams today (“Delete” ends one)")
    fields: ClassVar = ["team", "is_lead", "started_at"]
    readonly_fields: ClassVar = ["started_at"]
    autocomplete_fields: ClassVar = ["team"]


@admin.action(description=gettext_lazy("Deactivate"))
def deactivate(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    """Dismiss the people of a selection, after a page that says what hangs on them."""
    chosen = list(queryset.filter(is_active=True)[:500])
    if request.POST.get("confirmed") != "yes":
        context = {
            **model_admin.admin_site.each_context(request),
            "title": _("Deactivate people"),
            "opts": model_admin.model._meta,
            "people": [{"person": one, "holds": people.holds_of(one)} for one in chosen],
            "selected": [one.pk for one in chosen],
            "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/accounts/deactivate.html", context)
    by, now = actor_of(request), timezone.now()
    done = _("%(count)s deactivated: sessions and tokens have ended.")
    tried(request, done, lambda one: people.deactivate(user=one, by=by, now=now, confirm_holds=True), chosen)
    return None


@admin.action(description=gettext_lazy("Let in again"))
def activate(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    by, now = actor_of(request), timezone.now()
    done = _("%(count)s can sign in again.")
    tried(request, done, lambda one: people.activate(user=one, by=by, now=now), queryset.filter(is_active=False)[:500])


@admin.action(description=gettext_lazy("Send a link to choose a password"))
def send_password_link(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    now = timezone.now()
    done = _("%(count)s links are on their way.")
    chosen = queryset.filter(is_active=True)[:500]
    tried(request, done, lambda one: sign_in.request_password_reset(email=one.email, now=now), chosen)


@admin.register(User)
class UserAdmin(ServiceAdmin):
    form = PersonAdminForm
    list_display = ("name", "email", "kind_of_person", "roles", "is_active", "last_login")
    list_filter: ClassVar = ["is_active", HoldsRole, InTeam, "audience"]
    search_fields: ClassVar = ["name", "email"]
    ordering: ClassVar = ["name_sort", "pk"]
    fields: ClassVar = [
        *["name", "email", "job_title", "timezone", "calendar"],
        *["kind_of_person", "is_active", "date_joined", "last_login", "deactivated_at"],
    ]
    readonly_fields: ClassVar = ["kind_of_person", "is_active", "date_joined", "last_login", "deactivated_at"]
    inlines: ClassVar = [RoleInline, MembershipInline]
    actions = (deactivate, activate, send_password_link)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).with_roles()  # type: ignore[attr-defined]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """By name whatever the accents, or by address. Where people are chosen for something, only active ones."""
        found: Any = queryset
        if text := search_term.replace("\0", "").strip()[:100]:
            found = found.matching(text)
        return (found.active() if request.path.endswith("/autocomplete/") else found), False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Nobody is made here: they are invited, and choose a password themselves."""
        return redirect("accounts:invite")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "show_save_and_add_another": False}
        )

    def view_on_site(self, obj: User) -> str:
        return reverse("accounts:person", args=[obj.public_id]) if obj.audience == "staff" else "/"

    @admin.display(description=gettext_lazy("kind"))
    def kind_of_person(self, user: User) -> str:
        return str(AUDIENCE_LABELS.get(user.audience, user.audience))

    @admin.display(description=gettext_lazy("roles"), empty_value="-")
    def roles(self, user: User) -> str | None:
        return joined(role_label(role) for role in sorted(user.role_names)) or None

    def get_inline_instances(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Contacts hold no role and are in no team."""
        return super().get_inline_instances(request, obj) if obj and obj.audience == "staff" else []

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        by, now = actor_of(request), timezone.now()
        data = form.cleaned_data
        people.change_address(user=User.objects.get(pk=obj.pk), email=data["email"], by=by, now=now)
        people.edit_person(
            user=obj,
            by=by,
            now=now,
            values={name: data[name] for name in ("name", "job_title", "timezone", "calendar")},
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        by, now = actor_of(request), timezone.now()
        formset.save(commit=False)
        for row in formset.deleted_objects:
            _end(row, by, now)
        for row in [*formset.new_objects, *(row for row, _fields in formset.changed_objects)]:
            _take(row, by, now)


def _end(row: Any, by: Any, now: Any) -> None:
    if isinstance(row, RoleGrant):
        people.end_role(user=row.user, role=row.role, by=by, now=now)
    else:
        people.end_membership(team=row.team, user=row.user, by=by, now=now)


def _take(row: Any, by: Any, now: Any) -> None:
    if isinstance(row, RoleGrant):
        people.grant_role(user=row.user, role=row.role, by=by, now=now)
    else:
        people.add_member(team=row.team, user=row.user, is_lead=row.is_lead, by=by, now=now)

"""Teams in the administration site: what they are for, and who is in them."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import EndingInline, KeptForm, ServiceAdmin, tried
from accounts.choices import TeamKind
from accounts.labels import TEAM_KIND_LABELS, team_kind_label
from accounts.models import Membership, Team
from accounts.policies import actor_of
from accounts.services import people, teams

if TYPE_CHECKING:
    _Form = forms.ModelForm[Team]
else:
    _Form = forms.ModelForm


class TeamForm(_Form):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[(kind, TEAM_KIND_LABELS[kind]) for kind in TeamKind])

    class Meta:
        model = Team
        fields = ("name", "kind", "purpose", "email", "calendar")


class MemberInline(EndingInline):
    model = Membership
    form = KeptForm
    verbose_name = gettext_lazy("member")
    verbose_name_plural = gettext_lazy("Members today (“Delete” ends a membership)")
    fields: ClassVar = ["user", "is_lead", "started_at"]
    readonly_fields: ClassVar = ["started_at"]
    autocomplete_fields: ClassVar = ["user"]


@admin.action(description=gettext_lazy("Archive"))
def archive(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    by, now = actor_of(request), timezone.now()
    done = _("%(count)s archived.")
    tried(request, done, lambda team: teams.set_archived(by=by, team=team, is_archived=True, now=now), queryset)


@admin.action(description=gettext_lazy("Take up again"))
def restore(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    by, now = actor_of(request), timezone.now()
    done = _("%(count)s taken up again.")
    tried(request, done, lambda team: teams.set_archived(by=by, team=team, is_archived=False, now=now), queryset)


@admin.register(Team)
class TeamAdmin(ServiceAdmin):
    form = TeamForm
    list_display = ("name", "kind_in_words", "member_count", "email", "is_archived")
    list_filter: ClassVar = ["kind", ("archived_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["name", "purpose", "email"]
    ordering: ClassVar = ["name"]
    inlines: ClassVar = [MemberInline]
    actions = (archive, restore)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        members = Count("memberships", filter=Q(memberships__ended_at__isnull=True))
        return super().get_queryset(request).annotate(members_today=members)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_in_words(self, team: Team) -> str:
        return team_kind_label(team.kind)

    @admin.display(description=gettext_lazy("members"), ordering="members_today")
    def member_count(self, team: Any) -> int:
        return int(team.members_today)

    @admin.display(description=gettext_lazy("archived"), boolean=True, ordering="archived_at")
    def is_archived(self, team: Team) -> bool:
        return team.archived_at is not None

    def get_inline_instances(self, request: HttpRequest, obj: Team | None = None) -> Any:
        """Members join what there is: the page after adding has the rows."""
        return super().get_inline_instances(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        by, now = actor_of(request), timezone.now()
        values = {name: form.cleaned_data[name] for name in teams.WRITABLE_FIELDS}
        if change:
            saved = teams.edit_team(by=by, team=obj, values=values, now=now)
        else:
            saved = teams.create_team(by=by, values=values, now=now)
        obj.__dict__.update(saved.__dict__)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        by, now = actor_of(request), timezone.now()
        formset.save(commit=False)
        for row in formset.deleted_objects:
            people.end_membership(team=row.team, user=row.user, by=by, now=now)
        for row in [*formset.new_objects, *(row for row, _fields in formset.changed_objects)]:
            people.add_member(team=row.team, user=row.user, is_lead=row.is_lead, by=by, now=now)

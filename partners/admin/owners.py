"""Owners on the admin page of an organization: rows of today that use cases write, and those of the past to read."""

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import OWNER_ROLES, PARTICIPANT_ROLES
from accounts.labels import role_choices, role_short_label
from accounts.rules.access import Actor
from accounts.rules.roles import OWNER_ROLES_BY_KIND
from common.admin_input import SturdyChoices
from common.errors import DomainError
from common.templatetags.format import spell_day
from partners.models import Assignment
from partners.services import assignments
from partners.services.assignment_rows import fitting_person

if TYPE_CHECKING:
    _Form = forms.ModelForm[Assignment]
    _Inline = admin.TabularInline[Assignment, Any]
else:
    _Form, _Inline = forms.ModelForm, admin.TabularInline


def assignable_roles(kind: str) -> list[tuple[str, Any]]:
    """The roles that an assignment to this kind of organization may carry, owners first."""
    return role_choices([*OWNER_ROLES_BY_KIND[kind], *sorted(PARTICIPANT_ROLES)])


class OwnerForm(_Form):
    """One owner. Of those there are already only the primary place changes hands here; who else goes is ended."""

    leave_empty = forms.BooleanField(
        required=False,
        label=gettext_lazy("nobody shall follow"),
        help_text=gettext_lazy("Tick this too when the last owner of a role goes."),
    )

    class Meta:
        model = Assignment
        fields = ("user", "role", "is_primary", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("user", "role", "reason") if self.instance.pk else ():
            self.fields[name].disabled = True
        if not self.instance.pk:
            self.fields["is_primary"].initial = False

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and self.initial["is_primary"] and not values.get("is_primary"):
            self.add_error("is_primary", _("Make somebody else the primary one; this one steps back by it."))
        if not self.instance.pk and values.get("user") and values.get("role"):
            try:
                fitting_person(user=values["user"], role=values["role"])
            except DomainError as error:
                self.add_error(error.field if error.field in self.fields else None, error.message)
        return values

    def _get_validation_exclusions(self) -> set[str]:
        # The use case ends the row before and starts the next: what overlaps now will not then.
        return {field.name for field in Assignment._meta.fields}


class OwnerFormSet(BaseInlineFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["role"] = forms.ChoiceField(
            choices=[("", "---------"), *assignable_roles(self.instance.kind)],
            label=form.fields["role"].label,
            disabled=form.fields["role"].disabled,
        )

    def clean(self) -> None:
        """The last owner of a role goes only where that is said."""
        super().clean()
        left = Counter(
            form.cleaned_data["role"]
            for form in self.forms
            if form.is_valid() and form.cleaned_data.get("role") and form not in self.deleted_forms
        )
        for form in self.deleted_forms:
            role = form.instance.role
            if role in OWNER_ROLES and not left[role] and not form.cleaned_data.get("leave_empty"):
                words = {"name": form.instance.user.name, "role": role_short_label(role)}
                form.add_error(None, _("%(name)s is the last %(role)s. Tick “nobody shall follow” as well.") % words)
                raise forms.ValidationError(_("The last owner of a role leaves only where you say so."))


class OwnerInline(SturdyChoices, _Inline):
    model = Assignment
    form = OwnerForm
    formset = OwnerFormSet
    fk_name = "organization"
    verbose_name = gettext_lazy("owner")
    verbose_name_plural = gettext_lazy("Owners today (“Delete” ends an assignment, its history stays)")
    fields: ClassVar = ["user", "role", "is_primary", "reason", "leave_empty", "since"]
    readonly_fields: ClassVar = ["since"]
    extra = 1

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """People are found by name; the page of people itself belongs to the floor below."""
        return ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        found: QuerySet[Assignment] = Assignment.objects.active().select_related("user", "assigned_by")
        return found.order_by("role", "-is_primary", "started_at")

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        """People are edited on their own pages, not from a row of owners."""
        formset = super().get_formset(request, obj, **options)
        for name in ("can_add_related", "can_change_related", "can_view_related", "can_delete_related"):
            setattr(formset.form.base_fields["user"].widget, name, False)
        return formset

    @admin.display(description=gettext_lazy("since"))
    def since(self, row: Assignment) -> str:
        if row.pk is None:
            return "-"
        day = spell_day(timezone.localdate(row.started_at))
        return _("%(day)s by %(name)s") % {"day": day, "name": row.assigned_by} if row.assigned_by else day


class PastOwnerInline(_Inline):
    model = Assignment
    fk_name = "organization"
    verbose_name_plural = gettext_lazy("Owners before")
    fields = readonly_fields = ("user", "role", "is_primary", "started_at", "ended_at", "ended_by", "reason")
    extra = 0
    can_delete = False
    classes = ("collapse",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        found = Assignment.objects.filter(ended_at__isnull=False).select_related("user", "ended_by")
        return found.order_by("-ended_at", "-pk")


def save_owners(formset: OwnerFormSet, *, by: Actor) -> None:
    """Carry out what the rows ask for: newcomers first, so that nobody who leaves is the last one without need."""
    now = timezone.now()
    formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
    gone = formset.deleted_forms
    for form in formset.extra_forms:
        if form.has_changed() and form not in gone:
            values = form.cleaned_data
            made = assignments.assign_owner(
                by=by,
                organization=formset.instance,
                user=values["user"],
                role=values["role"],
                is_primary=values["is_primary"] or None,
                reason=values["reason"],
                now=now,
            )
            formset.new_objects.append(made)
    for form in formset.initial_forms:
        if form in gone:
            ended = assignments.end_assignment(
                by=by, assignment=_today(form.instance), confirm_last=form.cleaned_data["leave_empty"], now=now
            )
            formset.deleted_objects.append(ended)
        elif "is_primary" in form.changed_data:
            first = assignments.make_primary(by=by, assignment=_today(form.instance), now=now)
            formset.changed_objects.append((first, ["is_primary"]))


def _today(row: Assignment) -> Assignment:
    """The row that holds for the same person: another one, if the primary place changed hands a moment ago."""
    found: Assignment = Assignment.objects.active().get(
        organization=row.organization_id, user=row.user_id, role=row.role
    )
    return found

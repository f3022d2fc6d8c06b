"""What the administration site shows and does not write: histories, timeline, interactions, grants."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.labels import role_short_label
from partners.admin.base import ReadOnlyAdmin
from partners.models import (
    Assignment,
    ClassificationOverride,
    ContextGrant,
    Interaction,
    MailAddress,
    StagePeriod,
    TimelineEntry,
)


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Who owned what when. Owners are changed on the page of the organization, or for many in its list."""

    list_display = ("organization", "user", "role_name", "is_primary", "started_at", "ended_at")
    list_select_related: ClassVar = ["organization", "user"]
    list_filter: ClassVar = [("ended_at", admin.EmptyFieldListFilter), "role", "is_primary", "organization__kind"]
    search_fields: ClassVar = ["organization__name", "user__name", "user__email"]
    date_hierarchy = "started_at"
    ordering: ClassVar = ["-started_at", "-pk"]

    @admin.display(description=_("role"), ordering="role")
    def role_name(self, row: Assignment) -> str:
        return role_short_label(row.role)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup == "user__id__exact" or super().lookup_allowed(lookup, value, request)


@admin.register(StagePeriod)
class StagePeriodAdmin(ReadOnlyAdmin):
    list_display = ("organization", "stage", "entered_at", "left_at", "moved_by", "reason")
    list_select_related: ClassVar = ["organization", "moved_by"]
    list_filter: ClassVar = ["stage", ("left_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["organization__name"]
    ordering: ClassVar = ["-entered_at", "-pk"]


@admin.register(ClassificationOverride)
class ClassificationOverrideAdmin(ReadOnlyAdmin):
    """Set and taken back on the page of the organization."""

    list_display = ("organization", "dimension", "value", "reason", "set_by", "started_at", "ended_at")
    list_select_related: ClassVar = ["organization", "set_by"]
    list_filter: ClassVar = ["dimension", ("ended_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["organization__name", "reason"]
    ordering: ClassVar = ["-started_at", "-pk"]


@admin.register(ContextGrant)
class ContextGrantAdmin(ReadOnlyAdmin):
    list_display = ("organization", "user", "state", "asked_at", "decided_by", "expires_at")
    list_select_related: ClassVar = ["organization", "user", "decided_by"]
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["organization__name", "user__name"]
    ordering: ClassVar = ["-asked_at", "-pk"]


@admin.register(Interaction)
class InteractionAdmin(ReadOnlyAdmin):
    list_display = ("organization", "summary", "kind", "happened_at", "author", "is_two_way")
    list_select_related: ClassVar = ["organization", "author"]
    list_filter: ClassVar = ["kind", "is_two_way", ("archived_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["organization__name", "summary"]
    date_hierarchy = "happened_at"
    ordering: ClassVar = ["-happened_at", "-pk"]


@admin.register(MailAddress)
class MailAddressAdmin(ReadOnlyAdmin):
    """Where mail about an organization is logged; the secret part stands on its timeline alone."""

    list_display = ("organization", "created_at", "created_by", "revoked_at")
    list_select_related: ClassVar = ["organization", "created_by"]
    list_filter: ClassVar = [("revoked_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["organization__name"]
    exclude = ("token",)
    ordering: ClassVar = ["-created_at", "-pk"]


@admin.register(TimelineEntry)
class TimelineEntryAdmin(ReadOnlyAdmin):
    list_display = ("organization", "title", "kind", "at", "actor", "audience", "field_class")
    list_select_related: ClassVar = ["organization", "actor"]
    list_filter: ClassVar = ["kind", "audience", "field_class"]
    search_fields: ClassVar = ["organization__name", "title"]
    ordering: ClassVar = ["-at", "-pk"]

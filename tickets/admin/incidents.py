"""Incidents in the administration site: to be looked at; they are worked on on their own pages."""

from typing import ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from tickets.models import Incident, IncidentEntry, PostMortem


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    list_display = ("number", "title", "severity", "state", "commander", "declared_at", "update_due_at", "resolved_at")
    list_select_related: ClassVar = ["commander"]
    list_filter: ClassVar = ["severity", "state", "queue", "cause"]
    search_fields: ClassVar = ["title", "public_title", "external_key"]
    date_hierarchy = "declared_at"
    ordering: ClassVar = ["-declared_at", "-pk"]


@admin.register(IncidentEntry)
class IncidentEntryAdmin(ReadOnlyAdmin):
    list_display = ("incident", "kind", "at", "is_public", "state", "severity", "author_name")
    list_select_related: ClassVar = ["incident"]
    list_filter: ClassVar = ["kind", "is_public", "state"]
    search_fields: ClassVar = ["incident__title", "author_name"]
    ordering: ClassVar = ["-at", "-pk"]


@admin.register(PostMortem)
class PostMortemAdmin(ReadOnlyAdmin):
    list_display = ("incident", "state", "is_required", "due_at", "published_at", "shared_at")
    list_select_related: ClassVar = ["incident"]
    list_filter: ClassVar = ["state", "is_required"]
    search_fields: ClassVar = ["incident__title"]
    ordering: ClassVar = ["-pk"]

"""Tasks, commitments and plays in the administration site: read-only. They are changed on their pages, by use cases."""

from typing import Any, ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from partners.models import Commitment, Evidence, PlayRun, Task


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = ("organization", "title", "state", "owner", "court", "due_on", "stage", "source", "is_required")
    list_select_related: ClassVar = ["organization", "owner"]
    list_filter: ClassVar = [
        "state",
        "court",
        "source",
        "stage",
        "is_required",
        "is_shared",
        ("archived_at", admin.EmptyFieldListFilter),
    ]
    search_fields: ClassVar = ["organization__name", "title", "owner__name"]
    ordering: ClassVar = ["-pk"]

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup == "owner__id__exact" or super().lookup_allowed(lookup, value, request)


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ("organization", "kind", "task", "field", "added_by", "added_at", "removed_at")
    list_select_related: ClassVar = ["organization", "task", "added_by"]
    list_filter: ClassVar = ["kind", ("removed_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["organization__name"]
    ordering: ClassVar = ["-added_at", "-pk"]


@admin.register(Commitment)
class CommitmentAdmin(ReadOnlyAdmin):
    list_display = ("organization", "title", "side", "state", "owner", "due_on", "closed_on")
    list_select_related: ClassVar = ["organization", "owner"]
    list_filter: ClassVar = ["state", "side"]
    search_fields: ClassVar = ["organization__name", "title", "owner__name"]
    date_hierarchy = "due_on"
    ordering: ClassVar = ["-due_on", "-pk"]

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup == "owner__id__exact" or super().lookup_allowed(lookup, value, request)


@admin.register(PlayRun)
class PlayRunAdmin(ReadOnlyAdmin):
    list_display = ("organization", "title", "started_by", "started_at", "outcome", "ended_at")
    list_select_related: ClassVar = ["organization", "started_by"]
    list_filter: ClassVar = ["play", ("ended_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["organization__name", "title"]
    ordering: ClassVar = ["-started_at", "-pk"]

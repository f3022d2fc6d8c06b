"""Calendars in the administration site: to look at. They are written by their use cases alone."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import CalendarVersion, WorkCalendar


class _LookOnly:
    """No adding, changing or deleting here: a calendar changes by a new version, on its page, after a preview."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VersionInline(_LookOnly, admin.TabularInline):
    model = CalendarVersion
    fields = ("number", "effective_at", "timezone", "country", "subdivision", "weekly", "created_by", "created_at")
    readonly_fields = fields
    ordering: ClassVar = ("-effective_at", "-number")
    extra = 0


@admin.register(WorkCalendar)
class WorkCalendarAdmin(_LookOnly, admin.ModelAdmin):
    list_display = ("name", "archived_at")
    search_fields: ClassVar = ("name",)
    fields = ("name", "archived_at")
    inlines: ClassVar = [VersionInline]

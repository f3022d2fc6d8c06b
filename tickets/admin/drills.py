"""Drills in the administration site: read-only; they are played on their page."""

from typing import ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from tickets.models import EscalationDrill


@admin.register(EscalationDrill)
class EscalationDrillAdmin(ReadOnlyAdmin):
    list_display = ("policy", "policy_version", "priority", "queue", "played_by", "played_at", "steps", "holes")
    list_select_related: ClassVar = ["played_by"]
    list_filter: ClassVar = ["priority", "policy"]
    search_fields: ClassVar = ["played_by__name", "queue", "policy"]
    date_hierarchy = "played_at"
    ordering: ClassVar = ["-played_at", "-pk"]

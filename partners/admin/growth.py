"""Growth in the administration site: read-only."""

from typing import ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from partners.models import LossAutopsy, Opportunity, Renewal, RevenueChange


@admin.register(Opportunity)
class OpportunityAdmin(ReadOnlyAdmin):
    list_display = ("title", "organization", "stage", "amount", "currency", "expected_on", "owner")
    list_select_related: ClassVar = ["organization", "owner"]
    list_filter: ClassVar = ["stage", "kind"]
    search_fields: ClassVar = ["title", "organization__name", "external_key"]
    ordering: ClassVar = ["-expected_on", "-pk"]


@admin.register(Renewal)
class RenewalAdmin(ReadOnlyAdmin):
    list_display = ("organization", "due_on", "amount", "currency", "machine_verdict", "owner_verdict", "state")
    list_select_related: ClassVar = ["organization"]
    list_filter: ClassVar = ["state", "owner_verdict", "machine_verdict"]
    search_fields: ClassVar = ["organization__name", "external_key"]
    ordering: ClassVar = ["-due_on", "-pk"]


@admin.register(RevenueChange)
class RevenueChangeAdmin(ReadOnlyAdmin):
    list_display = ("organization", "on", "kind", "amount", "currency", "source_type", "recorded_at")
    list_select_related: ClassVar = ["organization"]
    list_filter: ClassVar = ["kind"]
    search_fields: ClassVar = ["organization__name", "note"]
    ordering: ClassVar = ["-on", "-pk"]


@admin.register(LossAutopsy)
class LossAutopsyAdmin(ReadOnlyAdmin):
    list_display = ("organization", "loss", "state", "drafted_at", "closed_at")
    list_select_related: ClassVar = ["organization", "loss"]
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["organization__name", "lessons"]
    ordering: ClassVar = ["-drafted_at", "-pk"]

"""Training, advice, integrations, services delivered, wins and references in the administration site: read-only."""

from typing import ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from partners.models import Recommendation, ReferenceRequest, ServiceDelivery, TechnicalIntegration, Training, Win


@admin.register(Training)
class TrainingAdmin(ReadOnlyAdmin):
    list_display = ("title", "organization", "state", "held_on", "trainer")
    list_select_related: ClassVar = ["organization", "trainer"]
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["title", "organization__name"]
    ordering: ClassVar = ["-pk"]


@admin.register(Recommendation)
class RecommendationAdmin(ReadOnlyAdmin):
    list_display = ("title", "organization", "kind", "state", "proposed_on", "due_on", "owner")
    list_select_related: ClassVar = ["organization", "owner"]
    list_filter: ClassVar = ["state", "kind"]
    search_fields: ClassVar = ["title", "organization__name", "practice"]
    ordering: ClassVar = ["-proposed_on", "-pk"]


@admin.register(TechnicalIntegration)
class TechnicalIntegrationAdmin(ReadOnlyAdmin):
    list_display = ("name", "organization", "state", "is_documented", "owner")
    list_select_related: ClassVar = ["organization", "owner"]
    list_filter: ClassVar = ["state", "is_documented"]
    search_fields: ClassVar = ["name", "organization__name"]
    ordering: ClassVar = ["-pk"]


@admin.register(ServiceDelivery)
class ServiceDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("service", "organization", "delivered_on", "days", "recorded_by", "withdrawn_at")
    list_select_related: ClassVar = ["organization", "recorded_by"]
    search_fields: ClassVar = ["service", "organization__name"]
    ordering: ClassVar = ["-delivered_on", "-pk"]


@admin.register(Win)
class WinAdmin(ReadOnlyAdmin):
    list_display = ("title", "organization", "achieved_on", "is_reference", "consent", "audience")
    list_select_related: ClassVar = ["organization"]
    list_filter: ClassVar = ["is_reference", "consent", "audience"]
    search_fields: ClassVar = ["title", "organization__name"]
    ordering: ClassVar = ["-achieved_on", "-pk"]


@admin.register(ReferenceRequest)
class ReferenceRequestAdmin(ReadOnlyAdmin):
    list_display = ("wanted_for", "organization", "win", "state", "asked_on", "asked_by")
    list_select_related: ClassVar = ["organization", "win", "asked_by"]
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["wanted_for", "organization__name", "win__title"]
    ordering: ClassVar = ["-asked_on", "-pk"]

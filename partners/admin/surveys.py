"""Surveys in the administration site: read-only."""

from typing import ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from partners.models import SurveyRefusal, SurveyRequest, SurveyResponse


@admin.register(SurveyRequest)
class SurveyRequestAdmin(ReadOnlyAdmin):
    list_display = ("subject_type", "subject_key", "organization", "contact", "agent", "state", "reason", "sent_at")
    list_select_related: ClassVar = ["organization", "contact", "agent"]
    list_filter: ClassVar = ["state", "kind"]
    search_fields: ClassVar = ["subject_key", "organization__name", "agent__name"]
    ordering: ClassVar = ["-occurred_at", "-pk"]


@admin.register(SurveyResponse)
class SurveyResponseAdmin(ReadOnlyAdmin):
    list_display = ("request", "organization", "score", "channel", "answered_at", "changes")
    list_select_related: ClassVar = ["request", "organization"]
    list_filter: ClassVar = ["score", "channel"]
    search_fields: ClassVar = ["organization__name", "request__subject_key"]
    ordering: ClassVar = ["-answered_at", "-pk"]


@admin.register(SurveyRefusal)
class SurveyRefusalAdmin(ReadOnlyAdmin):
    list_display = ("contact", "organization", "refused_at")
    list_select_related: ClassVar = ["contact", "organization"]
    search_fields: ClassVar = ["contact__name", "organization__name"]
    ordering: ClassVar = ["-refused_at", "-pk"]

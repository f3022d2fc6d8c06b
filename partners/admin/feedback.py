"""Product feedback, beta programs and campaigns in the administration site: read-only."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from partners.admin.base import ReadOnlyAdmin
from partners.models import BetaProgram, BetaSeat, FeedbackItem, FeedbackVoice, ReleaseNote, SurveyCampaign


class SharedAdmin(ReadOnlyAdmin):
    """Rows that belong to no organization and name none."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model._default_manager.order_by(*self.get_ordering(request))
        return found


@admin.register(FeedbackItem)
class FeedbackItemAdmin(SharedAdmin):
    list_display = ("title", "kind", "state", "expected", "issue_state", "released_on", "created_at")
    list_filter: ClassVar = ["state", "kind", ("archived_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["title", "issue_repository"]
    ordering: ClassVar = ["-created_at", "-pk"]


@admin.register(FeedbackVoice)
class FeedbackVoiceAdmin(ReadOnlyAdmin):
    list_display = ("item", "organization", "need", "added_by", "created_at")
    list_select_related: ClassVar = ["item", "organization", "added_by"]
    list_filter: ClassVar = ["need"]
    search_fields: ClassVar = ["organization__name", "item__title"]
    ordering: ClassVar = ["-created_at", "-pk"]


@admin.register(ReleaseNote)
class ReleaseNoteAdmin(ReadOnlyAdmin):
    list_display = ("subject", "organization", "owner", "state", "sent_at")
    list_select_related: ClassVar = ["organization", "owner"]
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["organization__name", "subject", "owner__name"]
    ordering: ClassVar = ["-created_at", "-pk"]


@admin.register(BetaProgram)
class BetaProgramAdmin(SharedAdmin):
    list_display = ("title", "state", "starts_on", "ends_on")
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["title"]
    ordering: ClassVar = ["-starts_on", "-pk"]


@admin.register(BetaSeat)
class BetaSeatAdmin(ReadOnlyAdmin):
    list_display = ("program", "organization", "state", "sessions")
    list_select_related: ClassVar = ["program", "organization"]
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["organization__name", "program__title"]
    ordering: ClassVar = ["-pk"]


@admin.register(SurveyCampaign)
class SurveyCampaignAdmin(SharedAdmin):
    list_display = ("name", "kind", "state", "starts_on", "ends_on", "asked", "spared")
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["name"]
    ordering: ClassVar = ["-starts_on", "-pk"]

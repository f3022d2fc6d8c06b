"""Quality reviews in the administration site: read-only; they are given on their pages."""

from typing import ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from tickets.models import QualityReview


@admin.register(QualityReview)
class QualityReviewAdmin(ReadOnlyAdmin):
    list_display = ("ticket", "agent", "reviewer", "score", "is_passed", "solved_at", "given_at", "answered_at")
    list_select_related: ClassVar = ["ticket", "agent", "reviewer"]
    list_filter: ClassVar = ["is_passed"]
    search_fields: ClassVar = ["agent__name", "ticket__subject"]
    date_hierarchy = "solved_at"
    ordering: ClassVar = ["-given_at", "-pk"]

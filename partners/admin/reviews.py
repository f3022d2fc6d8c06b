"""Business reviews in the administration site: to be found and read. What was presented cannot be changed."""

from typing import ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from partners.models import BusinessReview, ReviewDocument


@admin.register(BusinessReview)
class BusinessReviewAdmin(ReadOnlyAdmin):
    """The packs themselves are on the page of each review."""

    list_display = ("organization", "title", "kind", "period_from", "planned_on", "owner", "state", "erased_at")
    list_select_related: ClassVar = ["organization", "owner"]
    list_filter: ClassVar = ["state", "kind", ("erased_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["organization__name", "title"]
    date_hierarchy = "period_to"
    ordering: ClassVar = ["-period_to", "-pk"]


@admin.register(ReviewDocument)
class ReviewDocumentAdmin(ReadOnlyAdmin):
    list_display = ("organization", "review", "edition", "format", "language", "state", "failure", "made_at")
    list_select_related: ClassVar = ["organization", "review"]
    list_filter: ClassVar = ["state", "edition", "format"]
    search_fields: ClassVar = ["organization__name", "review__title"]
    ordering: ClassVar = ["-created_at", "-pk"]

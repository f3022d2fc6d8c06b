"""People who count and the customer record in the administration site: read-only, changed on their pages."""

from typing import ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from partners.models import RecordFact, Stakeholder


@admin.register(Stakeholder)
class StakeholderAdmin(ReadOnlyAdmin):
    list_display = ("organization", "contact", "influence", "sentiment", "is_sponsor", "last_two_way_at", "left_on")
    list_select_related: ClassVar = ["organization", "contact"]
    list_filter: ClassVar = ["influence", "sentiment", "is_sponsor", ("left_on", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["organization__name", "contact__name"]
    ordering: ClassVar = ["-pk"]


@admin.register(RecordFact)
class RecordFactAdmin(ReadOnlyAdmin):
    list_display = ("organization", "profile", "key", "source", "as_of", "author")
    list_select_related: ClassVar = ["organization", "author"]
    list_filter: ClassVar = ["profile", "key"]
    search_fields: ClassVar = ["organization__name", "key", "value"]
    ordering: ClassVar = ["-pk"]

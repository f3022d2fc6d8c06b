"""Success plans in the administration site: read-only."""

from typing import ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from partners.models import Objective, SuccessPlan


@admin.register(SuccessPlan)
class SuccessPlanAdmin(ReadOnlyAdmin):
    list_display = ("title", "organization", "template", "state", "starts_on", "ends_on", "owner", "is_shared")
    list_select_related: ClassVar = ["organization", "owner"]
    list_filter: ClassVar = ["state", "template", "is_shared"]
    search_fields: ClassVar = ["title", "organization__name", "owner__name"]
    ordering: ClassVar = ["-starts_on", "-pk"]


@admin.register(Objective)
class ObjectiveAdmin(ReadOnlyAdmin):
    list_display = ("title", "organization", "plan", "metric", "target", "value", "target_on", "state", "achieved_on")
    list_select_related: ClassVar = ["organization", "plan"]
    list_filter: ClassVar = ["state", "metric"]
    search_fields: ClassVar = ["title", "organization__name", "plan__title"]
    ordering: ClassVar = ["-target_on", "-pk"]

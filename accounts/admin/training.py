"""Training in the administration site: to look at. It is written on its pages."""

from typing import ClassVar

from django.contrib import admin

from accounts.admin.keys import LookedAt
from accounts.models import TrainingModule, TrainingRecord


@admin.register(TrainingModule)
class TrainingModuleAdmin(LookedAt):
    list_display = ("name", "is_required", "since", "archived_at")
    list_filter: ClassVar = ["is_required", ("archived_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["name", "description"]
    ordering: ClassVar = ["name", "pk"]


@admin.register(TrainingRecord)
class TrainingRecordAdmin(LookedAt):
    list_display = ("user", "module", "month", "result", "completed_at")
    list_select_related: ClassVar = ["user", "module"]
    list_filter: ClassVar = ["result", "month"]
    search_fields: ClassVar = ["user__name", "module__name"]
    ordering: ClassVar = ["-month", "-pk"]

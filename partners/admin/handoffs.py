"""Handoffs, touchpoints and the keeping of guides in the administration site: read-only."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from partners.models import Guide, Handoff, HandoffItem, Touchpoint

if TYPE_CHECKING:
    _Inline = admin.TabularInline[HandoffItem, Handoff]
else:
    _Inline = admin.TabularInline


class HandoffItemInline(_Inline):
    """What is in a handoff, without the lines gathered: those are read on its page, by the right to them."""

    model = HandoffItem
    fields = ("title", "is_settled", "read_at", "note")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(Handoff)
class HandoffAdmin(ReadOnlyAdmin):
    list_display = ("organization", "kind", "state", "giver", "receiver", "to_role", "due_at", "accepted_at")
    list_select_related: ClassVar = ["organization", "giver", "receiver"]
    list_filter: ClassVar = ["state", "kind"]
    search_fields: ClassVar = ["organization__name", "giver__name", "receiver__name"]
    inlines: ClassVar = [HandoffItemInline]
    ordering: ClassVar = ["-pk"]


@admin.register(Touchpoint)
class TouchpointAdmin(ReadOnlyAdmin):
    list_display = ("organization", "kind", "planned_on", "slot_on", "state", "owner", "is_fixed")
    list_select_related: ClassVar = ["organization", "owner"]
    list_filter: ClassVar = ["state", "kind"]
    search_fields: ClassVar = ["organization__name", "owner__name", "topic"]
    date_hierarchy = "planned_on"
    ordering: ClassVar = ["-planned_on", "-pk"]


@admin.register(Guide)
class GuideAdmin(ReadOnlyAdmin):
    list_display = ("key", "stage", "owner", "reviewed_on", "review_due_on", "retired_at")
    list_select_related: ClassVar = ["owner"]
    list_filter: ClassVar = ["stage", ("retired_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["key", "owner__name"]
    ordering: ClassVar = ["review_due_on", "key"]

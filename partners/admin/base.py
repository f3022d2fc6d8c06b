"""What all pages of the administration of organizations share."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from accounts.policies import actor_of
from common.admin_input import SturdyChoices, SturdyList
from common.errors import DomainError
from common.sent_once import once, refused

HISTORY_SHOWN = 300

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


class ServiceAdmin(SturdyChoices, SturdyList, _ModelAdmin):
    """Rows within what the admin sees, written by use cases alone, never deleted.

    A use case that refuses undoes the whole save and says why.
    """

    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model.objects.visible_to(actor_of(request))
        ordering = self.get_ordering(request)
        return found.order_by(*ordering) if ordering else found

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @method_decorator(once)
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            messages.error(request, _("Nothing was saved: %(message)s") % {"message": error.message})
            refused(request)
            return HttpResponseRedirect(request.get_full_path())

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        raise NotImplementedError("rows are archived or ended by their use cases")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        raise NotImplementedError("rows are archived or ended by their use cases")


class ReadOnlyAdmin(ServiceAdmin):
    """To look at: nothing here is written by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """These rows are history themselves; the way leads back to the row."""
        return HttpResponseRedirect("../change/")

"""What all pages of the administration of people share."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from accounts.policies import actor_of
from common.admin_input import SturdyChoices, SturdyList
from common.errors import DomainError
from common.sent_once import once, refused

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Any, Any]
else:
    _ModelForm = forms.ModelForm
    _ModelAdmin = admin.ModelAdmin
    _TabularInline = admin.TabularInline


class ServiceAdmin(SturdyChoices, SturdyList, _ModelAdmin):
    """Rows within what the admin sees, written by use cases alone, never deleted.

    A use case that refuses undoes the whole save and says why.
    """

    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model._default_manager.all().visible_to(actor_of(request))
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
        raise NotImplementedError("rows are ended by their use cases")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        raise NotImplementedError("rows are ended by their use cases")


class EndingInline(SturdyChoices, _TabularInline):
    """Rows of today: "delete" ends one, and its history stays."""

    extra = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(ended_at__isnull=True)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Who may open the page may end a row; the use case asks once more."""
        return self.has_change_permission(request, obj)


class KeptForm(_ModelForm):
    """Of a row that is there already, who and what it ties together stays; only how changes."""

    KEPT = ("user", "team")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.KEPT if self.instance.pk else ():
            if name in self.fields:
                self.fields[name].disabled = True


def tried(request: HttpRequest, done: str, work: Any, rows: Any) -> None:
    """Do `work` for each row of an action and say how many are done, and why others are not."""
    count = 0
    for row in rows:
        try:
            work(row)
            count += 1
        except DomainError as error:
            messages.error(request, f"{row}: {error.message}")
    if count:
        messages.success(request, done % {"count": count})

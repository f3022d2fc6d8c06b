"""Django admin with input that none of its forms sends: ids that are no numbers, years that no calendar has.

Django's own pages break by it; these answer as they do to any other wrong choice.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

if TYPE_CHECKING:
    _Options = admin.options.BaseModelAdmin[Any]
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _Options = _ModelAdmin = object
_DIGITS = 18


class RowSelect(AutocompleteSelect):
    """A choice of one row, which looks up ids alone."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        ids = [one for one in value if str(one).isascii() and str(one).isdecimal() and len(str(one)) <= _DIGITS]
        return super().optgroups(name, ids or [""], attr)


class SturdyChoices(_Options):
    """Mixin of pages and inlines: a form that comes back with an impossible row says so at its field."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            options.setdefault("widget", RowSelect(db_field, self.admin_site, using=options.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **options)


class SturdyList(_ModelAdmin):
    """Mixin of pages: a list whose address is out of all bounds is the list without its filters."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except (OverflowError, IncorrectLookupParameters):
            return HttpResponseRedirect(request.path)

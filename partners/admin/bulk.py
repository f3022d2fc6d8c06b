"""Assign one person to many organizations: an intermediate page that first says what would happen."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.choices import ASSIGNMENT_ROLES
from accounts.labels import role_choices
from accounts.models import User
from accounts.policies import actor_of
from common.errors import DomainError
from partners.models import Assignment, Organization
from partners.services import assignments
from partners.services.assignments import BulkResult

# The page names the first ones; the counts are those of all.
NAMED = 20


class BulkForm(forms.Form):
    user = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=gettext_lazy("Person"),
        widget=AutocompleteSelect(Assignment._meta.get_field("user"), admin.site),
    )
    role = forms.ChoiceField(choices=lambda: role_choices(sorted(ASSIGNMENT_ROLES)), label=gettext_lazy("Role"))
    is_primary = forms.BooleanField(
        required=False,
        label=gettext_lazy("As the primary owner"),
        help_text=gettext_lazy(
            "Whoever is primary today stays an owner. Where nobody is, the person becomes it anyway."
        ),
    )
    reason = forms.CharField(max_length=300, required=False, label=gettext_lazy("Reason"))

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        people: Any = User.objects.visible_to(actor_of(request)).staff().active()
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


@admin.action(description=gettext_lazy("Assign owner to selected organizations"))
def assign_owner(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Organization]) -> HttpResponse | None:
    """Ask whom and as what, show what would happen, then do it."""
    step = request.POST.get("step", "")
    form = BulkForm(request.POST if step else None, request=request)
    result: BulkResult | None = None
    if step and form.is_valid():
        try:
            result = _assign(request, queryset, form, is_trial=step != "assign")
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    if result is not None and step == "assign":
        _say(request, result)
        return None
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": _("Assign owner"),
        "opts": modeladmin.opts,
        "form": form,
        "media": modeladmin.media + form.media,
        "result": result,
        "count": queryset.count(),
        "organizations": queryset[:NAMED],
        "selected": _selected(request),
        "select_across": request.POST.get("select_across", "0"),
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/partners/assign_owner.html", context)


def _selected(request: HttpRequest) -> list[str]:
    """The ids that go along with the form. For a whole filtered list one is enough: its address says which list."""
    chosen = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
    return chosen[:1] if request.POST.get("select_across") == "1" else chosen


def _assign(request: HttpRequest, queryset: QuerySet[Organization], form: BulkForm, *, is_trial: bool) -> BulkResult:
    with transaction.atomic():
        values = form.cleaned_data
        result = assignments.bulk_assign(
            by=actor_of(request),
            organizations=queryset,
            user=values["user"],
            role=values["role"],
            is_primary=values["is_primary"] or None,
            reason=values["reason"],
            now=timezone.now(),
        )
        # A trial is the use case itself, undone: it cannot differ from what will happen.
        transaction.set_rollback(is_trial)
    return result


def _say(request: HttpRequest, result: BulkResult) -> None:
    count = result.assigned
    done = ngettext("%(count)d organization assigned.", "%(count)d organizations assigned.", count) % {"count": count}
    messages.success(request, done)
    for refusal in result.refusals[:NAMED]:
        messages.warning(request, f"{refusal.name}: {refusal.message}")
    if len(result.refusals) > NAMED:
        more = len(result.refusals) - NAMED
        messages.warning(
            request, ngettext("%(count)d more refused.", "%(count)d more refused.", more) % {"count": more}
        )

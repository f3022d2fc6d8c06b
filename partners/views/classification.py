"""Tiers, segments and gemstones by hand, for admins, on the overview of an organization."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, staff_page
from common.sent_once import once
from partners.choices import Dimension
from partners.forms.people import OverrideForm
from partners.selectors.classification import ClassifiedValue, classification_of
from partners.selectors.page import OrganizationPage
from partners.services import classification
from partners.views.pages import attempt, frame, open_page_or_404, require, run


@dataclass(frozen=True, kw_only=True)
class ShownValue:
    """One dimension with the form that overrides it, for those who may."""

    value: ClassifiedValue
    form: OverrideForm | None


def override_forms(page: OrganizationPage, values: Iterable[ClassifiedValue]) -> list[ShownValue]:
    """The classification as the overview shows it."""
    return [
        ShownValue(
            value=value,
            form=OverrideForm(
                values=list(value.choices),
                initial={"dimension": value.dimension, "value": str(value.value)},
                prefix=value.dimension,
            )
            if page.may_classify and value.choices
            else None,
        )
        for value in values
    ]


@require_POST
@staff_page
@once
def classification_override(request: HttpRequest, public_id: UUID, dimension: str) -> HttpResponse:
    """Set a value by hand, with a reason."""
    page = open_page_or_404(request, public_id)
    require(page.may_classify, _("Only an administrator sets a tier, segment or gemstone by hand."))
    values = classification_of(page.actor, page.organization, now=page.now, subject=page.subject)
    value = next((value for value in values if value.dimension == dimension), None)
    if value is None:
        raise Http404
    form = OverrideForm(request.POST, values=list(value.choices), prefix=dimension)
    if form.is_valid():
        sent = {name: form.cleaned_data[name] for name in ("value", "reason")}
        use_case = classification.override
        arguments = {"by": page.actor, "organization": page.organization, "dimension": dimension, "now": page.now}
        if attempt(form, use_case, **arguments, **sent):
            return redirect("partners:organization", public_id)
    context = frame(request, page, "overview", form=form, value=value)
    return render(request, "partners/classification_form.html", context, status=422)


@require_POST
@staff_page
def classification_reset(request: HttpRequest, public_id: UUID, dimension: str) -> HttpResponse:
    """Let the rule decide again."""
    page = open_page_or_404(request, public_id)
    if dimension not in Dimension.values:
        raise Http404
    run(
        request,
        classification.end_override,
        done=_("The rule decides again."),
        by=actor_of(request),
        organization=page.organization,
        dimension=dimension,
        reason=request.POST.get("reason", ""),
        now=page.now,
    )
    return redirect("partners:organization", public_id)

"""What is agreed with an organization about its cadence, and about one touchpoint of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import staff_page
from accounts.rules.access import Actor
from common.errors import Conflict
from common.sent_once import once
from partners.forms.touchpoints import AgreementForm, DetailsForm
from partners.models import CadenceAgreement, Touchpoint
from partners.selectors.touchpoints import cadence_of
from partners.services import cadence_agreements, touchpoint_details, touchpoints
from partners.views.pages import attempt, back_url, frame, open_page_or_404, require, run
from partners.views.touchpoints import tab_url, touchpoint_or_404


@staff_page
@once
def agreement_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agree on another distance for one kind of touchpoint."""
    page = open_page_or_404(request, public_id)
    cadence = cadence_of(page)
    require(cadence.may_arrange, _("You do not work on this organization in its present stage."))
    form = AgreementForm(request.POST or None, kinds=cadence.all_kinds)
    if request.method == "POST" and form.is_valid():
        use_case = cadence_agreements.agree
        values = form.cleaned_data
        if attempt(form, use_case, by=page.actor, organization=page.organization, now=page.now, **values) is not None:
            messages.success(request, _("Agreed. What is planned follows it."))
            return redirect(tab_url(page))
    context = frame(request, page, "cadence", form=form)
    return render(request, "partners/agreement_form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def agreement_end(request: HttpRequest, public_id: UUID, agreement_id: UUID) -> HttpResponse:
    """The rule of the organization holds again."""
    page = open_page_or_404(request, public_id)
    rows = CadenceAgreement.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    found = get_object_or_404(rows.select_related("organization"), public_id=agreement_id)
    done = _("Ended. The rule holds again.")
    run(request, cadence_agreements.end, done=done, by=page.actor, agreement=found, now=page.now)
    return redirect(tab_url(page))


@staff_page
def touchpoint_edit(request: HttpRequest, public_id: UUID, touchpoint_id: UUID) -> HttpResponse:
    """Topic, time and links of a touchpoint."""
    page = open_page_or_404(request, public_id)
    found = touchpoint_or_404(page, touchpoint_id)
    require(touchpoints.can_act(page.actor, found), _("Its owner does this, and who works here."))
    form = DetailsForm(request.POST or None, touchpoint=found)
    if request.method == "POST" and form.is_valid() and _edited(form, found, page.actor):
        messages.success(request, _("Saved."))
        return redirect(back_url(request, tab_url(page)))
    context = frame(request, page, "cadence", form=form, touchpoint=found)
    return render(request, "partners/touchpoint_form.html", context, status=422 if form.errors else 200)


def _edited(form: DetailsForm, touchpoint: Touchpoint, by: Actor) -> bool:
    """Whether it was written; a conflict is said at the head of the form."""
    sent: dict[str, Any] = {"values": form.values, "version": form.cleaned_data["version"], "now": timezone.now()}
    try:
        return attempt(form, touchpoint_details.edit, by=by, touchpoint=touchpoint, **sent) is not None
    except Conflict:
        form.add_error(None, _("Somebody changed this while you were at it. Look at it again."))
        return False

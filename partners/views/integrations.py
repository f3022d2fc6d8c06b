"""Technical integrations and their steps; days of services that were delivered."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, staff_page
from common.sent_once import once
from partners.enablement_choices import IntegrationStage
from partners.forms.enablement import DeliveryForm, IntegrationForm, StepForm
from partners.models import IntegrationStep, ServiceDelivery, TechnicalIntegration
from partners.services import deliveries, integrations
from partners.services.checklists import local_day
from partners.views.enablement import INTEGRATIONS, SERVICES, Form, fill_in, press, row_or_404
from partners.views.pages import open_page_or_404


@staff_page
@once
def integration_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin an integration."""
    page = open_page_or_404(request, public_id)
    form = IntegrationForm(request.POST or None, actor=page.actor)
    about = Form(
        part=INTEGRATIONS,
        title=_("Begin an integration"),
        done=_("The integration is begun. Plan its steps."),
        use_case=integrations.add,
    )
    return fill_in(request, page, form, about, organization=page.organization)


@staff_page
def integration_edit(request: HttpRequest, integration_id: UUID) -> HttpResponse:
    """Change what is said of it."""
    found = row_or_404(request, TechnicalIntegration, integration_id, "owner")
    page = open_page_or_404(request, found.organization.public_id)
    form = IntegrationForm(request.POST or None, actor=page.actor, row=found)
    about = Form(part=INTEGRATIONS, title=_("Edit the integration"), done=_("Saved."), use_case=integrations.edit)
    return fill_in(request, page, form, about, integration=found)


@staff_page
def integration_step(request: HttpRequest, integration_id: UUID, stage: str) -> HttpResponse:
    """Plan a step, move it, or say when it was done."""
    if stage not in IntegrationStage.values:
        raise Http404
    found = row_or_404(request, TechnicalIntegration, integration_id)
    page = open_page_or_404(request, found.organization.public_id)
    steps = IntegrationStep.objects.all().visible_to(actor_of(request))
    step = get_object_or_404(steps, integration=found, stage=stage)
    known = {name: getattr(step, name) for name in ("planned_on", "done_on", "note")}
    form = StepForm(request.POST or None, initial={**known, "version": found.version})
    title = f"{found.name}: {IntegrationStage(stage).label}"
    about = Form(part=INTEGRATIONS, title=title, done=_("Saved."), use_case=integrations.set_step)
    return fill_in(request, page, form, about, integration=found, stage=stage)


@require_POST
@staff_page
def integration_state(request: HttpRequest, integration_id: UUID) -> HttpResponse:
    """It is live, stopped, or under way again."""
    found = row_or_404(request, TechnicalIntegration, integration_id)
    sent: dict[str, Any] = {"integration": found, "state": request.POST.get("state", "")}
    return press(request, found, INTEGRATIONS, integrations.set_state, done=_("Saved."), **sent)


@staff_page
@once
def delivery_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down days of a service."""
    page = open_page_or_404(request, public_id)
    form = DeliveryForm(request.POST or None, today=local_day(page.organization, page.now))
    about = Form(
        part=SERVICES,
        title=_("Write down a service delivered"),
        done=_("The days are written down."),
        use_case=deliveries.record,
    )
    return fill_in(request, page, form, about, organization=page.organization)


@require_POST
@staff_page
def delivery_withdraw(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """It was a mistake."""
    found = row_or_404(request, ServiceDelivery, delivery_id)
    done = _("These days count no longer.")
    return press(request, found, SERVICES, deliveries.withdraw, done=done, delivery=found)

"""Context grants on the journey tab: ask, decide, end."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import staff_page
from common.sent_once import once
from partners.forms.people import AskGrantForm, DecideGrantForm
from partners.models import ContextGrant
from partners.selectors.page import OrganizationPage
from partners.services import grants
from partners.views.pages import open_page_or_404, run


def _grant_or_404(page: OrganizationPage, grant_id: UUID) -> ContextGrant:
    rows = ContextGrant.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    found: ContextGrant = get_object_or_404(rows.select_related("organization", "user"), public_id=grant_id)
    return found


def _back(page: OrganizationPage) -> HttpResponse:
    return redirect(reverse("partners:organization_journey", args=[page.row.public_id]) + "#context")


@require_POST
@staff_page
@once
def grant_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask to read the answers of earlier stages."""
    page = open_page_or_404(request, public_id)
    form = AskGrantForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    done = _("Asked. You hear as soon as somebody has decided.")
    run(request, grants.ask, done=done, by=page.actor, organization=page.organization, reason=reason, now=page.now)
    return _back(page)


@require_POST
@staff_page
def grant_decide(request: HttpRequest, public_id: UUID, grant_id: UUID) -> HttpResponse:
    """Open the answers for a time, or refuse and say why."""
    page = open_page_or_404(request, public_id)
    grant = _grant_or_404(page, grant_id)
    form = DecideGrantForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what to decide, and for how long."))
        return _back(page)
    arguments: dict[str, Any] = {"by": page.actor, "grant": grant, "note": form.cleaned_data["note"], "now": page.now}
    if form.cleaned_data["decision"] == "give":
        done = _("Opened to %(name)s.") % {"name": grant.user.name}
        run(request, grants.give, done=done, expires_at=page.now + form.length, **arguments)
    else:
        run(request, grants.refuse, done=_("Refused."), **arguments)
    return _back(page)


@require_POST
@staff_page
def grant_end(request: HttpRequest, public_id: UUID, grant_id: UUID) -> HttpResponse:
    """Take a grant back, or withdraw one's own request."""
    page = open_page_or_404(request, public_id)
    grant = _grant_or_404(page, grant_id)
    run(request, grants.end, done=_("Ended."), by=page.actor, grant=grant, now=page.now)
    return _back(page)

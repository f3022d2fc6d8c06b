"""Handoffs that wait for somebody and those they give; a whole portfolio at once."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, staff_page
from common.sent_once import once
from partners.forms.handoffs import PortfolioForm
from partners.selectors import handoff_rows
from partners.selectors.handoff_ways import may_own, own_organizations, own_roles
from partners.services.handoff_portfolio import Prepared, prepare_all
from partners.views.pages import attempt, frame, page_or_404, require


@dataclass(frozen=True, kw_only=True)
class ListTab:
    """What the tabs component reads."""

    label: str
    url: str
    is_active: bool
    icon: str = ""


_LABELS = {
    handoff_rows.WAITING: lambda: _("Waiting for me"),
    handoff_rows.GIVEN: lambda: _("Given by me"),
    handoff_rows.TEAM: lambda: _("My team"),
    handoff_rows.OVER: lambda: _("Done"),
}


@require_safe
@staff_page
def handoff_list(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, what they give, and what is done."""
    actor, now = actor_of(request), timezone.now()
    known = handoff_rows.views_of(actor)
    asked = request.GET.get("show", "")
    view = asked if asked in known else known[0]
    here = reverse("partners:handoffs")
    context = {
        "pager": handoff_rows.list_page(actor, view, cursor=request.GET.get("cursor", ""), now=now),
        "view": view,
        "may_export": actor.has("export_data"),
        "may_give": may_own(actor),
        "tabs": [ListTab(label=_LABELS[key](), url=f"{here}?show={key}", is_active=key == view) for key in known],
        "now": now,
    }
    return render(request, "partners/handoff_list.html", context)


@require_safe
@staff_page
def organization_handoffs(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All handoffs of one organization that the reader sees."""
    page = page_or_404(request, public_id)
    rows = handoff_rows.of_organization(page.actor, page.row.pk, now=page.now)
    context = frame(request, page, "journey", handoffs=rows, may_export=page.actor.has("export_data"))
    return render(request, "partners/organization_handoffs.html", context)


@staff_page
@once
def handoff_portfolio(request: HttpRequest) -> HttpResponse:
    """One form, one handoff for each organization: before an absence, or when somebody leaves."""
    actor, now = actor_of(request), timezone.now()
    roles = own_roles(actor)
    require(bool(roles), _("You own nothing that you could hand on."))
    role = request.POST.get("role") or request.GET.get("role") or roles[0][0]
    rows = own_organizations(actor, role)
    names = [(str(row.public_id), row.name) for row in rows]
    form = PortfolioForm(request.POST or None, actor=actor, roles=roles, organizations=names, initial={"role": role})
    if request.method == "POST" and form.is_valid():
        sent = dict(form.cleaned_data)
        chosen = set(sent.pop("organizations"))
        wanted = [row for row in rows if str(row.public_id) in chosen]
        done = attempt(form, prepare_all, by=actor, organizations=wanted, now=now, **sent)
        if done is not None:
            return _say_prepared(request, done)
    context = {"form": form, "role": role, "roles": roles, "has_rows": bool(rows)}
    return render(request, "partners/handoff_portfolio.html", context, status=422 if form.errors else 200)


def _say_prepared(request: HttpRequest, done: Prepared) -> HttpResponse:
    total = len(done.handoffs)
    text = ngettext("%(count)s handoff was prepared.", "%(count)s handoffs were prepared.", total)
    messages.success(request, text % {"count": total})
    for refusal in done.refusals[:5]:
        messages.warning(request, f"{refusal.name}: {refusal.message}")
    return redirect(f"{reverse('partners:handoffs')}?show=given")

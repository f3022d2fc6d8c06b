"""Growth: the figures of what one sees, an organization's tab, lines of the ledger, and what a loss teaches."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, staff_page
from common.errors import Conflict
from common.sent_once import once
from partners.forms.growth import LedgerForm, LessonsForm
from partners.growth_choices import Verdict
from partners.models import Loss, LossAutopsy
from partners.permissions import can_record_loss
from partners.rules.autopsy import Part
from partners.selectors.growth import autopsy_of, quarter_of, retention_in
from partners.selectors.opportunities import PipelineFilter, opportunities_of, pipeline_sums, rates_on
from partners.selectors.page import OrganizationPage
from partners.selectors.renewals import RenewalFilter, by_verdict, ledger_of, renewals_of
from partners.services import autopsies, revenue
from partners.services.checklists import local_day
from partners.views.pages import attempt, frame, open_page_or_404, refreshed, require, run

AHEAD, DAY = timedelta(days=180), timedelta(days=1)


def may_write(page: OrganizationPage) -> bool:
    """Whether the reader of a page writes growth down there."""
    return not page.is_archived and can_record_loss(page.actor, page.organization, subject=page.subject)


def refusal() -> str:
    """Said to those who may not."""
    return _("Growth is written down by those who work here and read the commercial fields.")


def commercial_page(request: HttpRequest, public_id: UUID) -> OrganizationPage:
    """The page of an organization for those who read its commercial fields; 403 for others inside."""
    page = open_page_or_404(request, public_id)
    require(page.shows_commercial, _("Commercial figures are shown to other roles only."))
    return page


@require_safe
@staff_page
def growth(request: HttpRequest) -> HttpResponse:
    """Retention, expansion, this quarter's pipeline and the renewals of the next half year."""
    actor, today = actor_of(request), timezone.localdate()
    quarter = quarter_of(today)
    currency, rates = rates_on(today)
    year_ago = today - timedelta(days=364)
    wanted = PipelineFilter(until=quarter.last)
    stages, total, _currencies = pipeline_sums(actor, wanted, rates)
    until = today + AHEAD
    context = {
        "currency": currency,
        "quarter": quarter,
        "year": retention_in(actor, year_ago, today, rates),
        "this_quarter": retention_in(actor, quarter.first, today, rates),
        "stages": stages,
        "pipeline": total,
        "verdicts": _verdicts(by_verdict(actor, RenewalFilter(until=until), today), rates),
        "until": until,
        "today": today,
        "year_first": year_ago,
        "year_before": year_ago - DAY,
        "quarter_before": quarter.first - DAY,
    }
    return render(request, "partners/growth.html", context)


def _verdicts(rows: list[Any], rates: Any) -> list[dict[str, Any]]:
    """Renewals by their owners' verdict; what has no rate is counted and not added."""
    labels = {"": _("Nothing said"), **{verdict.value: str(verdict.label) for verdict in Verdict}}
    found = {key: {"value": key, "label": label, "count": 0, "amount": 0} for key, label in labels.items()}
    for row in rows:
        cell: Any = found[row["owner_verdict"]]
        cell["count"] += row["number"]
        cell["amount"] += row["total"] * rates.get(row["currency"], 0)
    return [cell for cell in found.values() if cell["count"]]


@require_safe
@staff_page
def organization_growth(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Opportunities, renewals and the ledger of one organization."""
    page = commercial_page(request, public_id)
    today = local_day(page.organization, page.now)
    found = {
        "opportunities": opportunities_of(page.actor, page.row.pk, today),
        "renewals": renewals_of(page.actor, page.row.pk, today),
        "ledger": ledger_of(page.actor, page.row.pk),
        "may_write": may_write(page),
    }
    return render(request, "partners/organization_growth.html", frame(request, page, "growth", **found))


@staff_page
@once
def revenue_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a line of the ledger by hand."""
    page = commercial_page(request, public_id)
    require(may_write(page), refusal())
    form = LedgerForm(request.POST or None, today=local_day(page.organization, page.now))
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {**form.cleaned_data, "organization": page.organization}
        if attempt(form, revenue.add, by=page.actor, now=page.now, **sent) is not None:
            messages.success(request, _("Written down."))
            return redirect(reverse("partners:organization_growth", args=[public_id]))
    context = frame(request, page, "growth", form=form)
    return render(request, "partners/revenue_form.html", context, status=422 if form.errors else 200)


def _loss_or_404(request: HttpRequest, loss_id: UUID) -> Loss:
    rows = Loss.objects.all().visible_to(actor_of(request)).select_related("organization")
    found: Loss = get_object_or_404(rows, public_id=loss_id)
    return found


@staff_page
def autopsy(request: HttpRequest, loss_id: UUID) -> HttpResponse:
    """What was known before a loss, who saw it, what was done; and what we learn from it."""
    loss = _loss_or_404(request, loss_id)
    page = commercial_page(request, loss.organization.public_id)
    found = autopsy_of(page.actor, loss.pk)
    form = LessonsForm(request.POST or None, initial=_lessons(found))
    if request.method == "POST" and found is not None and form.is_valid():
        require(may_write(page), refusal())
        if _keep(request, page, form, found):
            return redirect(request.path)
    context = frame(request, page, "commercial", loss=loss, autopsy=found, form=form, may_write=may_write(page))
    context["parts"] = _parts(found)
    return render(request, "partners/autopsy.html", context, status=422 if form.errors else 200)


def _lessons(found: LossAutopsy | None) -> dict[str, Any]:
    return {"lessons": found.lessons, "version": found.version} if found else {}


def _keep(request: HttpRequest, page: OrganizationPage, form: LessonsForm, found: LossAutopsy) -> bool:
    """Save the lessons, and finish if that was asked; False where it was refused."""
    sent: dict[str, Any] = {"by": page.actor, "autopsy": found, "now": page.now}
    try:
        kept = attempt(form, autopsies.write, **form.cleaned_data, **sent)
        if kept is not None and "finish" in request.POST:
            kept = attempt(form, autopsies.finish, **sent)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return False
    if kept is not None:
        messages.success(request, _("Saved."))
    return kept is not None


def _parts(found: LossAutopsy | None) -> list[dict[str, Any]]:
    titles = {
        Part.SIGNAL: _("What could be seen"),
        Part.SEEN: _("Who saw it"),
        Part.DONE: _("What was done"),
        Part.PROMISED: _("What was promised"),
    }
    findings = found.findings if found else []
    rows = {part: [row for row in findings if row["part"] == part] for part in titles}
    return [{"title": title, "rows": rows[part]} for part, title in titles.items() if rows[part]]


@require_POST
@staff_page
def autopsy_reopen(request: HttpRequest, loss_id: UUID) -> HttpResponse:
    """Undo of finishing."""
    loss = _loss_or_404(request, loss_id)
    found = get_object_or_404(LossAutopsy.objects.all().visible_to(actor_of(request)), loss=loss)
    run(request, autopsies.reopen, done=_("It is open again."), by=actor_of(request), autopsy=found, now=timezone.now())
    return refreshed(request, reverse("partners:autopsy", args=[loss_id]))

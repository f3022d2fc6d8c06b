"""The customer record of an organization: what is known, how old it is, and who counts there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import capability_required, staff_page
from accounts.services.list_files import export_list
from common.errors import Conflict
from common.export import ExportColumn
from partners.forms.stakeholders import FactForm
from partners.models import RecordFact
from partners.record_policy import key_help, key_label, policy_in_force
from partners.selectors.gate_state import local_day
from partners.selectors.page import OrganizationPage
from partners.selectors.record import record_of
from partners.selectors.record_history import history_of
from partners.selectors.stakeholders import people_of
from partners.services import record
from partners.views.pages import attempt, frame, open_page_or_404, run
from partners.views.stakeholders import may_keep, refuse_readers


def _tab(page: OrganizationPage) -> str:
    return reverse("partners:organization_record", args=[page.row.public_id])


@require_safe
@staff_page
def organization_record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Both profiles with the age of every fact, and the map of people."""
    page = open_page_or_404(request, public_id)
    policy, row = policy_in_force(), page.row
    place: dict[str, Any] = {"arr_segment": row.arr_segment, "gemstone": row.gemstone, "now": page.now}
    context = {
        "record": record_of(page.actor, page.organization, policy, now=page.now),
        "people": people_of(page.actor, page.organization, record=policy, **place),
        "may_keep": may_keep(page),
        "may_export": page.actor.has("export_data"),
    }
    return render(request, "partners/organization_record.html", frame(request, page, "record", **context))


@staff_page
def record_edit(request: HttpRequest, public_id: UUID, key: str) -> HttpResponse:
    """Write down what is known under a key, with its history below."""
    page, policy = open_page_or_404(request, public_id), policy_in_force()
    known = policy.keys.get(key) if policy is not None else None
    if known is None or page.row.kind not in known.kinds:
        raise Http404
    refuse_readers(page)
    fact = _facts(page).filter(key=key).first()
    form = FactForm(request.POST or None, today=local_day(page.organization, page.now), fact=fact)
    if request.method == "POST" and form.is_valid():
        sent = {"key": key, "values": form.values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, record.write, by=page.actor, organization=page.organization, now=page.now, **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(f"{_tab(page)}#{key}")
    more: dict[str, Any] = {"form": form, "label": key_label(known), "help": key_help(known)}
    context = frame(request, page, "record", history=history_of(fact), **more)
    return render(request, "partners/record_form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def record_confirm(request: HttpRequest, public_id: UUID, fact_id: UUID) -> HttpResponse:
    """It is still true."""
    page = open_page_or_404(request, public_id)
    fact = get_object_or_404(_facts(page), public_id=fact_id)
    run(request, record.confirm, done=_("Noted as true today."), by=page.actor, fact=fact, now=page.now)
    return redirect(f"{_tab(page)}#{fact.key}")


@require_POST
@capability_required("export_data")
def record_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The record as a file: every key, also those of which nothing is known."""
    page = open_page_or_404(request, public_id)
    found = record_of(page.actor, page.organization, policy_in_force(), now=page.now)
    sent: dict[str, Any] = {"by": page.actor, "now": page.now, "query": f"organization={public_id}"}
    return export_list(what="record", columns=_columns(), rows=found.rows, **sent).response()


def _facts(page: OrganizationPage) -> Any:
    rows = RecordFact.objects.all().visible_to(page.actor).filter(organization_id=page.row.pk)
    return rows.select_related("organization", "author")


def _columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Profile"), value=lambda row: row.profile_label),
        ExportColumn(label=_("Entry"), value=lambda row: row.label),
        ExportColumn(label=_("What we know"), value=lambda row: row.value),
        ExportColumn(label=_("Where it is from"), value=lambda row: row.source),
        ExportColumn(label=_("Author"), value=lambda row: row.author),
        ExportColumn(label=_("As of"), value=lambda row: row.as_of),
        ExportColumn(label=_("State"), value=lambda row: row.freshness),
    ]

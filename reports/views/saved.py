"""Saved reports: keep one, open it, rename and share it, delete it."""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from common.listing import ListQuery
from common.sent_once import once
from partners.views.pages import attempt, run
from reports.forms.saved import SavedReportForm, query_of
from reports.models import SavedReport
from reports.own_reports import keys_of, name_of, report_named
from reports.querysets import CAPABILITY
from reports.report_page import OpenReport
from reports.rules.kpi_packs import Report
from reports.selectors.saved import saved_or_none
from reports.services import saved as use_cases

SAVED = "saved"
"""The parameter by which the page of a report knows which saved one it shows."""
_IS_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


@capability_required(CAPABILITY)
@once
def saved_new(request: HttpRequest, report_id: str) -> HttpResponse:
    """Keep the report of the address under a name."""
    report, query, now = report_or_404(report_id), ListQuery.of(request.GET, keys_of(report_id)), timezone.now()
    form = _form(request, query, initial={"name": name_of(report)})
    if request.method == "POST" and form.is_valid():
        sent = {"report": report_id, "values": form.values}
        saved = attempt(form, use_cases.save_report, by=actor_of(request), now=now, **sent)
        if saved is not None:
            messages.success(request, _("Kept as “%(name)s”.") % {"name": saved.name})
            return redirect("reports:saved", saved.public_id)
    back = query.on(reverse("reports:report", args=[report_id]))
    return _page(request, form, {"report": report, "back_url": back})


@require_safe
@capability_required(CAPABILITY)
def saved(request: HttpRequest, saved_id: UUID) -> HttpResponse:
    """Open it: the page of its report, with its period and filters."""
    found = saved_or_404(request, saved_id)
    report_or_404(found.report)
    return redirect(saved_url(found))


@capability_required(CAPABILITY)
def saved_edit(request: HttpRequest, saved_id: UUID) -> HttpResponse:
    """Rename, share, give it another period; or delete it."""
    found = saved_or_404(request, saved_id)
    if found.owner_id != actor_of(request).user_id:
        raise PermissionDenied(_("Only who saved a report changes it. Save it under a name of your own."))
    form = _form(request, query_of(found), saved=found)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"saved": found, "values": form.values, "version": form.cleaned_data["version"]}
        if attempt(form, use_cases.change_report, by=actor_of(request), now=timezone.now(), **sent):
            messages.success(request, _("Saved."))
            return redirect("reports:saved", saved_id)
    report = report_named(found.report)
    back = saved_url(found) if report else reverse("reports:gallery")
    return _page(request, form, {"saved": found, "report": report, "back_url": back})


@require_POST
@capability_required(CAPABILITY)
def saved_delete(request: HttpRequest, saved_id: UUID) -> HttpResponse:
    """Forget it, with its mails."""
    found = saved_or_404(request, saved_id)
    done = _("“%(name)s” is deleted.") % {"name": found.name}
    run(request, use_cases.delete_report, done=done, by=actor_of(request), saved=found, now=timezone.now())
    return redirect("reports:gallery")


def saved_bar(request: HttpRequest, opened: OpenReport) -> dict[str, Any]:
    """What the page of a report says of the saved one that it was opened from. A statement, if it was."""
    actor, asked = opened.actor, request.GET.get(SAVED, "")
    found = saved_or_none(actor, UUID(asked)) if _IS_ID.fullmatch(asked) else None
    return {
        "saved": found,
        "is_own": found is not None and found.owner_id == actor.user_id,
        "save_url": opened.url("saved_new"),
        "mail_url": reverse("reports:mail_of_saved", args=[asked]) if found else opened.url("mail_of_report"),
    }


def saved_url(found: SavedReport) -> str:
    """The page of its report as it was saved; relative periods are those of the day."""
    query = query_of(found)
    path = reverse("reports:report", args=[found.report])
    return ListQuery((*query.pairs, (SAVED, str(found.public_id)))).on(path)


def report_or_404(report_id: str) -> Report:
    """A report in force."""
    found = report_named(report_id)
    if found is None:
        raise Http404
    return found


def saved_or_404(request: HttpRequest, saved_id: UUID) -> SavedReport:
    """A saved report that the reader may open; foreign and missing give the same 404."""
    found = saved_or_none(actor_of(request), saved_id)
    if found is None:
        raise Http404
    return found


def _form(request: HttpRequest, query: ListQuery, **options: Any) -> SavedReportForm:
    today = timezone.localdate(timezone.now(), timezone.get_default_timezone())
    return SavedReportForm(request.POST or None, actor=actor_of(request), query=query, today=today, **options)


def _page(request: HttpRequest, form: SavedReportForm, context: dict[str, Any]) -> HttpResponse:
    report = context["report"]
    context |= {"form": form, "report_label": name_of(report) if report else ""}
    return render(request, "reports/saved_form.html", context, status=422 if form.errors else 200)

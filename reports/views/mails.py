"""Reports by mail: the reader's own, with the next one of each; have one, change it, send it now, end it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
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
from reports.forms.saved import ReportByMailForm, SavedByMailForm, SubscriptionForm
from reports.models import ReportSubscription
from reports.own_reports import keys_of, name_of, report_named
from reports.policies import policy_in_force
from reports.querysets import CAPABILITY
from reports.report_mail import when_words
from reports.rules.kpi_packs import Report
from reports.selectors.saved import readers_for, subscription_or_none, subscriptions
from reports.services import subscriptions as use_cases
from reports.views.saved import report_or_404, saved_or_404, saved_url


@require_safe
@capability_required(CAPABILITY)
def mails(request: HttpRequest) -> HttpResponse:
    """What comes to the reader by mail, the next one first."""
    reports = policy_in_force().reports
    rows = [
        {"row": row, "name": _name(row, reports), "report": _label(row, reports), "when": when_words(row)}
        for row in subscriptions(actor_of(request))
    ]
    return render(request, "reports/mails.html", {"rows": rows})


@capability_required(CAPABILITY)
@once
def mail_of_report(request: HttpRequest, report_id: str) -> HttpResponse:
    """Have the report of the address by mail."""
    report, query, now = report_or_404(report_id), ListQuery.of(request.GET, keys_of(report_id)), timezone.now()
    today = timezone.localdate(now, timezone.get_default_timezone())
    form = ReportByMailForm(request.POST or None, actor=actor_of(request), query=query, today=today)
    if request.method == "POST" and form.is_valid():
        sent = {"report": report_id, "query": form.asked, "values": form.values}
        if attempt(form, use_cases.subscribe, by=actor_of(request), now=now, **sent):
            messages.success(request, _("“%(name)s” will come by mail.") % {"name": name_of(report)})
            return redirect("reports:mails")
    back = query.on(reverse("reports:report", args=[report_id]))
    return _page(request, form, name=name_of(report), back_url=back)


@capability_required(CAPABILITY)
@once
def mail_of_saved(request: HttpRequest, saved_id: UUID) -> HttpResponse:
    """Have a saved report by mail, one's own or a shared one."""
    found = saved_or_404(request, saved_id)
    actor = actor_of(request)
    form = SavedByMailForm(request.POST or None, actor=actor, readers=readers_for(actor))
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"saved": found, "values": form.values, "reader": form.receiver}
        if attempt(form, use_cases.subscribe, by=actor, now=timezone.now(), **sent):
            messages.success(request, _("“%(name)s” will come by mail.") % {"name": found.name})
            return redirect("reports:mails")
    return _page(request, form, name=found.name, back_url=saved_url(found))


@capability_required(CAPABILITY)
def mail(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """Change when it comes; or end it."""
    row = _mail_or_404(request, mail_id)
    form = SubscriptionForm(request.POST or None, actor=actor_of(request), subscription=row)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        sent: dict[str, Any] = {"subscription": row, "values": form.values | {"is_active": True}, "version": version}
        if attempt(form, use_cases.change_subscription, by=actor_of(request), now=timezone.now(), **sent):
            messages.success(request, _("Saved."))
            return redirect("reports:mails")
    return _page(request, form, name=_name(row), row=row, back_url=reverse("reports:mails"))


@require_POST
@capability_required(CAPABILITY)
def mail_stop(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """Stop it; changing it takes it up again."""
    row = _mail_or_404(request, mail_id)
    done = _("“%(name)s” no longer comes by mail. You can take it up again.") % {"name": _name(row)}
    sent: dict[str, Any] = {"subscription": row, "values": {"is_active": False}}
    run(request, use_cases.change_subscription, done=done, by=actor_of(request), now=timezone.now(), **sent)
    return redirect("reports:mails")


@require_POST
@capability_required(CAPABILITY)
def mail_end(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """End it for good."""
    row = _mail_or_404(request, mail_id)
    done = _("“%(name)s” no longer comes by mail.") % {"name": _name(row)}
    run(request, use_cases.end_subscription, done=done, by=actor_of(request), subscription=row, now=timezone.now())
    return redirect("reports:mails")


@require_POST
@capability_required(CAPABILITY)
def mail_now(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """Have a worker send it at once."""
    row = _mail_or_404(request, mail_id)
    done = _("“%(name)s” is on its way to you.") % {"name": _name(row)}
    run(request, use_cases.send_now, done=done, by=actor_of(request), subscription=row, now=timezone.now())
    return redirect("reports:mails")


def _name(row: ReportSubscription, reports: Mapping[str, Report] | None = None) -> str:
    """What its reader may know it by."""
    if row.saved is not None and getattr(row, "is_open", False):
        return row.saved.name
    return _label(row, reports) or (row.saved or row).report


def _label(row: ReportSubscription, reports: Mapping[str, Report] | None = None) -> str:
    """The report behind it; nothing if that is not laid down any longer."""
    report = report_named((row.saved or row).report, reports)
    return name_of(report) if report else ""


def _mail_or_404(request: HttpRequest, mail_id: UUID) -> ReportSubscription:
    found = subscription_or_none(actor_of(request), mail_id)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, form: SubscriptionForm, **context: Any) -> HttpResponse:
    context |= {"form": form, "zone": timezone.get_current_timezone_name()}
    return render(request, "reports/mail_form.html", context, status=422 if form.errors else 200)

"""Renewals: the list with the three verdicts, one of them with what is said and how it ended, writing one down."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.errors import Conflict
from common.listing import ListQuery, hidden_pairs
from common.sent_once import once
from partners.exported.growth import renewal_filter
from partners.forms.growth import RENEWAL_KEYS, EndForm, RenewalFilterForm, RenewalForm, VerdictForm
from partners.growth_choices import RenewalState
from partners.models import Renewal
from partners.selectors.renewals import renewal_page, renewal_row
from partners.services import renewals
from partners.services.checklists import local_day
from partners.views.growth import commercial_page, may_write, refusal
from partners.views.pages import attempt, frame, refreshed, require, run


@require_safe
@staff_page
def renewal_list(request: HttpRequest) -> HttpResponse:
    """All renewals that one may see, the nearest day first."""
    actor, form, today = actor_of(request), RenewalFilterForm(request.GET or None), timezone.localdate()
    query, narrowed = ListQuery.of(request.GET, RENEWAL_KEYS), renewal_filter(actor, form)
    page, missing = renewal_page(actor, narrowed, cursor=request.GET.get("cursor", ""), today=today)
    context = {
        "form": form,
        "hidden": hidden_pairs(query, *form.fields),
        "page": page,
        "missing": missing,
        "query": query.encode(),
        "is_narrowed": bool(query.pairs),
        "may_export": actor.has("export_data"),
    }
    return render(request, "partners/renewal_list.html", context)


@require_POST
@capability_required("export_data")
def renewal_export(request: HttpRequest) -> HttpResponse:
    """The same as a file; the address carries the list's own query."""
    return list_file(request, "renewals", query=request.GET.urlencode())


@staff_page
@once
def renewal_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down when a contract is to be renewed."""
    page = commercial_page(request, public_id)
    require(may_write(page), refusal())
    form = RenewalForm(request.POST or None, actor=page.actor, organization=page.organization)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"organization": page.organization, "values": form.values}
        made = attempt(form, renewals.create, by=page.actor, now=page.now, **sent)
        if made is not None:
            messages.success(request, _("Written down."))
            return redirect(_url(made))
    context = frame(request, page, "growth", form=form)
    return render(request, "partners/renewal_form.html", context, status=422 if form.errors else 200)


@staff_page
def renewal_edit(request: HttpRequest, renewal_id: UUID) -> HttpResponse:
    """Change its day, value or owner."""
    found = _renewal_or_404(request, renewal_id)
    page = commercial_page(request, found.organization.public_id)
    require(may_write(page), refusal())
    form = RenewalForm(request.POST or None, actor=page.actor, organization=page.organization, renewal=found)
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, renewals.edit, by=page.actor, renewal=found, now=page.now, **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(_url(found))
    context = frame(request, page, "growth", form=form, renewal=found)
    return render(request, "partners/renewal_form.html", context, status=422 if form.errors else 200)


@require_safe
@staff_page
def renewal(request: HttpRequest, renewal_id: UUID) -> HttpResponse:
    """One of them: the three verdicts, and how it ended."""
    found = _renewal_or_404(request, renewal_id)
    page = commercial_page(request, found.organization.public_id)
    return _render(request, page, found)


def _render(request: HttpRequest, page: Any, found: Renewal, **bound: Any) -> HttpResponse:
    today = local_day(page.organization, page.now)
    end = {"on": today, "amount": found.amount, "next_due_on": renewals.a_year_later(found.due_on)}
    more = {
        "row": renewal_row(found, today),
        "may_write": may_write(page),
        "verdict_form": VerdictForm(initial={"verdict": found.owner_verdict}),
        "end_form": EndForm(initial=end),
        **bound,
    }
    return render(
        request, "partners/renewal.html", frame(request, page, "growth", **more), status=422 if bound else 200
    )


@require_POST
@staff_page
def renewal_say(request: HttpRequest, renewal_id: UUID) -> HttpResponse:
    """What we say of it, or what they said."""
    found, form = _renewal_or_404(request, renewal_id), VerdictForm(request.POST)
    page = commercial_page(request, found.organization.public_id)
    sent: dict[str, Any] = {"by": page.actor, "renewal": found, "now": page.now}
    if form.is_valid() and attempt(form, renewals.say, **form.cleaned_data, **sent) is not None:
        messages.success(request, _("Saved."))
        return redirect(_url(found))
    return _render(request, page, found, verdict_form=form)


@require_POST
@staff_page
def renewal_end(request: HttpRequest, renewal_id: UUID) -> HttpResponse:
    """Renewed, not renewed, or it never was due."""
    found, form = _renewal_or_404(request, renewal_id), EndForm(request.POST)
    page = commercial_page(request, found.organization.public_id)
    if form.is_valid() and _end(form, {"by": page.actor, "renewal": found, "now": page.now}):
        undo = reverse("partners:renewal_reopen", args=[found.public_id])
        messages.success(request, _("Closed."), extra_tags=f"undo:{undo}")
        return redirect(_url(found))
    return _render(request, page, found, end_form=form)


def _end(form: EndForm, sent: dict[str, Any]) -> bool:
    data = form.cleaned_data
    if data["outcome"] == RenewalState.WITHDRAWN:
        return attempt(form, renewals.withdraw, note=data["note"], **sent) is not None
    sent |= {"on": data["on"], "note": data["note"]}
    if data["outcome"] == RenewalState.LOST:
        return attempt(form, renewals.lose, reason=data["reason"], **sent) is not None
    more = {"amount": data["amount"], "next_due_on": data["next_due_on"]}
    return attempt(form, renewals.renew, **more, **sent) is not None


@require_POST
@staff_page
def renewal_reopen(request: HttpRequest, renewal_id: UUID) -> HttpResponse:
    """Undo of its end."""
    found = _renewal_or_404(request, renewal_id)
    sent: dict[str, Any] = {"by": actor_of(request), "renewal": found, "now": timezone.now()}
    run(request, renewals.reopen, done=_("It is open again."), **sent)
    return refreshed(request, _url(found))


def _url(found: Renewal) -> str:
    return reverse("partners:renewal", args=[found.public_id])


def _renewal_or_404(request: HttpRequest, renewal_id: UUID) -> Renewal:
    rows = Renewal.objects.all().visible_to(actor_of(request)).select_related("organization", "owner")
    found: Renewal = get_object_or_404(rows, public_id=renewal_id)
    return found

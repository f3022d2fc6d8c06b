"""Training: one's own month, that of the people whose training one looks after, and what there is to learn."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forms.training import ModuleForm, RecordForm
from accounts.labels import role_short_label
from accounts.models import TrainingModule, TrainingRecord
from accounts.policies import CapabilityMissing, actor_of, capability_required, staff_page
from accounts.rules.access import Actor
from accounts.rules.training import month_after, month_of
from accounts.selectors import training as reading
from accounts.services import training
from accounts.training_querysets import MANAGE
from accounts.views.list_files import list_file
from common.attempts import attempt
from common.errors import DomainError
from common.listing import ListQuery
from common.sent_once import once


@require_safe
@staff_page
def training_page(request: HttpRequest) -> HttpResponse:
    """What is due for oneself this month, or was in another."""
    actor, now = actor_of(request), timezone.now()
    month = reading.month_asked(request.GET.get("month", ""), now=now)
    own = reading.own_month(actor, month, now=now)
    context = {"own": own, **_months(month, now), **_tabs(actor, "own")}
    return render(request, "accounts/training.html", context)


@staff_page
@once
def training_record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down how a module went in a month."""
    actor, now = actor_of(request), timezone.now()
    month = reading.month_asked(request.GET.get("month", ""), now=now)
    module = get_object_or_404(TrainingModule.objects.visible_to(actor).current(), public_id=public_id)
    record = TrainingRecord.objects.visible_to(actor).filter(module=module, user=actor.user_id, month=month).first()
    form = RecordForm(request.POST or None, initial=_initial(record))
    if form.is_bound and form.is_valid():
        done = attempt(form, training.complete, by=actor, module=module, month=month, now=now, **form.cleaned_data)
        if done is not None:
            messages.success(request, _("Written down."))
            return redirect(f"{reverse('accounts:training')}?month={month:%Y-%m}")
    context = {"form": form, "module": module, "month": month, "record": record}
    return render(request, "accounts/training_record.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def training_take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take one's own record away."""
    actor = actor_of(request)
    record = get_object_or_404(TrainingRecord.objects.visible_to(actor).filter(user=actor.user_id), public_id=public_id)
    try:
        attempt(None, training.take_back, by=actor, record=record, now=timezone.now())
        messages.success(request, _("The record was taken back."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(f"{reverse('accounts:training')}?month={record.month:%Y-%m}")


@require_safe
@staff_page
def training_team(request: HttpRequest) -> HttpResponse:
    """Who has done what, of the people whose training one sees; the goal is all of it."""
    actor, now = actor_of(request), timezone.now()
    if not reading.may_see_others(actor):
        raise CapabilityMissing(frozenset({MANAGE}))
    month = reading.month_asked(request.GET.get("month", ""), now=now)
    context = {
        "team": reading.team_month(actor, month, now=now),
        "may_manage": actor.has(MANAGE),
        "may_export": actor.has("export_data"),
        **_months(month, now),
        **_tabs(actor, "team"),
    }
    return render(request, "accounts/training_team.html", context)


@require_POST
@capability_required("export_data")
def training_export(request: HttpRequest) -> HttpResponse:
    """The records of a month that the reader sees, as a file."""
    return list_file(request, "training", query=ListQuery.of(request.POST, ("month",)).encode())


@require_safe
@staff_page
def training_modules(request: HttpRequest) -> HttpResponse:
    """What there is to learn, for whom."""
    actor = actor_of(request)
    rows = TrainingModule.objects.visible_to(actor).current().order_by("name", "pk")
    shown = [{"module": row, "roles": ", ".join(role_short_label(role) for role in row.roles)} for row in rows]
    context = {"modules": shown, "may_manage": actor.has(MANAGE), **_tabs(actor, "modules")}
    return render(request, "accounts/training_modules.html", context)


@capability_required(MANAGE)
@once
def training_module_new(request: HttpRequest) -> HttpResponse:
    """Something new to learn."""
    now = timezone.now()
    form = ModuleForm(request.POST or None, initial={"since": month_of(reading.today_here(now)).isoformat()})
    made = None
    if form.is_bound and form.is_valid():
        made = attempt(form, training.add_module, by=actor_of(request), values=form.values(), now=now)
    if made is not None:
        messages.success(request, _("The module is there."))
        return redirect("accounts:training_modules")
    return render(request, "accounts/training_module.html", {"form": form}, status=422 if form.errors else 200)


@capability_required(MANAGE)
def training_module(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a module."""
    module, now = _module_or_404(request, public_id), timezone.now()
    names = ("name", "description", "link", "roles", "is_required", "version")
    initial = {name: getattr(module, name) for name in names} | {"since": module.since.isoformat()}
    form = ModuleForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        sent: dict[str, Any] = {"values": form.values(), "version": form.cleaned_data["version"] or 0}
        if attempt(form, training.edit_module, by=actor_of(request), module=module, now=now, **sent) is not None:
            messages.success(request, _("Saved."))
            return redirect("accounts:training_modules")
    context = {"form": form, "module": module}
    return render(request, "accounts/training_module.html", context, status=422 if form.errors else 200)


@require_POST
@capability_required(MANAGE)
def training_module_archive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a module out of the months to come."""
    module = _module_or_404(request, public_id)
    attempt(None, training.archive_module, by=actor_of(request), module=module, now=timezone.now())
    messages.success(request, _("Nobody has to do this module any more; what was done stays."))
    return redirect("accounts:training_modules")


def _module_or_404(request: HttpRequest, public_id: UUID) -> TrainingModule:
    rows = TrainingModule.objects.visible_to(actor_of(request)).current()
    found: TrainingModule = get_object_or_404(rows, public_id=public_id)
    return found


def _initial(record: TrainingRecord | None) -> dict[str, Any]:
    if record is None:
        return {"result": "attended"}
    return {"result": record.result, "note": record.note, "certificate": record.certificate}


def _months(month: Any, now: Any) -> dict[str, Any]:
    later = month_after(month)
    return {
        "month_key": f"{month:%Y-%m}",
        "earlier": month_after(month, -1),
        "later": later if later <= reading.today_here(now) else None,
        "zone": timezone.get_default_timezone_name(),
    }


def _tabs(actor: Actor, active: str) -> dict[str, Any]:
    offers = [("own", _("My training"), "accounts:training")]
    if reading.may_see_others(actor):
        offers.append(("team", _("Everybody's training"), "accounts:training_team"))
    offers.append(("modules", _("Modules"), "accounts:training_modules"))
    return {
        "tabs": [
            {"label": label, "url": reverse(url_name), "is_active": key == active} for key, label, url_name in offers
        ]
    }

"""Addresses that monitors of other tools call: which there are, what they were told, and a new one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from common.mail import absolute_url
from common.sent_once import made, once
from health.forms.alert_hooks import AlertHookForm
from health.models import AlertCall, AlertHook
from health.selectors.metrics import metric_choices
from health.services import alert_hooks
from partners.views.pages import attempt, run

_required = capability_required(alert_hooks.CAPABILITY)
_CALLS = 30


@require_safe
@_required
def hook_list(request: HttpRequest) -> HttpResponse:
    """All addresses, and the calls that came last."""
    return _page(request)


def _page(request: HttpRequest, address: str = "") -> HttpResponse:
    hooks = list(AlertHook.objects.filter(archived_at__isnull=True).select_related("metric"))
    calls = list(AlertCall.objects.select_related("hook")[:_CALLS])
    context = {"hooks": hooks, "calls": calls, "address": address, "now": timezone.now()}
    return render(request, "health/metrics_hooks.html", context)


@_required
@once
def hook_new(request: HttpRequest) -> HttpResponse:
    """Make an address; it is shown this once."""
    form = AlertHookForm(request.POST or None, metrics=metric_choices(with_commercial=True))
    if request.method == "POST" and form.is_valid():
        found = attempt(form, alert_hooks.add, by=actor_of(request), values=form.cleaned_data, now=timezone.now())
        if found is not None:
            made(request, at=reverse("health:hooks"))
            return _page(request, absolute_url(reverse("health_hooks:datadog", args=[found[1]])))
    return render(request, "health/metrics_hook_form.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@_required
def hook_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hear nothing there any more."""
    hook = get_object_or_404(AlertHook, public_id=public_id, archived_at__isnull=True)
    run(request, alert_hooks.remove, done=_("Removed."), by=actor_of(request), hook=hook, now=timezone.now())
    return redirect("health:hooks")

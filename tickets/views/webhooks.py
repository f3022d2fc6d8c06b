"""Webhooks: which other tools are told of ticket events, and what came of each call."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from common.pagination import Order, SortKey, paginate
from common.sent_once import made, once
from partners.views.pages import attempt, run
from tickets.forms.webhooks import WebhookForm
from tickets.models import WebhookDelivery, WebhookEndpoint
from tickets.services import webhooks

NEWEST = Order((SortKey(name="made_at", descending=True),))
SIZE = 50
_required = capability_required("manage_connectors")


@require_safe
@_required
def webhook_list(request: HttpRequest) -> HttpResponse:
    """All that are connected."""
    rows = WebhookEndpoint.objects.visible_to(actor_of(request)).filter(archived_at__isnull=True)
    return render(request, "tickets/webhook_list.html", {"endpoints": list(rows)})


@_required
@once
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Connect another tool; its secret is shown this once."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        added = attempt(form, webhooks.add_endpoint, by=actor_of(request), now=now, **form.values)
        if added is not None:
            endpoint, secret = added
            made(request, at=reverse("tickets:webhook", args=[endpoint.public_id]))
            return _page(request, endpoint, secret=secret)
    return render(request, "tickets/webhook_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@_required
def webhook(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One endpoint with the log of its deliveries."""
    return _page(request, _endpoint(request, public_id))


@_required
def webhook_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change what it is told, and where."""
    endpoint = _endpoint(request, public_id)
    shown = {name: getattr(endpoint, name) for name in ("name", "url", "events", "is_active", "version")}
    form = WebhookForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {**form.values, "is_active": form.cleaned_data["is_active"]}
        version, now = form.cleaned_data["version"], timezone.now()
        who = actor_of(request)
        if attempt(form, webhooks.edit_endpoint, by=who, endpoint=endpoint, version=version, now=now, **sent):
            messages.success(request, _("Saved."))
            return redirect("tickets:webhook", public_id)
    context = {"form": form, "endpoint": endpoint}
    return render(request, "tickets/webhook_form.html", context, status=422 if form.errors else 200)


@require_POST
@_required
def webhook_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Tell it nothing any more."""
    endpoint = _endpoint(request, public_id)
    who, now = actor_of(request), timezone.now()
    run(request, webhooks.remove_endpoint, done=_("Removed."), by=who, endpoint=endpoint, now=now)
    return redirect("tickets:webhooks")


@require_POST
@_required
def webhook_replay(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Send one delivery again."""
    rows = WebhookDelivery.objects.visible_to(actor_of(request)).select_related("endpoint")
    delivery = get_object_or_404(rows, public_id=delivery_id)
    who, now = actor_of(request), timezone.now()
    run(request, webhooks.replay, done=_("On its way again."), by=who, delivery=delivery, now=now)
    return redirect("tickets:webhook", delivery.endpoint.public_id)


def _endpoint(request: HttpRequest, public_id: UUID) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.visible_to(actor_of(request)).filter(archived_at__isnull=True)
    found: WebhookEndpoint = get_object_or_404(rows, public_id=public_id)
    return found


def _page(request: HttpRequest, endpoint: WebhookEndpoint, *, secret: str = "") -> HttpResponse:
    rows = WebhookDelivery.objects.visible_to(actor_of(request)).filter(endpoint=endpoint)
    rows = rows.select_related("ticket", "incident_entry__incident")
    page = paginate(rows, NEWEST, cursor=request.GET.get("cursor", ""), size=SIZE)
    context = {"endpoint": endpoint, "page": page, "secret": secret, "now": timezone.now()}
    return render(request, "tickets/webhook.html", context)

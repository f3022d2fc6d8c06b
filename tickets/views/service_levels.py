"""Service levels at work: what applying the policies in force would move, and a version tried on the last 90 days."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from common.attempts import attempt
from common.errors import DomainError
from common.models import PolicyVersion
from common.policy_cache import policy_of_id
from tickets.impacts import words
from tickets.rules.sla_packs import SlaPack
from tickets.selectors.back_test import DAYS, back_test
from tickets.selectors.sla_book import PACK, pack_in_force
from tickets.selectors.what_moves import moved_by_pack
from tickets.services.rewriting import apply_policies

_MAX_VERSIONS = 50


@require_safe
@capability_required("manage_support")
def service_levels(request: HttpRequest) -> HttpResponse:
    """Running tickets that keep older policies, and what would move if those in force were applied to them."""
    actor, now, found = actor_of(request), timezone.now(), pack_in_force()
    context: dict[str, Any] = {"in_force": None, "rows": [], "may_apply": actor.has("manage_policies"), "days": DAYS}
    if found is not None:
        moved = moved_by_pack(pack=found[1], now=now, except_version=found[0])
        rows = [{"text": text, "tone": tone, "url": url} for text, tone, url in words(moved)]
        context |= {"in_force": found[1].version, "rows": rows if moved.tickets else [], "tickets": moved.tickets}
    return render(request, "tickets/service_levels.html", context)


@require_POST
@capability_required("manage_policies")
def service_levels_apply(request: HttpRequest) -> HttpResponse:
    """Apply the policies in force to running tickets, after their effect was seen."""
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0
    try:
        attempt(None, apply_policies, by=actor_of(request), version=version, now=timezone.now())
        messages.success(request, _("The policies are being applied to running tickets."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("tickets:service_levels")


@require_safe
@capability_required("manage_support")
def policy_back_test(request: HttpRequest) -> HttpResponse:
    """Compliance of the last 90 days as it was, and as another version would have made it."""
    versions = PolicyVersion.objects.filter(name=PACK).order_by("-version")[:_MAX_VERSIONS]
    asked = request.GET.get("version", "")
    chosen = next((row for row in versions if str(row.version) == asked), None)
    if asked and chosen is None:
        raise Http404
    pack = policy_of_id(chosen.pk, chosen.checksum) if chosen is not None else None
    found = back_test(actor_of(request), pack=pack, now=timezone.now()) if isinstance(pack, SlaPack) else None
    context = {
        "versions": versions,
        "chosen": chosen,
        "result": found,
        "days": DAYS,
        "crumbs": [{"label": _("Service levels"), "url": reverse("tickets:service_levels")}],
    }
    return render(request, "tickets/back_test.html", context)

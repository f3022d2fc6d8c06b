"""The triage board: what waits, who answers it, what happens next; as columns or as a list."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.rules.access import Actor
from accounts.views.list_files import list_file
from common.errors import Conflict, DomainError, NotAllowed
from common.listing import ListQuery
from health.alert_policy import alert_policy
from health.alert_words import SEVERITY_WORDS, cause_words
from health.exported import TRIAGE_KEYS, query_of, triage_filter
from health.models import Episode
from health.rules.alert_packs import AlertPolicy
from health.selectors import triage as reading
from health.selectors.triage import ALL, COLUMNS, MINE, TEAM, TriageFilter
from health.services import episodes
from health.views.portfolio import area_tabs
from partners.views.pages import back_url

KEY = "triage"
_MOST_AT_ONCE = 100


@require_safe
@staff_page
def triage(request: HttpRequest) -> HttpResponse:
    """Open alerts by where they stand, and organizations at risk without one; a column opens as a list."""
    actor, now, policy = actor_of(request), timezone.now(), alert_policy()
    wanted = triage_filter(actor, ListQuery.of(request.GET, TRIAGE_KEYS))
    context = _context(request, actor, wanted, policy) | {"now": now}
    if wanted.show or request.GET.get("view") == "list":
        page = reading.triage_list(actor, wanted, policy=policy, cursor=request.GET.get("cursor", ""), now=now)
        return render(request, "health/triage_list.html", context | {"page": page})
    board = reading.board(actor, wanted, policy=policy, now=now)
    return render(request, "health/triage.html", context | {"board": board})


@require_POST
@staff_page
def triage_acknowledge(request: HttpRequest) -> HttpResponse:
    """Acknowledge several; what somebody else answered meanwhile, or what is not the reader's to answer, is named."""
    actor, now = actor_of(request), timezone.now()
    wanted = [one for one in request.POST.getlist("episode")[:_MOST_AT_ONCE] if _is_uuid(one)]
    rows = Episode.objects.visible_to(actor).select_related("organization").filter(public_id__in=wanted)
    done, refused = 0, []
    for episode in rows.order_by("organization_id", "pk"):
        try:
            episodes.acknowledge(by=actor, episode=episode, now=now)
            done += 1
        except (DomainError, NotAllowed, Conflict) as error:
            refused.append(f"{episode.organization.name}: {error.message}")
    _say_result(request, done, refused)
    return redirect(back_url(request, reverse("health:triage")))


def _say_result(request: HttpRequest, done: int, refused: list[str]) -> None:
    if done:
        text = ngettext("%(count)d alert acknowledged.", "%(count)d alerts acknowledged.", done)
        messages.success(request, text % {"count": done})
    for one in refused[:5]:
        messages.error(request, one)
    if not done and not refused:
        messages.error(request, _("Select the alerts first."))


@require_POST
@capability_required("export_data")
def triage_export(request: HttpRequest) -> HttpResponse:
    """The alerts that the filters leave, as a file."""
    return list_file(request, "alerts", query=ListQuery.of(request.POST, TRIAGE_KEYS).encode())


def _context(request: HttpRequest, actor: Actor, wanted: TriageFilter, policy: AlertPolicy | None) -> dict[str, Any]:
    causes = dict.fromkeys(rule.cause for rule in policy.rules.values()) if policy is not None else {}
    whose = [(MINE, _("Mine")), *([(TEAM, _("My team"))] if actor.led_user_ids else []), (ALL, _("All"))]
    return {
        "wanted": wanted,
        "tabs": area_tabs(actor, KEY),
        "whose": whose,
        "causes": [(cause, cause_words(cause)) for cause in causes],
        "severities": list(SEVERITY_WORDS.items()),
        "columns": [*COLUMNS.items(), ("held", _("In the digest")), ("late", _("Late")), ("closed", _("Closed"))],
        "may_export": actor.has("export_data"),
        "is_list": bool(wanted.show) or request.GET.get("view") == "list",
        "base": query_of(wanted),
        "has_policy": policy is not None,
    }


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

"""What alerts offer to homes and to the pages of health. Every number opens exactly its rows."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from common.panels import Panel, PanelRequest, register
from health.alert_permissions import can_read_quality
from health.alert_policy import policy_of_row
from health.selectors.episode_rows import episode_rows
from health.selectors.triage import MINE, TEAM, to_answer
from health.views.alerts import QUALITY
from health.views.portfolio import Offer, offer_tab
from health.views.triage import KEY
from tickets.home_panels import Tile


def _to_answer(request: PanelRequest) -> Mapping[str, Any] | None:
    """Alerts that wait for an answer, what is due first on top; a lead has those of the team. One statement."""
    actor = request.actor
    found = to_answer(actor, now=request.now)
    if not found:
        return None
    policy = policy_of_row(found[0])
    rows = episode_rows(found, actor=actor, policy=policy, now=request.now)
    whose = TEAM if actor.led_user_ids else MINE
    late = found[0]["late_count"]
    tiles = [
        Tile(label=_("To answer"), value=found[0]["all_count"], url=triage_url(whose, "open")),
        Tile(label=_("Late"), value=late, url=triage_url(whose, "late"), tone="danger" if late else ""),
    ]
    return {"rows": rows, "tiles": tiles, "all_url": triage_url(whose, ""), "now": request.now}


def triage_url(whose: str, show: str) -> str:
    """The address of the board, or of one of its columns as a list."""
    pairs = {"whose": whose} | ({"show": show} if show else {})
    return f"{reverse('health:triage')}?{urlencode(pairs)}"


def offer() -> None:
    """Called once, when the app is ready."""
    offer_tab(Offer(key=KEY, label=_("Triage"), icon="layout-kanban", url_name="health:triage"))
    offer_tab(
        Offer(
            key=QUALITY,
            label=_("Alert quality"),
            icon="gauge",
            url_name="health:alert_quality",
            is_shown=can_read_quality,
        )
    )
    register(
        Panel(
            key="alerts",
            slot="home",
            title=_("Alerts to answer"),
            template="health/panels/_alerts.html",
            load=_to_answer,
            wide=True,
            icon="bell",
        )
    )

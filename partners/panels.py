"""What organizations offer to the homes; `hub.home` says which role sees which panel."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import FieldClass
from common.panels import Panel, PanelRequest, register
from common.templatetags.format import Clock
from partners import home_rows
from partners.selectors import portfolio
from partners.selectors.capacity import own_load
from partners.selectors.gate_waiting import gates_waiting
from partners.selectors.plans_ahead import plans_ahead
from partners.selectors.quiet import SHOWN as QUIET_SHOWN
from partners.selectors.quiet import own_quiet


def _own(request: PanelRequest) -> Mapping[str, Any] | None:
    """Own organizations; a lead who owns none has the team's instead."""
    found = portfolio.own_portfolio(request.actor, now=request.now)
    if not found.rows and request.actor.is_lead:
        return None
    return {"portfolio": found, "lines": home_rows.portfolio_rows(found.rows, Clock(request.now))}


def _stages(request: PanelRequest) -> Mapping[str, Any] | None:
    counts = portfolio.stage_counts(request.actor, now=request.now)
    if not counts:
        return None
    list_url = reverse("partners:organization_list")
    return {"lines": home_rows.stage_rows(counts, list_url, max(count.total for count in counts))}


def _team(request: PanelRequest) -> Mapping[str, Any] | None:
    members = portfolio.team_load(request.actor, now=request.now)
    return {"members": members, "top": max(member.organizations for member in members)} if members else None


def _news(request: PanelRequest) -> Mapping[str, Any] | None:
    items = portfolio.recent_news(request.actor)
    return {"lines": home_rows.news_rows(items, Clock(request.now))} if items else None


def _unowned(request: PanelRequest) -> Mapping[str, Any] | None:
    rows = portfolio.without_owner(request.actor)
    return {"lines": home_rows.unowned_rows(rows)} if rows else None


def _grants(request: PanelRequest) -> Mapping[str, Any] | None:
    rows = portfolio.grants_to_decide(request.actor)
    return {"rows": rows} if rows else None


def _gates(request: PanelRequest) -> Mapping[str, Any] | None:
    found = gates_waiting(request.actor)
    return {"gates": found} if found.rows else None


def _load(request: PanelRequest) -> Mapping[str, Any] | None:
    found = own_load(request.actor, now=request.now)
    return {"load": found} if found else None


def _plans(request: PanelRequest) -> Mapping[str, Any] | None:
    found = plans_ahead(request.actor, now=request.now)
    return {"plans": found} if found else None


def _quiet(request: PanelRequest) -> Mapping[str, Any] | None:
    rows = own_quiet(request.actor, now=request.now)
    return {"rows": rows[:QUIET_SHOWN], "now": request.now} if rows else None


def _growth(request: PanelRequest) -> Mapping[str, Any] | None:
    """Read when the home is there already, by a request of its own: no statement here."""
    return {} if request.actor.may_read(FieldClass.COMMERCIAL) else None


def offer() -> None:
    """Register the panels; called once from AppConfig.ready()."""
    for key, title, icon, wide, load in (
        ("portfolio", _("My organizations"), "building", True, _own),
        ("gates", _("Gates waiting for me"), "flag", False, _gates),
        ("grants", _("Requests for context to answer"), "lock-open", False, _grants),
        ("unowned", _("Nobody carries these"), "alert-triangle", True, _unowned),
        ("stages", _("Where everything stands"), "layout-kanban", True, _stages),
        ("team", _("My team"), "users", True, _team),
        ("load", _("My week"), "gauge", False, _load),
        ("news", _("Recent activity"), "activity", False, _news),
        ("plans", _("Plans that do not add up"), "clipboard-check", False, _plans),
        ("quiet", _("Gone quiet"), "bell-off", False, _quiet),
        ("growth", _("Renewals and pipeline"), "refresh", False, _growth),
        ("growth_people", _("Renewals and pipeline by person"), "refresh", True, _growth),
    ):
        register(
            Panel(
                key=key,
                slot="home",
                title=title,
                template=f"partners/panels/_{key}.html",
                load=load,
                wide=wide,
                icon=icon,
            )
        )

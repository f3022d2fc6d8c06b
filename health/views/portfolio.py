"""The portfolio by health: the heat map, what is at risk, what moved, and how it all was on a day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.rules.access import Actor
from accounts.views.list_files import list_file
from common.listing import ListQuery, hidden_pairs
from health import cells, lists
from health.lists import DAY, HEAT, MOVES, RISK, PortfolioList, open_portfolio
from health.past_list import open_past
from health.policies import words_of
from health.selectors.portfolio import HealthRow
from partners.filters import active_filters, team_names
from partners.tabs import ShownTab
from partners.views.saved_views import PAGES, ListPage, opened

PORTFOLIO = "health"
PAGES[PORTFOLIO] = ListPage(keys=lists.STATE_KEYS, url_name="portfolio", namespace="health")
_URLS = {HEAT: "health:portfolio", RISK: "health:at_risk", MOVES: "health:moves"}
Draw = Callable[[Iterable[HealthRow]], SafeString]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A tab that another module brings, once its page is there."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    is_shown: Callable[[Actor], bool] = lambda actor: True


_offers: list[Offer] = []


def offer_tab(offer: Offer) -> None:
    """Add a tab to the pages of health; called in AppConfig.ready()."""
    _offers.append(offer)


def area_tabs(actor: Actor, active: str) -> list[ShownTab]:
    """The tabs of the pages of health that `actor` may open."""
    own = [
        Offer(key=HEAT, label=_("Heat map"), icon="layout-board", url_name=_URLS[HEAT]),
        Offer(key=RISK, label=_("At risk"), icon="alert-triangle", url_name=_URLS[RISK]),
        Offer(key=MOVES, label=_("Moves of the week"), icon="arrows-sort", url_name=_URLS[MOVES]),
    ]
    shown = [one for one in (*own, *_offers) if one.is_shown(actor)]
    return [
        ShownTab(label=str(one.label), url=reverse(one.url_name), icon=one.icon, is_active=one.key == active)
        for one in shown
    ]


@require_safe
@staff_page
def portfolio(request: HttpRequest) -> HttpResponse:
    """Organizations by the groups of their scorecards, the worst first; with a day, as it was then."""
    asked_day = request.GET.get(DAY, "")
    if asked_day:
        return _past(request, asked_day)
    actor = actor_of(request)
    asked = opened(request, PORTFOLIO, keys=lists.KEYS)
    path = reverse(_URLS[HEAT])
    shown = open_portfolio(actor, asked.query, path=path, now=timezone.now())
    context = _context(request, shown)
    context |= asked.context(shown.query, path=path, user_id=actor.user_id)
    groups = [words_of(group.label) for group in shown.card.groups] if shown.card else []
    context |= {
        "heads": cells.heat_head(shown.card, groups),
        "rows": cells.heat_lines(shown.rows, shown.card) if shown.rows else "",
    }
    return render(request, "health/portfolio.html", context)


def _context(request: HttpRequest, shown: PortfolioList) -> dict[str, Any]:
    """What the pages of the portfolio share."""
    state = ListQuery(tuple(pair for pair in shown.query.pairs if pair[0] in lists.STATE_KEYS))
    return {
        "shown": shown,
        "mode": shown.mode,
        "tabs": area_tabs(shown.actor, shown.mode),
        "whose": shown.whose(),
        "menus": shown.menus(),
        "filters": active_filters(shown.query, shown.path, names=team_names(shown.query, shown.actor), has_switch=True),
        "clear_url": f"{shown.path}?all=1",
        "hidden": hidden_pairs(state, "q"),
        "query_text": state.encode(),
        "may_export": shown.actor.has("export_data"),
        "export_url": reverse("health:export", args=[shown.mode]),
        "today": timezone.localdate(shown.now),
    }


@require_safe
@staff_page
def at_risk(request: HttpRequest) -> HttpResponse:
    """What is red or yellow, with the reason in words, what is at stake and whose it is."""
    return _list_page(request, RISK, cells.risk_lines)


@require_safe
@staff_page
def moves(request: HttpRequest) -> HttpResponse:
    """Whose band changed within seven days."""
    return _list_page(request, MOVES, cells.move_lines)


def _list_page(request: HttpRequest, mode: str, draw: Draw) -> HttpResponse:
    query = ListQuery.of(request.GET, lists.KEYS)
    shown = open_portfolio(actor_of(request), query, path=reverse(_URLS[mode]), now=timezone.now(), mode=mode)
    context = _context(request, shown) | {"rows": draw(shown.rows) if shown.rows else ""}
    return render(request, f"health/{'at_risk' if mode == RISK else 'moves'}.html", context)


def _past(request: HttpRequest, asked_day: str) -> HttpResponse:
    """The heat map of a day, from the snapshots of that day and by today's rights."""
    actor, now, path = actor_of(request), timezone.now(), reverse(_URLS[HEAT])
    query = ListQuery.of(request.GET, lists.KEYS)
    day = day_of(asked_day)
    today = timezone.localdate(now)
    context: dict[str, Any] = {"asked_day": asked_day, "day": day, "today": today, "tabs": area_tabs(actor, HEAT)}
    context |= {"clear_url": f"{path}?{DAY}={asked_day}", "now_url": f"{path}?all=1"}
    if day is None or day > today:
        return render(request, "health/portfolio_past.html", context | {"is_unknown": True}, status=200)
    shown = open_past(actor, query, day=day, path=path, now=now)
    groups = [words_of(group.label) for group in shown.card.groups] if shown.card else []
    context |= {
        "shown": shown,
        "heads": cells.heat_head(shown.card, groups),
        "rows": cells.heat_lines(shown.rows, shown.card, suffix=f"?{DAY}={day}") if shown.rows else "",
    }
    return render(request, "health/portfolio_past.html", context)


def day_of(text: str) -> date | None:
    """A day in ISO 8601; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
@capability_required("export_data")
def export(request: HttpRequest, mode: str) -> HttpResponse:
    """What a list shows, whole, as CSV; who took what is recorded."""
    return list_file(request, "health", subject=mode, query=request.POST.get("query", ""))

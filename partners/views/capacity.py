"""Weeks ahead: hours wanted against hours there are, by person and by team; what a week is made of; what if."""

from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.choices import OWNER_ROLES
from accounts.labels import role_short_label
from accounts.policies import actor_of, capability_required, staff_page
from accounts.rules.access import Actor
from accounts.views.list_files import list_file
from common.errors import Missing
from common.listing import ListQuery, pager
from common.pagination import Order, SortKey, paginate_composed
from partners.capacity_cells import week_heads, week_rows, week_strip
from partners.capacity_chart import weeks_chart
from partners.exported.capacity import BY, BY_TEAM, KEYS, ROLE, TEAM_KEY, capacity_query, capacity_rows, chosen_for
from partners.forecast_pages import area_tabs
from partners.selectors.capacity import PERSON, people_to_show
from partners.selectors.capacity_ahead import (
    mondays,
    person_ahead,
    teams_to_show,
)
from partners.selectors.capacity_holdings import may_balance
from partners.task_list import Choice, Filter

CURSOR = "cursor"
PAGE_SIZE = 50
_PEOPLE, _TEAMS = Order((SortKey(name="name_sort"),)), Order((SortKey(name="name"),))


@require_safe
@staff_page
def capacity(request: HttpRequest) -> HttpResponse:
    """Eight weeks of everybody for those who see all, of a team for its lead, one's own for everybody else."""
    actor, now, path = actor_of(request), timezone.now(), reverse("partners:capacity")
    query, by_team = _asked(request)
    order = _TEAMS if by_team else _PEOPLE
    asked = (by_team, query.get(ROLE), query.get(TEAM_KEY))
    page = paginate_composed(chosen_for, actor, *asked, order=order, cursor=query.get(CURSOR), size=PAGE_SIZE)
    rows = capacity_rows(actor, query, page.rows, now)
    context = {
        "heads": week_heads(mondays(timezone.localdate(now))),
        "rows": week_rows(rows, of_teams=by_team, team_url=path),
        "chart": weeks_chart(rows),
        "has_policy": bool(rows),
        "has_rows": bool(page.rows),
        "by_team": by_team,
        "pager": pager(page, query, path),
        "filters": [_roles(query, path), *([] if by_team else _teams(actor, query, path))],
        "whose": _ways(actor, query, path),
        "clear_url": path if query.get(ROLE) or query.get(TEAM_KEY) else "",
        "query": query.without(CURSOR).encode(),
        "may_export": actor.has("export_data"),
        "may_balance": may_balance(actor),
        "tabs": area_tabs(actor, "capacity"),
    }
    return render(request, "partners/capacity.html", context)


@require_POST
@capability_required("export_data")
def capacity_export(request: HttpRequest) -> HttpResponse:
    """The same as a file, a line for each week; the address carries the page's own query."""
    return list_file(request, "capacity", query=request.GET.urlencode())


@require_safe
@staff_page
def capacity_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What a week of one person is made of; somebody whose load one may not see does not exist."""
    actor, now = actor_of(request), timezone.now()
    person = get_object_or_404(people_to_show(actor).values(*PERSON), public_id=person_id)
    try:
        week_on = date.fromisoformat(request.GET["week"]) if request.GET.get("week") else None
        found = person_ahead(actor, person, week_on=week_on, now=now)
    except ValueError as error:
        raise Http404 from error
    context = {
        "person": person,
        "found": found,
        "strip": week_strip(found.row, found.chosen) if found else "",
        "may_balance": may_balance(actor),
    }
    return render(request, "partners/capacity_person.html", context)


def _asked(request: HttpRequest) -> tuple[ListQuery, bool]:
    try:
        query = capacity_query(ListQuery.of(request.GET, (*KEYS, CURSOR)))
    except Missing as error:
        raise Http404 from error
    return query, query.get(BY) == BY_TEAM


def _roles(query: ListQuery, path: str) -> Filter:
    offers = [("", _("Any")), *sorted((role, role_short_label(role)) for role in OWNER_ROLES)]
    return Filter(key=ROLE, label=_("Role"), choices=tuple(_choice(query, path, ROLE, *offer) for offer in offers))


def _teams(actor: Actor, query: ListQuery, path: str) -> list[Filter]:
    """Nothing to choose from for those who lead no team."""
    if not may_balance(actor):
        return []
    teams = teams_to_show(actor).order_by("name").values_list("public_id", "name")[:PAGE_SIZE]
    offers = [("", _("Any")), *((str(public_id), name) for public_id, name in teams)]
    choices = tuple(_choice(query, path, TEAM_KEY, *offer) for offer in offers)
    return [Filter(key=TEAM_KEY, label=_("Team"), choices=choices)] if len(offers) > 1 else []


def _ways(actor: Actor, query: ListQuery, path: str) -> list[Choice]:
    if not may_balance(actor):
        return []
    kept = query.without(TEAM_KEY)
    return [_choice(kept, path, BY, "", _("People")), _choice(kept, path, BY, BY_TEAM, _("Teams"))]


def _choice(query: ListQuery, path: str, key: str, value: str, label: str) -> Choice:
    url = query.without(CURSOR).changed(**{key: value}).on(path)
    return Choice(label=label, value=value, url=url, is_active=query.get(key) == value)

"""The list of organizations, its filters and its export, and the board."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, capability_required, staff_page
from accounts.rules.access import Actor
from accounts.views.list_files import list_file
from common.listing import ListQuery, hidden_pairs
from partners import lists
from partners.boards import board_of_list, drawn_cards
from partners.choices import OrganizationKind
from partners.filters import active_filters
from partners.forms.lists import ListForm
from partners.forms.organizations import kinds_to_create
from partners.lists import OrganizationList, open_list
from partners.selectors.board import Board, BoardColumn
from partners.selectors.past import AS_OF, PastBanner, asked_past
from partners.views.pages import is_fragment
from partners.views.past import past_board, past_list
from partners.views.saved_views import ORGANIZATIONS, OpenedList, opened


def _path(page: str = "organization_list") -> str:
    return reverse(f"partners:{page}")


@staff_page
def organization_list(request: HttpRequest) -> HttpResponse:
    """All organizations that the reader sees, as the address says: filtered, sorted, grouped, from some place on."""
    actor, now = actor_of(request), timezone.now()
    past, problem = asked_past(actor, request.GET.get(AS_OF, ""), now=now)
    if past is not None:
        return past_list(request, past)
    asked = opened(request, ORGANIZATIONS, keys=lists.KEYS)
    shown = open_list(actor, asked.query, path=_path(), now=now)
    may_assign = actor.has_any(("assign_owners", "assign_owners_own"))
    context = {
        "shown": shown,
        "lines": shown.lines(with_check=may_assign),
        "filters": active_filters(shown.query, shown.path, names=shown.names(), has_switch=True),
        "is_narrowed": shown.is_narrowed,
        "kinds": kinds_to_create(actor),
        "may_assign": may_assign,
        "may_export": actor.has("export_data"),
        "width": len(shown.columns) + 2,
        "past": PastBanner(past=None, problem=problem, present_url=""),
        **_view_context(shown, asked),
    }
    return render(request, "partners/organization_list.html", context)


def _view_context(shown: OrganizationList, asked: OpenedList) -> dict[str, Any]:
    """The tabs of saved views, what the export and a new view take along, the addresses around the list."""
    state = ListQuery(tuple(pair for pair in shown.query.pairs if pair[0] in lists.STATE_KEYS))
    return {
        **asked.context(shown.query, path=shown.path, user_id=shown.actor.user_id),
        "clear_url": lists.EVERYTHING.on(shown.path),
        "filter_url": state.on(_path("organization_filters")),
        "board_url": state.without(*lists.DISPLAY_KEYS, "stage").on(_path("organization_board")),
        "hidden": hidden_pairs(state, "q"),
        "past_hidden": hidden_pairs(state),
    }


@staff_page
def organization_filters(request: HttpRequest) -> HttpResponse:
    """All filters and the display of the list, as a page or in a dialog over it."""
    actor = actor_of(request)
    query = ListQuery.of(request.GET, lists.PAST_KEYS)
    shown = open_list(actor, query, path=_path(), now=timezone.now())
    sent = request.GET if "go" in request.GET else None
    form = ListForm(sent, actor=actor, query=shown.query, **shown.display())
    if form.is_bound and form.is_valid():
        asked = form.to_query()
        return redirect((asked if asked.pairs else lists.EVERYTHING).on(shown.path))
    context = {"form": form, "hidden": hidden_pairs(query, *form.fields), "back_url": query.on(shown.path)}
    template = "partners/_organization_filters.html" if is_fragment(request) else "partners/organization_filters.html"
    return render(request, template, context)


@require_POST
@capability_required("export_data")
def organization_export(request: HttpRequest) -> HttpResponse:
    """What the list shows, whole, as CSV; who took what is recorded. A long one is written by a worker."""
    return list_file(request, "organizations", query=request.POST.get("query", ""))


@staff_page
def organization_board(request: HttpRequest) -> HttpResponse:
    """Every stage of one journey as a column, for the organizations of the same filters."""
    actor, now, path = actor_of(request), timezone.now(), _path("organization_board")
    query = ListQuery.of(request.GET, lists.KEYS).without("stage", lists.VIEW, lists.ALL)
    kind = query.get("kind") if query.get("kind") in OrganizationKind.values else _usual_kind(actor)
    past, problem = asked_past(actor, request.GET.get(AS_OF, ""), now=now)
    if past is not None:
        return past_board(request, past, kind)
    shown = open_list(actor, query.changed(kind=kind), path=path, now=now)
    is_narrowed = open_list(actor, query.without("kind"), path=path, now=now).is_narrowed
    banner = PastBanner(past=None, problem=problem, present_url="")
    context = _board_context(shown, kind) | {"now": now, "is_narrowed": is_narrowed, "past": banner}
    return render(request, "partners/organization_board.html", context)


def _board_context(shown: OrganizationList, kind: str) -> dict[str, Any]:
    """The board of a list with the addresses around it."""
    board, path = board_of_list(shown, kind), shown.path
    return {
        "shown": shown,
        "board": board,
        "columns": _columns(shown, board),
        "kinds": [(label, shown.query.changed(kind=k).on(path), k == kind) for k, label in OrganizationKind.choices],
        "list_url": shown.query.on(_path()),
        "clear_url": ListQuery((("kind", kind),)).on(path),
        "filters": active_filters(shown.query.without("kind"), path, names=shown.names(), has_switch=True),
        "past_hidden": hidden_pairs(shown.query),
    }


def _columns(shown: OrganizationList, found: Board) -> list[tuple[BoardColumn, str, SafeString]]:
    """The columns, each with the list behind it and its cards with how their gates stand."""
    cards = drawn_cards(found, shown.actor, today=timezone.localdate())
    return [
        (column, shown.query.changed(stage=column.stage).on(_path()), cards[column.stage]) for column in found.columns
    ]


def _usual_kind(actor: Actor) -> str:
    """Who works with customers alone sees their board first."""
    is_of_customers = bool(actor.active_roles & {"csm", "csmlead"})
    is_of_partners = bool(actor.active_roles - {"csm", "csmlead"})
    return OrganizationKind.CUSTOMER if is_of_customers and not is_of_partners else OrganizationKind.PARTNER

"""The list of organizations as of a past day. Its address is that of the list; so is who may open it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.policies import actor_of
from common.listing import ListQuery, hidden_pairs
from common.past import PastDay
from partners import filters, lists
from partners.boards import drawn_past_cards
from partners.choices import OrganizationKind
from partners.filters import active_filters
from partners.past_list import open_past
from partners.past_page import PastPage
from partners.selectors.past import AS_OF
from partners.selectors.past_board import past_board as board_of_past


def past_page(request: HttpRequest, public_id: UUID, past: PastDay) -> HttpResponse:
    """An organization at the end of that day. Whether it is open, the page of the present has found out."""
    page = PastPage(actor=actor_of(request), past=past, public_id=public_id)
    row = page.found.row if page.found else None
    people = [(owner.role_label, owner.name) for owner in row.owners] if row else []
    return render(request, "partners/organization_as_of.html", {"page": page, "row": row, "people": people})


def past_list(request: HttpRequest, past: PastDay) -> HttpResponse:
    """What held at the end of that day; nothing on it acts."""
    path = reverse("partners:organization_list")
    shown = open_past(actor_of(request), ListQuery.of(request.GET, lists.PAST_KEYS), past, path=path)
    context = {
        "shown": shown,
        "past": shown.banner,
        "filters": active_filters(shown.query, path, names=shown.names(), has_switch=True),
        "filter_url": shown.query.on(reverse("partners:organization_filters")),
        "hidden": hidden_pairs(shown.query, "q"),
        "past_hidden": hidden_pairs(shown.query, AS_OF),
        "text": shown.query.get("q"),
        "board_url": shown.query.without(*lists.DISPLAY_KEYS, "stage").on(reverse("partners:organization_board")),
        "may_export": shown.actor.has("export_data"),
        "query_text": shown.query.without().encode(),
    }
    return render(request, "partners/organization_past.html", context)


def past_board(request: HttpRequest, past: PastDay, kind: str) -> HttpResponse:
    """Where they stood at the end of that day; nothing on it acts."""
    path, list_path = reverse("partners:organization_board"), reverse("partners:organization_list")
    asked = ListQuery.of(request.GET, lists.PAST_KEYS).without("stage", filters.ARCHIVED, *lists.DISPLAY_KEYS)
    shown = open_past(actor_of(request), asked.changed(kind=kind), past, path=path)
    board = board_of_past(shown.actor, shown.query, past, kind)
    cards = drawn_past_cards(board, past)
    context = {
        "shown": shown,
        "past": shown.banner,
        "past_hidden": hidden_pairs(shown.query, AS_OF),
        "board": board,
        "columns": [
            (column, shown.query.changed(stage=column.stage).on(list_path), cards[column.stage])
            for column in board.columns
        ],
        "kinds": [(label, shown.query.changed(kind=k).on(path), k == kind) for k, label in OrganizationKind.choices],
        "list_url": shown.query.on(list_path),
        "filters": active_filters(shown.query.without("kind"), path, names=shown.names(), has_switch=True),
    }
    return render(request, "partners/organization_board.html", context)

"""The list of organizations as of a past day. Its address is that of the list; so is who may open it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.policies import actor_of
from common.listing import ListQuery, hidden_pairs
from common.past import PastDay
from partners import lists
from partners.filters import active_filters
from partners.past_list import open_past
from partners.past_page import PastPage
from partners.selectors.past import AS_OF


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
        "filters": active_filters(shown.query, path, names=shown.names()),
        "filter_url": shown.query.on(reverse("partners:organization_filters")),
        "hidden": hidden_pairs(shown.query, "q"),
        "past_hidden": hidden_pairs(shown.query, AS_OF),
        "text": shown.query.get("q"),
    }
    return render(request, "partners/organization_past.html", context)

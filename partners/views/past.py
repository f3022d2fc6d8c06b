"""The list of organizations as of a past day. Its address is that of the list; so is who may open it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.policies import actor_of
from common.listing import ListQuery, hidden_pairs
from common.past import PastDay
from partners import lists
from partners.filters import active_filters
from partners.past_list import open_past
from partners.selectors.past import AS_OF


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

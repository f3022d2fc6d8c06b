"""The queue: what breaches next, its filters, its counters and its export."""

from hashlib import blake2b
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.listing import COUNT_LIMIT, ListQuery, hidden_pairs
from partners.views.pages import is_fragment
from partners.views.saved_views import PAGES, ListPage, OpenedList, opened
from tickets import columns, lists, permissions
from tickets.filters import BY_KEY, active_filters
from tickets.forms.lists import CHECKS, ListForm
from tickets.lists import PRESETS, TicketList, open_list

TICKETS = "tickets"
PAGES[TICKETS] = ListPage(keys=lists.STATE_KEYS, url_name="tickets", namespace="tickets")
COUNTED_VIEWS = 8
_MAX_QUERY = 400


def _path(page: str = "tickets") -> str:
    return reverse(f"tickets:{page}")


@require_safe
@staff_page
def tickets(request: HttpRequest) -> HttpResponse:
    """All tickets that the reader sees, as the address says; at first what breaches next."""
    actor = actor_of(request)
    asked = opened(request, TICKETS, keys=lists.KEYS)
    shown = open_list(actor, asked.query, path=_path(), now=timezone.now())
    may_work = permissions.can_work(actor)
    context = {
        "shown": shown,
        "lines": shown.lines(with_check=may_work),
        "filters": active_filters(shown.query, shown.path, names=shown.names()),
        "may_work": may_work,
        "may_export": actor.has("export_data"),
        **_around(shown, asked),
    }
    return render(request, "tickets/ticket_list.html", context)


def _around(shown: TicketList, asked: OpenedList) -> dict[str, Any]:
    """The tabs of presets and saved views with where their counters come from, and the addresses around the list."""
    context = asked.context(shown.query, path=shown.path, user_id=shown.actor.user_id)
    counted = [view for view in asked.views if len(view.query) <= _MAX_QUERY][:COUNTED_VIEWS]
    places = {view.public_id: place for place, view in enumerate(counted)}
    state = shown.state.without(*lists.DISPLAY_KEYS)
    presets = [
        (preset, (preset.query if preset.query.pairs else lists.EVERYTHING).on(shown.path), state == preset.query)
        for preset in PRESETS
    ]
    views = [(view, url, is_active, places.get(view.public_id)) for view, url, is_active in context["view_tabs"]]
    return context | {
        "presets": presets,
        "kept_views": views,
        "counts_url": f"{_path('counts')}?{urlencode([('q', view.query) for view in counted])}",
        "clear_url": lists.EVERYTHING.on(shown.path),
        "filter_url": shown.state.on(_path("filters")),
        "hidden": hidden_pairs(shown.state, "q"),
    }


@require_safe
@staff_page
def ticket_counts(request: HttpRequest) -> HttpResponse:
    """How many tickets the presets and the given lists hold: one statement, and nothing sent if nothing changed."""
    actor, now = actor_of(request), timezone.now()
    kept = request.GET.getlist("q")[:COUNTED_VIEWS]
    asked = {preset.key: preset.query for preset in PRESETS}
    asked |= {f"view-{place}": ListQuery.parse(text, lists.STATE_KEYS) for place, text in enumerate(kept)}
    counts = [open_list(actor, query, path="", now=now).counted for query in asked.values()]
    found = User.objects.filter(pk=actor.user_id).values_list(*counts)[0]
    # A list that can hold nothing is not asked for at all, and has no count.
    rows = [(key, count or 0, (count or 0) > COUNT_LIMIT) for key, count in zip(asked, found, strict=True)]
    tag = f'"{blake2b(repr(rows).encode(), digest_size=12).hexdigest()}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    answer = render(request, "tickets/_counts.html", {"rows": rows, "limit": COUNT_LIMIT})
    answer["ETag"], answer["Cache-Control"] = tag, "private, no-cache"
    return answer


@require_safe
@staff_page
def ticket_filters(request: HttpRequest) -> HttpResponse:
    """All filters and the looks of the list, as a page or in a dialog over it."""
    actor = actor_of(request)
    query = ListQuery.of(request.GET, lists.KEYS)
    shown = open_list(actor, query, path=_path(), now=timezone.now())
    form = ListForm(
        request.GET if "go" in request.GET else None,
        actor=actor,
        query=shown.query,
        checks={key: (str(BY_KEY[key].label), list(BY_KEY[key].choices)) for key in CHECKS},
        sorts=[(key, str(label)) for key, label in lists.SORT_LABELS.items()],
        columns=[(column.key, str(column.label)) for column in columns.COLUMNS],
        shown_columns=[column.key for column in shown.columns],
        usual_columns=list(columns.DEFAULT_KEYS),
    )
    if form.is_bound and form.is_valid():
        asked = form.to_query()
        return redirect((asked if asked.pairs else lists.EVERYTHING).on(shown.path))
    context = {"form": form, "hidden": hidden_pairs(query, *form.fields), "back_url": query.on(shown.path)}
    return render(request, f"tickets/{'_' if is_fragment(request) else ''}ticket_filters.html", context)


@require_POST
@capability_required("export_data")
def ticket_export(request: HttpRequest) -> HttpResponse:
    """What the list shows, whole, as CSV; who took what is recorded. A long one is written by a worker."""
    return list_file(request, "tickets", query=request.POST.get("query", ""))

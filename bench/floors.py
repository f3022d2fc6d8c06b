"""The floors: what the same machine takes at least, beside the product's own addresses.

`lean`: an authenticated Django view (the product's own middleware: session, person, scope), one query, as many rows as
the page shows, days formatted in Python, plain templating. Beside it what it is made of, by which a floor is judged
(spec: above 1.5x the sum it is no floor): `raw`, the SQL alone; `static`, a view that gives as many bytes without a
query; `templating`, the plain templating of the same rows.
"""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import Context, Engine
from django.urls import include, path

from accounts.policies import signed_in_page
from common.scope import Scope, set_scope

_ROWS = """
SELECT o.name, o.kind, o.stage, o.stage_entered_at, o.target_launch_on, f.gemstone, f.last_two_way_at
FROM partners_organization o JOIN partners_organizationfacts f ON f.organization_id = o.id
WHERE o.archived_at IS NULL ORDER BY o.name_sort, o.id LIMIT %(limit)s
"""
_TOTALS = """
SELECT kind, stage, count(*), min(stage_entered_at) FROM partners_organization WHERE archived_at IS NULL GROUP BY 1, 2
"""
# What a manager's report is measured against: the sums of two quarters over everything, and a page of rows.
_FACTS = """
SELECT measure, day >= date_trunc('quarter', current_date) AS is_now, sum(numerator), sum(denominator)
FROM reports_dailyfact WHERE day >= date_trunc('quarter', current_date) - interval '3 months' AND day <= current_date
GROUP BY 1, 2
"""
_FIND = """
SELECT name FROM partners_organization WHERE archived_at IS NULL AND name_sort LIKE 'a%%' ORDER BY name_sort
LIMIT %(limit)s
"""
_TICKETS = """
SELECT t.number, t.subject, t.status, t.priority, t.opened_at, t.breaches_at, t.waits_since, u.name
FROM tickets_ticket t LEFT JOIN accounts_user u ON u.id = t.assignee_id
WHERE t.status IN ('new', 'open', 'pending', 'on_hold') AND t.merged_into_id IS NULL
ORDER BY t.breaches_at, t.id LIMIT %(limit)s
"""
_ONE_TICKET = """
SELECT m.kind, m.side, m.body, m.written_at, m.sent_at, m.channel, m.state
FROM tickets_message m WHERE m.ticket_id = (SELECT max(id) FROM tickets_ticket) LIMIT %(limit)s
"""
_INSERT = """
INSERT INTO accounts_savedview (public_id, created_at, user_id, page, name, query, is_shared, is_default)
VALUES (gen_random_uuid(), now(), %s, 'floor', gen_random_uuid()::text, '', false, false)
"""
# What a manager's home is measured against: the aggregate over everything, and a page of rows.
_QUERIES = {
    "rows": (_ROWS,),
    "home": (_TOTALS, _ROWS),
    "facts": (_FACTS, _ROWS),
    "find": (_FIND,),
    "tickets": (_TICKETS,),
    "ticket": (_ONE_TICKET, _TICKETS),
}
_RUNS = 15

_TEMPLATE = Engine().from_string(
    "<!doctype html><title>Floor</title><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>"
    "{% endfor %}</tr>{% endfor %}</table>"
)

Rows = list[tuple[Any, ...]]


def _fetch(query: str, limit: int) -> Rows:
    """`limit` rows: what the first query finds counts, the last one fills up."""
    found: Rows = []
    with connection.cursor() as cursor:
        for sql in _QUERIES[query]:
            cursor.execute(sql, {"limit": max(limit - len(found), 0)})
            found += cursor.fetchall()
    return found


def _page(rows: Rows) -> str:
    cells = [[cell.strftime("%d %b %Y") if hasattr(cell, "strftime") else str(cell) for cell in row] for row in rows]
    return str(_TEMPLATE.render(Context({"rows": cells})))


def _limit(request: HttpRequest) -> int:
    return int(request.GET.get("limit", 50))


@signed_in_page
def lean(request: HttpRequest, query: str) -> HttpResponse:
    """The floor itself, for a signed-in person."""
    set_scope(Scope.all())
    return HttpResponse(_page(_fetch(query, _limit(request))))


@signed_in_page
def static(request: HttpRequest) -> HttpResponse:
    """`size` bytes without a query of its own."""
    return HttpResponse(b"x" * min(int(request.GET.get("size", 1000)), 2_000_000))


@signed_in_page
def insert(request: HttpRequest) -> JsonResponse:
    """A POST that inserts one row."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [request.user.pk])
    return JsonResponse({"ok": True})


@signed_in_page
def parts(request: HttpRequest, query: str) -> JsonResponse:
    """Milliseconds of the SQL alone and of the templating alone, medians of 15, in the process that serves pages."""
    set_scope(Scope.all())
    limit = _limit(request)
    rows = _fetch(query, limit)
    return JsonResponse({"raw": _median(lambda: _fetch(query, limit)), "templating": _median(lambda: _page(rows))})


def _median(run: Callable[[], object]) -> float:
    times = []
    for _round in range(_RUNS):
        begin = time.perf_counter()
        run()
        times.append((time.perf_counter() - begin) * 1000)
    return sorted(times)[_RUNS // 2]


urlpatterns = [
    path("floor/lean/<str:query>/", lean),
    path("floor/static/", static),
    path("floor/insert/", insert),
    path("floor/parts/<str:query>/", parts),
    path("", include("hub.urls")),
]

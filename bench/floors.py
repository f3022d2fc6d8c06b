"""The floors: what the same machine takes at least, beside the product's own addresses.

`list`: an authenticated Django view, one query, the same number of rows, times formatted in Python, plain templating.
`static`: the same bytes without a query. `raw`: the SQL alone, timed inside the process.
"""

import time
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
WHERE o.archived_at IS NULL AND (%(user)s = 0 OR o.id IN (
    SELECT organization_id FROM partners_assignment WHERE user_id = %(user)s AND ended_at IS NULL))
ORDER BY o.name_sort, o.id LIMIT %(limit)s
"""
_TOTALS = """
SELECT kind, stage, count(*), min(stage_entered_at) FROM partners_organization WHERE archived_at IS NULL GROUP BY 1, 2
"""
_FIND = """
SELECT name FROM partners_organization WHERE archived_at IS NULL AND name_sort LIKE %(like)s ORDER BY name_sort LIMIT 20
"""

_TEMPLATE = Engine().from_string(
    "<!doctype html><title>Floor</title><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>"
    "{% endfor %}</tr>{% endfor %}</table>"
)


def _fetch(sql: str, params: dict[str, Any]) -> list[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return [[cell.strftime("%d %b %Y") if hasattr(cell, "strftime") else str(cell) for cell in row] for row in rows]


def _params(request: HttpRequest) -> dict[str, Any]:
    return {
        "user": int(request.GET.get("user", 0)),
        "limit": int(request.GET.get("limit", 50)),
        "like": request.GET.get("like", "") + "%",
    }


_QUERIES = {"rows": _ROWS, "totals": _TOTALS, "find": _FIND}


@signed_in_page
def lean(request: HttpRequest, query: str) -> HttpResponse:
    """One query and plain templating, for a signed-in person."""
    set_scope(Scope.all())
    return HttpResponse(_TEMPLATE.render(Context({"rows": _fetch(_QUERIES[query], _params(request))})))


@signed_in_page
def static(request: HttpRequest) -> HttpResponse:
    """`size` bytes without a query of its own."""
    return HttpResponse(b"x" * min(int(request.GET.get("size", 1000)), 2_000_000))


@signed_in_page
def raw(request: HttpRequest, query: str) -> JsonResponse:
    """Milliseconds of the SQL alone, median of 15."""
    set_scope(Scope.all())
    times = []
    for _round in range(15):
        begin = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(_QUERIES[query], _params(request))
            cursor.fetchall()
        times.append((time.perf_counter() - begin) * 1000)
    return JsonResponse({"ms": sorted(times)[7]})


urlpatterns = [
    path("floor/lean/<str:query>/", lean),
    path("floor/static/", static),
    path("floor/raw/<str:query>/", raw),
    path("", include("hub.urls")),
]

"""Hours wanted against hours there are: the week of each person whose load one may see."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.choices import OWNER_ROLES
from accounts.labels import role_short_label
from accounts.policies import actor_of, staff_page
from accounts.rules.access import Actor
from common.listing import ListQuery, pager
from common.pagination import Order, SortKey, paginate_composed
from partners.forecast_pages import area_tabs
from partners.load_cells import load_rows
from partners.selectors.capacity import PERSON, loads_of, people_to_show
from partners.task_list import Choice, Filter

ROLE, CURSOR = "role", "cursor"
PAGE_SIZE = 50
ORDER = Order((SortKey(name="name_sort"),))


@require_safe
@staff_page
def load(request: HttpRequest) -> HttpResponse:
    """Everybody's week for those who see all, a team's for its lead, one's own for everybody else."""
    actor, now, path = actor_of(request), timezone.now(), reverse("partners:load")
    query = ListQuery.of(request.GET, (ROLE, CURSOR))
    role = query.get(ROLE) if query.get(ROLE) in OWNER_ROLES else ""
    page = paginate_composed(_people, actor, role, order=ORDER, cursor=query.get(CURSOR), size=PAGE_SIZE)
    loads = loads_of(actor, page.rows, now=now)
    context = {
        "loads": loads,
        "rows": load_rows(loads),
        "has_people": bool(page.rows),
        "pager": pager(page, query, path),
        "filters": [_roles(query, path)],
        "clear_url": path if query.get(ROLE) else "",
        "tabs": area_tabs(actor, "load"),
    }
    return render(request, "partners/load.html", context)


def _people(actor: Actor, role: str) -> QuerySet[Any]:
    return people_to_show(actor, role=role).values(*PERSON)


def _roles(query: ListQuery, path: str) -> Filter:
    offers = [("", _("Any")), *sorted((role, role_short_label(role)) for role in OWNER_ROLES)]
    choices = tuple(
        Choice(
            label=label,
            value=value,
            url=query.changed(**{ROLE: value}).on(path),
            is_active=query.get(ROLE) == value,
        )
        for value, label in offers
    )
    return Filter(key=ROLE, label=_("Role"), choices=choices)

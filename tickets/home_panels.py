"""What tickets offer to the homes; `hub.home` says which role sees which panel. Every number opens exactly its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import IntegerField, QuerySet, Value
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.timezone import get_default_timezone_name
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models import User
from accounts.rules.access import Actor
from accounts.selectors.rotas import on_call
from common import composed
from common.listing import ListQuery
from common.pagination import BoundedCount
from common.panels import Panel, PanelRequest, register
from common.templatetags.format import Clock
from tickets.desk_figures import counted, desk_figures
from tickets.figure_words import figure_tiles, month_words
from tickets.home_rows import ticket_lines
from tickets.lists import EVERYTHING, open_list
from tickets.selectors.rows import ticket_row

SHOWN, SHOWN_BESIDE = 8, 5

MINE = ListQuery((("assignee", "me"),))
NOBODY_HAS = ListQuery((("queue", "mine"), ("assignee", "none")))
ESCALATED = ListQuery((("assignee", "me"), ("escalated", "1")))
WITH_PARTNER = ListQuery((("assignee", "me"), ("status", "pending")))
BROKEN = ListQuery((("queue", "mine"), ("breached", "1")))
CRITICAL = ListQuery((("priority", "critical"),))
BROKEN_ANYWHERE = ListQuery((("breached", "1"),))
WAITS_FOR_US = ListQuery((("waiting", "1"),))
OF_PARTNERS = {"critical": CRITICAL, "broken": BROKEN_ANYWHERE, "waiting": WAITS_FOR_US, "all": ListQuery()}


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One number with the list behind it."""

    label: str | Promise
    value: int
    url: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """The first tickets of a list."""

    label: str | Promise
    url: str
    lines: SafeString | str
    nothing: str | Promise = ""


def list_url(query: ListQuery) -> str:
    """The address of a list of tickets; one without criteria says that it is meant so."""
    return (query if query.pairs else EVERYTHING).on(reverse("tickets:tickets"))


def _desk(request: PanelRequest) -> Mapping[str, Any] | None:
    """Own tickets by what breaks next, and what nobody has. Two statements."""
    lists = {"mine": MINE, "nobody": NOBODY_HAS, "partner": WITH_PARTNER, "broken": BROKEN}
    is_senior = Role.SENIOR in request.actor.active_roles
    groups = {"mine": (MINE, SHOWN), "nobody": (NOBODY_HAS, SHOWN_BESIDE)}
    if is_senior:
        lists, groups = lists | {"escalated": ESCALATED}, groups | {"escalated": (ESCALATED, SHOWN_BESIDE)}
    counts = counted(request.actor, lists, now=request.now)
    rows = _first_rows(request, list(groups.values()))
    labels = {"mine": _("Mine"), "nobody": _("Nobody has them"), "escalated": _("Escalated to me")}
    found = zip(groups, rows, strict=True)
    return {
        "tiles": _desk_tiles(lists, counts),
        "groups": [
            Group(label=labels[key], url=list_url(lists[key]), lines=lines, nothing=_("Nothing. Well done."))
            for key, lines in found
            if lines or key == "mine"
        ],
    }


def _desk_tiles(lists: Mapping[str, ListQuery], counts: Mapping[str, int]) -> list[Tile]:
    known = (
        ("mine", _("Mine"), ""),
        ("nobody", _("Nobody has them"), "warning"),
        ("partner", _("Waiting for the partner"), ""),
        ("broken", _("Promise broken in my queues"), "danger"),
        ("escalated", _("Escalated to me"), "warning"),
    )
    return [
        Tile(label=label, value=counts[key], url=list_url(lists[key]), tone=tone if counts[key] else "")
        for key, label, tone in known
        if key in lists
    ]


def _first_rows(request: PanelRequest, wanted: Sequence[tuple[ListQuery, int]]) -> list[SafeString | str]:
    """The first tickets of each list, drawn; one statement for all of them."""
    lists = [open_list(request.actor, query, path="", now=request.now) for query, _size in wanted]
    rows = [
        shown.rows.annotate(place=Value(place, output_field=IntegerField())).order_by(*shown.order.ordering())[:size]
        for place, (shown, (_query, size)) in enumerate(zip(lists, wanted, strict=True))
    ]
    first, *others = rows
    found = list(first.union(*others, all=True)) if others else list(first)
    clock = Clock(request.now)
    drawn: list[SafeString | str] = []
    for place, (query, _size) in enumerate(wanted):
        own = sorted((row for row in found if row["place"] == place), key=lambda row: (row["breaches_at"], row["id"]))
        drawn.append(ticket_lines([ticket_row(row, now=request.now) for row in own], clock, query) if own else "")
    return drawn


def _partner_tickets(request: PanelRequest) -> Mapping[str, Any] | None:
    """Tickets of the organizations that one opens, by what breaks next, with what is urgent counted. One statement."""
    rows = composed.records(_of_partners, request.actor, gaps=(request.now,))
    if not rows:
        return None
    labels = (
        ("critical", _("Critical and open"), "danger"),
        ("broken", _("Promise broken"), "danger"),
        ("waiting", _("Waits for us"), "warning"),
        ("all", _("Open"), ""),
    )
    values = {key: rows[0][f"count_{key}"] or 0 for key in OF_PARTNERS}
    tiles = [
        Tile(label=label, value=values[key], url=list_url(OF_PARTNERS[key]), tone=tone if values[key] else "")
        for key, label, tone in labels
    ]
    lines = ticket_lines([ticket_row(row, now=request.now) for row in rows], Clock(request.now), ListQuery())
    return {"tiles": tiles, "groups": [Group(label=_("Breaks next"), url=list_url(ListQuery()), lines=lines)]}


def _of_partners(actor: Actor, now: datetime) -> QuerySet[Any]:
    """The first open tickets, each with the counts of all."""
    counts = {
        f"count_{key}": BoundedCount(open_list(actor, query, path="", now=now).found.values("pk"))
        for key, query in OF_PARTNERS.items()
    }
    shown = open_list(actor, ListQuery(), path="", now=now)
    found: QuerySet[Any] = shown.rows.annotate(**counts).order_by(*shown.order.ordering())[:SHOWN_BESIDE]
    return found


def _figures(request: PanelRequest) -> Mapping[str, Any] | None:
    found = desk_figures(request.actor, now=request.now)
    people = [(one, list_url(ListQuery((("assignee", one.key),)))) for one in found.people]
    queues = [(one, list_url(ListQuery((("queue", one.key),)))) for one in found.queues]
    month = month_words(found.start)
    zone = get_default_timezone_name()
    tiles = figure_tiles(found)
    return {"found": found, "month": month, "zone": zone, "tiles": tiles, "people": people, "queues": queues}


@dataclass(frozen=True, kw_only=True)
class OnDuty:
    """A rota with who is called now; without a name nobody is."""

    rota: str
    name: str


def _on_call(request: PanelRequest) -> Mapping[str, Any] | None:
    """Who is called now in the rotas of one's teams."""
    rotas = [one for rows in on_call(sorted(request.actor.team_ids), request.now).values() for one in rows]
    if not rotas:
        return None
    wanted = {one.user_id for one in rotas if one.user_id is not None}
    names = dict(User.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return {"rows": [OnDuty(rota=one.name, name=names.get(one.user_id or 0, "")) for one in rotas]}


def offer() -> None:
    """Register the panels; called once from AppConfig.ready()."""
    for key, title, icon, wide, load in (
        ("desk", _("My desk"), "headset", True, _desk),
        ("partner_tickets", _("Tickets of my organizations"), "ticket", True, _partner_tickets),
        ("desk_figures", _("The desk this month"), "gauge", True, _figures),
        ("on_call", _("On call now"), "phone", False, _on_call),
    ):
        register(
            Panel(
                key=key,
                slot="home",
                title=title,
                template=f"tickets/panels/_{key}.html",
                load=load,
                wide=wide,
                icon=icon,
            )
        )

"""A list of tickets as its query string describes it: which, in which order, with which columns, from which place on.

Shared by the queue, its counters, its export and the "previous, next" of a ticket that was opened from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Value, Window
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.rules.access import Actor
from common import composed
from common.export import ExportColumn
from common.listing import COUNT_LIMIT, CURSOR, ListQuery, Pager, pager
from common.markup import joined
from common.pagination import BoundedCount, Key, Order, Page, SortKey, encode, neighbors, paginate, paginate_composed
from common.prepared import Differing
from common.templatetags.format import Clock
from tickets import columns, filters
from tickets.choices import FINISHED
from tickets.matching import cleaned
from tickets.models import Category, Queue, Ticket
from tickets.querysets import NEW_PLACE, OPEN_PLACE, PRIORITY_PLACE, WAITS_PLACE, TicketQuerySet
from tickets.selectors.rows import FIELDS, NAMES, ticket_rows

PAGE_SIZE = 50
SORT, COLUMNS, DENSITY, VIEW, ALL = "sort", "columns", "density", "view", "all"
DISPLAY_KEYS = (SORT, COLUMNS, DENSITY)
STATE_KEYS = (*filters.FILTER_KEYS, *DISPLAY_KEYS)
KEYS = (*STATE_KEYS, VIEW, ALL, CURSOR)
EVERYTHING = ListQuery(((ALL, "1"),))

_BREACHES = SortKey(name="breaches_at")
SORTS: Mapping[str, Order] = {
    "breaches": Order((_BREACHES,)),
    "newest": Order((SortKey(name="opened_at", descending=True),)),
    "oldest": Order((SortKey(name="opened_at"),)),
    "waiting": Order((SortKey(name="waits_sort"),)),
    "priority": Order((SortKey(name="priority_rank"), _BREACHES)),
    "open": Order((SortKey(name="open_rank"), _BREACHES), tie_break="newness"),
}
OPEN_FIRST = "open"
"""The order of the tickets of one organization: what is open by what breaks next, then what is solved."""
SORT_LABELS: Mapping[str, str | Promise] = {
    "breaches": gettext_lazy("Breaches next"),
    "newest": gettext_lazy("Newest first"),
    "oldest": gettext_lazy("Oldest first"),
    "waiting": gettext_lazy("Waits longest for us"),
    "priority": gettext_lazy("Most urgent first"),
}
_PLACES = {
    "waits_sort": WAITS_PLACE,
    "priority_rank": PRIORITY_PLACE,
    "open_rank": OPEN_PLACE,
    "newness": NEW_PLACE,
}


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A view that everybody at the desk has."""

    key: str
    label: str | Promise
    icon: str
    query: ListQuery


PRESETS: tuple[Preset, ...] = (
    Preset(key="all", label=gettext_lazy("All open"), icon="inbox", query=ListQuery()),
    Preset(key="mine", label=gettext_lazy("Mine"), icon="user", query=ListQuery((("assignee", "me"),))),
    Preset(
        key="unassigned",
        label=gettext_lazy("Nobody has them"),
        icon="user-question",
        query=ListQuery((("queue", "mine"), ("assignee", "none"))),
    ),
    Preset(
        key="soon", label=gettext_lazy("Breaches within 4 hours"), icon="alarm", query=ListQuery((("within", "4"),))
    ),
)


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a column, as the component tag takes it."""

    label: str
    url: str
    direction: str
    css: str


@dataclass(frozen=True, kw_only=True)
class Neighbor:
    """The ticket beside one in a list."""

    number: int
    subject: str


@dataclass(frozen=True, kw_only=True)
class TicketList:
    """A list in the hands of its reader; nothing is read yet. `lost` names filters that meant nothing."""

    actor: Actor
    now: datetime
    path: str
    query: ListQuery
    lost: tuple[str, ...] = ()

    @property
    def sort(self) -> str:
        asked = self.query.get(SORT)
        is_known = asked in SORTS and (asked != OPEN_FIRST or len(self.query.all("organization")) == 1)
        return asked if is_known else "breaches"

    @property
    def order(self) -> Order:
        return SORTS[self.sort]

    @property
    def is_dense(self) -> bool:
        return self.query.get(DENSITY) == "dense"

    @property
    def text(self) -> str:
        return self.query.get(filters.TEXT)

    @property
    def is_narrowed(self) -> bool:
        return any(key in filters.FILTER_KEYS for key, _value in self.query.pairs)

    @property
    def state(self) -> ListQuery:
        """All of it but the place in the list."""
        return ListQuery(tuple(pair for pair in self.query.pairs if pair[0] in STATE_KEYS))

    @cached_property
    def columns(self) -> tuple[columns.Column, ...]:
        return columns.chosen(self.query.get(COLUMNS))

    @cached_property
    def found(self) -> TicketQuerySet:
        """All tickets of the list, in no order."""
        visible = Ticket.objects.all().visible_to(self.actor)
        found: TicketQuerySet = filters.apply(visible, self.query, actor=self.actor, now=self.now)
        return found.order_by()

    @property
    def counted(self) -> BoundedCount:
        """How many there are, counted up to a limit; a column of another statement."""
        return BoundedCount(self.found.values("pk")[: COUNT_LIMIT + 1])

    @cached_property
    def rows(self) -> Any:
        """The same with all that rows and orders read."""
        return self.of(self.found)

    def of(self, found: TicketQuerySet) -> Any:
        """Tickets with all that rows and orders read."""
        return self._placed(found).values(*FIELDS, *self._places, **NAMES)

    @cached_property
    def page(self) -> Page:
        """One page in one statement, with the bounded count of the whole list in each row."""
        place: Any = {"order": self.order, "cursor": self.query.get(CURSOR), "size": PAGE_SIZE}
        text = self.text.strip()
        # A list of another kind finds other tickets for the same query.
        if type(self) is TicketList and filters.are_of_few(self.query):
            asked = ListQuery(tuple(pair for pair in self.query.pairs if pair[0] in (*filters.BY_KEY, SORT)))
            if not text:
                return paginate_composed(_counted_rows, self.actor, asked, **place)
            if not place["cursor"] and filters.number_in(text) is None:
                return self._first_of(
                    composed.records(_worded_rows, self.actor, asked, gaps=(Differing(cleaned(text)),))
                )
        # Finding by words takes long, and finds a few hundred at most: a first page counts its own rows meanwhile.
        counts_itself = self.text and not place["cursor"]
        total = Window(Count("*")) if counts_itself else self.counted
        return paginate(self.rows.annotate(total=total), **place)

    def _first_of(self, found: Sequence[Mapping[str, Any]]) -> Page:
        """The first page of rows that hold one more than a page where the list goes on."""
        rows = found[:PAGE_SIZE]
        last = tuple(rows[-1][key.name] for key in self.order.columns) if len(found) > PAGE_SIZE else ()
        return Page(rows=rows, previous="", next=encode(self.order, last) if last else "")

    @property
    def pager(self) -> Pager:
        total = self.page.rows[0]["total"] if self.page.rows else 0
        return pager(self.page, self.query, self.path, total=total)

    def lines(self, *, with_check: bool) -> SafeString:
        """The rows of the page, drawn; `with_check` puts a box to choose them by in front."""
        suffix = f"?{ListQuery((('list', self.state.encode()),)).encode()}" if self.state.pairs else "?list="
        context = columns.CellContext(clock=Clock(self.now), list_suffix=suffix)
        cells = [column.drawn() for column in self.columns]
        drawn = []
        for row in ticket_rows(self.page.rows, now=self.now):
            first = [columns.check_cell(row)] if with_check else []
            drawn.append(
                joined(
                    [
                        SafeString('<tr data-row tabindex="-1">'),
                        *first,
                        columns.subject_cell(row, context),
                        *(cell(row, context) for cell in cells),
                        SafeString("</tr>"),
                    ]
                )
            )
        return joined(drawn)

    def heads(self) -> list[Head]:
        """The heads of the subject and of the chosen columns, with where a click sorts."""
        named = [(_("Ticket"), "", ""), *((str(c.label), c.sort, c.css) for c in self.columns)]
        return [
            Head(
                label=label,
                url=self.query.changed(**{SORT: "" if sort == "breaches" else sort}).on(self.path) if sort else "",
                direction=("descending" if sort == "newest" else "ascending") if sort and sort == self.sort else "",
                css=css,
            )
            for label, sort, css in named
        ]

    def names(self) -> dict[tuple[str, str], str]:
        """What queues, categories, people and the organization are called that the list is narrowed to.

        From its rows, which have them if there are any; one statement for each kind that they do not tell.
        """
        found: dict[tuple[str, str], str] = {}
        for key, read in _NAMES.items():
            wanted = [value for value in self.query.all(key) if value not in (filters.ME, filters.NOBODY, filters.OWN)]
            if wanted:
                found |= {(key, value): name for value, name in read(self, wanted)}
        return found

    def export_columns(self) -> Sequence[ExportColumn]:
        """The shown columns with those that tell rows apart, for a file."""
        return [
            ExportColumn(label=_("Number"), value=lambda row: row.number),
            ExportColumn(label=_("Subject"), value=lambda row: row.subject),
            *(ExportColumn(label=str(column.label), value=column.text) for column in self.columns),
        ]

    def neighbors(self, ticket: Ticket) -> dict[str, Neighbor]:
        """The tickets before ("previous") and after ("next") one in this list, wherever it stands by now.

        One statement. A ticket that has left the list since still has neighbors: those around its place.
        """
        key = self._key_of(ticket)
        sides = zip(("previous", "next"), neighbors(self._placed(self.found), self.order, key), strict=True)
        before, after = (
            rows.annotate(side=Value(side)).values_list("side", "number", "subject")[:1] for side, rows in sides
        )
        return {
            side: Neighbor(number=number, subject=subject) for side, number, subject in before.union(after, all=True)
        }

    def _key_of(self, ticket: Ticket) -> Key:
        computed = {
            "waits_sort": ticket.waits_since or columns.FAR,
            "priority_rank": columns.PRIORITIES.index(ticket.priority),
            "open_rank": int(ticket.status in FINISHED),
            "newness": -ticket.pk,
        }
        return tuple(computed.get(key.name) or getattr(ticket, key.name, 0) for key in self.order.columns)

    @property
    def _places(self) -> list[str]:
        return [key.name for key in self.order.columns if key.name in _PLACES]

    def _placed(self, found: Any) -> Any:
        """With the computed columns that the order reads."""
        return found.annotate(**{name: _PLACES[name] for name in self._places})


def _counted_rows(actor: Actor, query: ListQuery) -> Any:
    """Of a list that is asked for the same way all day: its statement is composed once, whatever the time."""
    shown = TicketList(actor=actor, now=columns.FAR, path="", query=query)
    return shown.rows.annotate(total=shown.counted)


def _worded_rows(actor: Actor, query: ListQuery, words: str) -> Any:
    """The first rows of the same narrowed by words, whatever they are, with how many there are."""
    shown = TicketList(actor=actor, now=columns.FAR, path="", query=query)
    found = shown.found.filter(filters.holding(words, query))
    rows = shown.of(found).annotate(total=Window(Count("*")))
    return rows.order_by(*shown.order.ordering())[: PAGE_SIZE + 1]


def open_list(actor: Actor, query: ListQuery, *, path: str, now: datetime) -> TicketList:
    """The list that `query` describes for `actor`; nothing is read yet."""
    known, lost = filters.understood(query)
    return TicketList(actor=actor, now=now, path=path, query=known, lost=lost)


def _queue_names(shown: TicketList, keys: Sequence[str]) -> list[tuple[str, str]]:
    seen = {row["queue_key"]: row["queue_name"] for row in shown.page.rows}
    if set(keys) <= seen.keys():
        return list(seen.items())
    return list(Queue.objects.visible_to(shown.actor).filter(key__in=keys).values_list("key", "name"))


def _category_names(shown: TicketList, keys: Sequence[str]) -> list[tuple[str, str]]:
    return list(Category.objects.visible_to(shown.actor).filter(key__in=keys).values_list("key", "name"))


def _people(shown: TicketList, ids: Sequence[str]) -> list[tuple[str, str]]:
    people = User.objects.visible_to(shown.actor).filter(public_id__in=ids).values_list("public_id", "name")
    return [(str(public_id), name) for public_id, name in people]


def _organizations(shown: TicketList, ids: Sequence[str]) -> list[tuple[str, str]]:
    names = {row["organization_name"] for row in shown.page.rows}
    name = names.pop() if len(ids) == 1 and len(names) == 1 else _("One")
    return [(value, name) for value in ids]


_NAMES = {"queue": _queue_names, "category": _category_names, "assignee": _people, "organization": _organizations}

"""The list of organizations as of a past day: what held then, in the columns of the present list, to read alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, FieldClass
from common.export import ExportColumn
from common.listing import CURSOR, ListQuery, Pager, pager
from common.markup import joined
from common.pagination import Order, Page, paginate
from common.past import PastDay
from common.templatetags.format import DASH, Clock
from partners import columns, filters, lists
from partners.list_heads import Head, ScopeLink, head_of, scope_links
from partners.selectors.listing import OrganizationRow, Reading, reading_of
from partners.selectors.past import AS_OF, PastBanner
from partners.selectors.past_rows import NARROWING, NOT_KEPT, PLACES, PastRow, past_organizations, past_rows

# Where what a list of today is sorted by stands in the rows of a past day; of a class and a tier nothing is kept.
_PLACES = {
    "name_sort": "name_sort",
    "stage_rank": "past_rank",
    "stage_entered_at": "past_since",
    "facts__last_interaction_at": "past_contact",
    "target_launch_on": "past_launch",
    "arr_place": "past_arr",
    "created_at": "created_at",
}
SORTS: dict[str, Order] = {
    key: Order(tuple(replace(one, name=_PLACES[one.name]) for one in order.keys))
    for key, order in lists.SORTS.items()
    if all(one.name in _PLACES for one in order.keys)
}
_CHUNK = 500
# Of the fields of an organization there are versions, from the moment on that it was entered.
_VERSIONED = ("launch", "launched", "country", "industry", "market", "arr")


@dataclass(frozen=True, kw_only=True)
class PastList:
    """A list of a past day in the hands of its reader. `lost` names what a past day cannot be narrowed by."""

    actor: Actor
    past: PastDay
    path: str
    query: ListQuery
    lost: tuple[str, ...]

    @property
    def sort(self) -> str:
        """The order that was asked for, if the past knows of it; else that of names."""
        asked = self.query.get(lists.SORT)
        is_open = asked in SORTS and (asked.lstrip("-") != "arr" or self.reads_commercial)
        return asked if is_open else "name"

    @property
    def order(self) -> Order:
        return SORTS[self.sort]

    @property
    def reads_commercial(self) -> bool:
        return self.actor.may_read(FieldClass.COMMERCIAL)

    @property
    def found(self) -> Any:
        """All organizations of the list with what it is sorted by, in no order."""
        places = [key.name for key in self.order.keys if key.name in PLACES]
        return past_organizations(self.actor, self.query, self.past, places)

    @cached_property
    def page(self) -> Page:
        """One statement."""
        return paginate(self.found, self.order, cursor=self.query.get(CURSOR), size=lists.PAGE_SIZE)

    @cached_property
    def columns(self) -> tuple[columns.Column, ...]:
        return columns.chosen(self.query.get(lists.COLUMNS), with_commercial=self.reads_commercial)

    @cached_property
    def reading(self) -> Reading:
        return reading_of(self.actor, now=self.past.last)

    @cached_property
    def rows(self) -> Any:
        return past_rows(self.page.rows, reading=self.reading, past=self.past)

    def every_row(self) -> Iterator[PastRow]:
        """All of them for a file, in order; a statement for the bands of each five hundred."""
        values = self.found.order_by(*self.order.ordering()).iterator(chunk_size=_CHUNK)
        while chunk := list(islice(values, _CHUNK)):
            yield from past_rows(chunk, reading=self.reading, past=self.past)

    def export_columns(self) -> list[ExportColumn]:
        """The shown columns with those that tell rows apart and the day; empty where nothing is known of it."""
        named = lists.naming_columns()
        shown = [column for column in self.columns if column.key != "kind"]
        return [
            *(replace(column, value=_of_row(column.value)) for column in named),
            ExportColumn(label=_("As of"), value=lambda past: self.past.day),
            *(ExportColumn(label=str(column.label), value=_text_of(column)) for column in shown),
        ]

    @property
    def lines(self) -> list[SafeString]:
        """The rows, drawn; days ago are counted from the past day, and links stay in it."""
        suffix = f"?{ListQuery(((AS_OF, self.past.day.isoformat()),)).encode()}"
        context = columns.CellContext(clock=Clock(self.past.last), list_suffix=suffix, marks=columns.Marks())
        kept = [column.drawn() for column in self.columns]
        unknown = [_unknown(column).drawn() if column.key in _VERSIONED else column.drawn() for column in self.columns]
        return [
            joined([columns.name_cell(past.row, context), *[cell(past.row, context) for cell in cells]])
            for past, cells in ((past, kept if past.is_kept else unknown) for past in self.rows)
        ]

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns, with where a click sorts by what the past knows."""
        kept = {column.key: column.sort if column.sort in SORTS else "" for column in self.columns}
        named = [(_("Name"), "name", ""), *((str(one.label), kept[one.key], one.css) for one in self.columns)]
        return [head_of(label, sort, css, self.sort, self.query, self.path) for label, sort, css in named]

    @property
    def not_kept(self) -> str:
        """Shown columns of which no past is kept, by name."""
        return ", ".join(str(column.label) for column in self.columns if column.key in NOT_KEPT)

    @property
    def not_yet_kept(self) -> str:
        """Shown columns that are empty where an organization was entered later, if it is so in any of these rows."""
        if all(past.is_kept for past in self.rows):
            return ""
        return ", ".join(str(column.label) for column in self.columns if column.key in _VERSIONED)

    @property
    def banner(self) -> PastBanner:
        present = self.query.without(AS_OF)
        return PastBanner(past=self.past, problem="", present_url=(present or lists.EVERYTHING).on(self.path))

    @property
    def scope_links(self) -> list[ScopeLink]:
        """The switch above the list, within the day."""
        return scope_links(self.query, self.actor, self.path, everything=lists.EVERYTHING)

    @property
    def pager(self) -> Pager:
        return pager(self.page, self.query, self.path)

    def names(self) -> dict[str, str]:
        """Names of the owners that it is narrowed to, as far as they stand in its rows, and of the team."""
        owners = {owner.public_id: owner.name for past in self.rows for owner in past.row.owners}
        return owners | filters.team_names(self.query, self.actor)


def _of_row(value: Callable[[OrganizationRow], Any]) -> Callable[[PastRow], Any]:
    return lambda past: value(past.row)


def _text_of(column: columns.Column) -> Callable[[PastRow], Any]:
    """Its value in a file; nothing where it is not known of that day."""
    if column.key in NOT_KEPT:
        return lambda past: None
    is_versioned = column.key in _VERSIONED
    return lambda past: column.text(past.row) if past.is_kept or not is_versioned else None


def _unknown(column: columns.Column) -> columns.Column:
    """The same column with a dash: what is not known of a day is not the same as what was not set then."""
    return replace(column, cell=lambda row, context: DASH)


def open_past(actor: Actor, query: ListQuery, past: PastDay, *, path: str) -> PastList:
    """The list that `query` describes as of a past day; nothing is read yet."""
    understood, lost = filters.understood(query)
    kept = ListQuery(
        tuple(pair for pair in understood.pairs if pair[0] not in filters.FILTER_KEYS or pair[0] in NARROWING)
    )
    left = dict.fromkeys(key for key, _value in understood.pairs if key in filters.BY_KEY and key not in NARROWING)
    lost += tuple(str(filters.BY_KEY[key].label) for key in left)
    return PastList(actor=actor, past=past, path=path, query=kept, lost=lost)

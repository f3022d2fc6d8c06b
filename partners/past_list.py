"""The list of organizations as of a past day: what held then, in the columns of the present list, to read alone."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, FieldClass
from common.listing import CURSOR, ListQuery, Pager, pager
from common.markup import joined
from common.pagination import Order, Page, SortKey, paginate
from common.past import PastDay
from common.templatetags.format import DASH, Clock
from partners import columns, filters, lists
from partners.selectors.listing import reading_of
from partners.selectors.past import AS_OF, PastBanner
from partners.selectors.past_rows import NARROWING, NOT_KEPT, past_organizations, past_rows

ORDER = Order((SortKey(name="name_sort"),))
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

    @cached_property
    def page(self) -> Page:
        """One page, in the order of names. One statement."""
        rows = past_organizations(self.actor, self.query, self.past)
        return paginate(rows, ORDER, cursor=self.query.get(CURSOR), size=lists.PAGE_SIZE)

    @cached_property
    def columns(self) -> tuple[columns.Column, ...]:
        return columns.chosen(self.query.get(lists.COLUMNS), with_commercial=self.actor.may_read(FieldClass.COMMERCIAL))

    @cached_property
    def rows(self) -> Any:
        return past_rows(self.page.rows, reading=reading_of(self.actor, now=self.past.last), past=self.past)

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
    def labels(self) -> list[tuple[str, str]]:
        """The heads of the columns with their classes."""
        return [(_("Name"), ""), *((str(column.label), column.css) for column in self.columns)]

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
    def pager(self) -> Pager:
        return pager(self.page, self.query, self.path)

    def names(self) -> dict[str, str]:
        """Names of the owners that it is narrowed to, as far as they stand in its rows."""
        return {owner.public_id: owner.name for past in self.rows for owner in past.row.owners}


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

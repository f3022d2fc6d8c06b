"""The query string of a list as a value: every link of a list page is the present one with a few things changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.pagination import Page
from common.templatetags.format import spell_number

# Counting stops here: nobody needs to know whether a list has 4,000 rows or 5,000 (performance.md).
COUNT_LIMIT = 1_000
CURSOR = "cursor"
MAX_LENGTH = 4_000
"""Of a query string that is kept. What is longer is refused where it is kept: cut, it would ask for something else."""


@dataclass(frozen=True)
class ListQuery:
    """Pairs of a query string, in order; changing anything gives up the place in the list (the cursor)."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, query: QueryDict, keys: Iterable[str]) -> "ListQuery":
        """What `query` says about `keys`, without empty values; unknown parameters are dropped.

        And without NUL characters: no text in the database holds one, and asking for it is refused.
        """
        pairs = ((key, value.replace("\0", "")) for key in keys for value in query.getlist(key))
        return cls(tuple((key, value) for key, value in pairs if value))

    @classmethod
    def parse(cls, text: str, keys: Iterable[str]) -> "ListQuery":
        """The same from a stored query string of `MAX_LENGTH`; a broken one gives nothing."""
        found = QueryDict(mutable=True)
        for key, value in parse_qsl(text[:MAX_LENGTH]):
            found.appendlist(key, value)
        return cls.of(found, keys)

    def get(self, key: str, default: str = "") -> str:
        return next((value for name, value in self.pairs if name == key), default)

    def all(self, key: str) -> tuple[str, ...]:
        return tuple(value for name, value in self.pairs if name == key)

    def changed(self, **values: str) -> "ListQuery":
        """With these keys set to one value each (an empty one removes the key), on the first page."""
        return ListQuery((*self.without(*values).pairs, *((key, value) for key, value in values.items() if value)))

    def without(self, *keys: str) -> "ListQuery":
        return ListQuery(tuple(pair for pair in self.pairs if pair[0] not in keys and pair[0] != CURSOR))

    def without_pair(self, key: str, value: str) -> "ListQuery":
        return ListQuery(tuple(pair for pair in self.pairs if pair != (key, value) and pair[0] != CURSOR))

    def at(self, cursor: str) -> "ListQuery":
        """The same list at another place."""
        return ListQuery((*self.without().pairs, (CURSOR, cursor))) if cursor else self.without()

    def encode(self) -> str:
        return urlencode(self.pairs)

    def as_form(self) -> QueryDict | None:
        """The same as a form takes it; None, which leaves a form unbound, where nothing is asked."""
        return QueryDict(self.encode()) if self.pairs else None

    def on(self, path: str) -> str:
        """The address of this list on `path`."""
        return f"{path}?{urlencode(self.pairs)}" if self.pairs else path


@dataclass(frozen=True, kw_only=True)
class Pager:
    """What the pagination component reads."""

    previous_url: str
    next_url: str
    summary: str


def pager(page: Page, query: ListQuery, path: str, *, total: int | None = None) -> Pager:
    """Links to the neighbors of `page` within the list `query` on `path`, and how many rows there are in all."""
    return Pager(
        previous_url=query.at(page.previous).on(path) if page.previous else "",
        next_url=query.at(page.next).on(path) if page.next else "",
        summary=count_words(total) if total is not None else "",
    )


def count_words(total: int) -> str:
    """A bounded count: "7 in all", "more than 1,000"."""
    if total > COUNT_LIMIT:
        return _("More than %(count)s") % {"count": spell_number(COUNT_LIMIT)}
    return ngettext("%(count)s in all", "%(count)s in all", total) % {"count": spell_number(total)}


def hidden_pairs(query: ListQuery, *but: str) -> list[Mapping[str, str]]:
    """The pairs that a form over the list has to send along, apart from the fields it shows itself."""
    return [{"name": name, "value": value} for name, value in query.without(*but).pairs]

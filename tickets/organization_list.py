"""The tickets of one organization as its page lists them: all of them, what is open first.

It speaks the vocabulary of the queue, so that a file and the way from ticket to ticket are those of the same list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from common.listing import ListQuery
from tickets import columns, filters
from tickets.choices import FINISHED, UNSOLVED, Priority
from tickets.lists import COLUMNS, OPEN_FIRST, SORT, SORTS, STATE_KEYS, TicketList
from tickets.models import Ticket
from tickets.querysets import TicketQuerySet

USUAL = ("promise", "status", "priority", "assignee", "last_word")
_NARROWED = ("status", "waiting", "breached")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way to narrow the list, as a link."""

    label: str
    url: str
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class Menu:
    """What one criterion may be set to; `chosen` is what it is set to, in words."""

    label: str
    choices: tuple[Choice, ...]

    @property
    def chosen(self) -> str:
        return next((one.label for one in self.choices if one.is_active), self.choices[0].label)


_PRESETS: tuple[tuple[str | Promise, tuple[tuple[str, str], ...]], ...] = (
    (gettext_lazy("All"), ()),
    (gettext_lazy("Open"), tuple(("status", status.value) for status in UNSOLVED)),
    (gettext_lazy("Waits for us"), (("waiting", "1"),)),
    (gettext_lazy("Broken"), (("breached", "1"),)),
    (gettext_lazy("Solved"), tuple(("status", status.value) for status in FINISHED)),
)


@dataclass(frozen=True, kw_only=True)
class OrganizationTickets(TicketList):
    """The list in the hands of its reader; `organization` is the key that addresses use, `organization_id` ours."""

    organization: str
    organization_id: int

    @property
    def sort(self) -> str:
        asked = self.query.get(SORT)
        return asked if asked in SORTS else OPEN_FIRST

    @cached_property
    def columns(self) -> tuple[columns.Column, ...]:
        return columns.chosen(self.query.get(COLUMNS), USUAL)

    @property
    def state(self) -> ListQuery:
        """The same list among those of the queue."""
        asked = ListQuery(tuple(pair for pair in self._asked.pairs if pair[0] in STATE_KEYS))
        keys = ",".join(column.key for column in self.columns)
        return asked.changed(organization=self.organization, **{SORT: self.sort, COLUMNS: keys})

    @cached_property
    def found(self) -> TicketQuerySet:
        visible = Ticket.objects.all().visible_to(self.actor).filter(organization_id=self.organization_id)
        found: TicketQuerySet = filters.apply(visible, self._asked, actor=self.actor, now=self.now)
        return found.order_by()

    @property
    def _asked(self) -> ListQuery:
        """In whatever state, where nobody asks for one."""
        return self.query if self.query.all("status") else ListQuery((*self.query.pairs, ("status", filters.ANY)))

    def presets(self) -> list[Choice]:
        """What one looks for most often."""
        now = {pair for pair in self.query.pairs if pair[0] in _NARROWED}
        rest = self.query.without(*_NARROWED)
        return [
            Choice(label=str(label), url=ListQuery((*rest.pairs, *pairs)).on(self.path), is_active=now == set(pairs))
            for label, pairs in _PRESETS
        ]

    def menus(self) -> list[Menu]:
        """The other criteria."""
        priorities = {"": _("Any"), **{value: str(label) for value, label in Priority.choices}}
        people = {"": _("Anybody"), filters.ME: _("Me"), filters.NOBODY: _("Nobody")}
        return [self._menu("priority", _("Priority"), priorities), self._menu("assignee", _("Assignee"), people)]

    def _menu(self, key: str, label: str, words: Mapping[str, str]) -> Menu:
        asked = self.query.get(key)
        choices = (
            Choice(label=word, url=self.query.changed(**{key: value}).on(self.path), is_active=value == asked)
            for value, word in words.items()
        )
        return Menu(label=label, choices=tuple(choices))


def open_organization_list(
    actor: Actor, query: ListQuery, *, organization: str, organization_id: int, path: str, now: datetime
) -> OrganizationTickets:
    """The list that `query` describes; nothing is read yet."""
    known, lost = filters.understood(query.without("organization"))
    cursor = tuple(pair for pair in query.pairs if pair[0] == "cursor")
    return OrganizationTickets(
        actor=actor,
        now=now,
        path=path,
        query=ListQuery((*known.pairs, *cursor)),
        lost=lost,
        organization=organization,
        organization_id=organization_id,
    )

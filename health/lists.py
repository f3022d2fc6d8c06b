"""The portfolio as its query string describes it: the heat map, what is at risk, what moved; from stored states alone.

It narrows by the criteria of the lists of organizations, so that a figure of one opens the same rows in the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import F, Func, JSONField, OuterRef, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from common.listing import COUNT_LIMIT, CURSOR, ListQuery, Pager, pager
from common.pagination import BoundedCount, Order, Page, SortKey, paginate, paginate_composed
from health.choices import AT_RISK, Band
from health.models import Snapshot
from health.models.alerts import Episode
from health.policies import IN_FORCE, HealthPolicies, policies_in_force, policies_of, words_of
from health.selectors.episode_rows import with_row_facts as with_step
from health.selectors.portfolio import FIELDS, REASON, STATE, HealthRow, health_rows
from partners import filters
from partners.choices import ArrSegment, OrganizationKind, Stage
from partners.lists import ALL, VIEW
from partners.models import Organization
from partners.selectors.listing import with_row_facts
from partners.task_list import Choice, Filter

PAGE_SIZE = 50
HEAT, RISK, MOVES = "heat", "risk", "moves"
CARD, MOVED, SORT, DAY = "card", "moved", "sort", "day"
WEEK = timedelta(days=7)
# So far back the band is looked for that one had before: months of snapshots are left alone.
LOOKED_BACK = timedelta(days=40)
STATE_KEYS = (*filters.FILTER_KEYS, CARD, MOVED, SORT)
KEYS = (*STATE_KEYS, DAY, VIEW, ALL, CURSOR)
TIE = f"{STATE}__organization_id"


def _order(name: str, *, descending: bool = False, nulls: Any = "") -> Order:
    return Order((SortKey(name=name, descending=descending, nulls=nulls),), tie_break=TIE)


ORDERS: Mapping[str, Order] = {
    "": _order(f"{STATE}__place"),
    "best": _order(f"{STATE}__place", descending=True),
    "name": _order("name_sort"),
    "fell": _order(f"{STATE}__moved", nulls="last"),
    "rose": _order(f"{STATE}__moved", descending=True, nulls="last"),
    "since": _order(f"{STATE}__band_since", descending=True),
    "coverage": _order(f"{STATE}__coverage"),
}
SORTS: Mapping[str, str | Promise] = {
    "": gettext_lazy("Worst first"),
    "best": gettext_lazy("Best first"),
    "name": gettext_lazy("Name"),
    "fell": gettext_lazy("Fell most"),
    "rose": gettext_lazy("Rose most"),
    "since": gettext_lazy("Changed last"),
    "coverage": gettext_lazy("Least known first"),
}
MOVES_OF: Mapping[str, str | Promise] = {
    "": gettext_lazy("Any"),
    "week": gettext_lazy("Band changed this week"),
    "down": gettext_lazy("Score fell"),
    "up": gettext_lazy("Score rose"),
}


@dataclass(frozen=True, kw_only=True)
class PortfolioList:
    """A list in the hands of its reader; nothing is read yet. `mode` says which page it is for."""

    actor: Actor
    now: datetime
    path: str
    query: ListQuery
    mode: str = HEAT
    lost: tuple[str, ...] = ()

    @property
    def sort(self) -> str:
        asked = self.query.get(SORT)
        return asked if asked in ORDERS else ("since" if self.mode == MOVES else "")

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    @property
    def text(self) -> str:
        return self.query.get(filters.TEXT)

    @property
    def is_narrowed(self) -> bool:
        return any(key in STATE_KEYS and key not in (SORT, filters.MATCH) for key, _value in self.query.pairs)

    @property
    def week_ago(self) -> date:
        return timezone.localdate(self.now) - WEEK

    @cached_property
    def found(self) -> Any:
        """All organizations of the list with their main state, in no order."""
        seen = Organization.objects.opened_to(self.actor)
        found = filters.apply(seen, self.query, actor=self.actor, now=self.now)
        wanted: dict[str, Any] = {f"{STATE}__is_main": True}
        if card := self.query.get(CARD):
            wanted[f"{STATE}__card"] = card
        if self.mode == RISK and not self.query.all("health"):
            wanted[f"{STATE}__band__in"] = AT_RISK
        moved = self.query.get(MOVED)
        if self.mode == MOVES or moved == "week":
            wanted[f"{STATE}__band_since__gte"] = self.week_ago
        elif moved in ("down", "up"):
            wanted[f"{STATE}__moved__{'lt' if moved == 'down' else 'gt'}"] = 0
        return found.filter(**wanted).order_by()

    @cached_property
    def rows_asked(self) -> Any:
        """The same with all that rows and orders read."""
        rows = with_row_facts(self.found).with_reach(self.actor)
        names = list(FIELDS)
        more: dict[str, Any] = {"in_force": IN_FORCE}
        if self.mode != HEAT:
            names.append(REASON)
        if self.mode == RISK:
            more["episode"] = _episode(self.actor)
        if self.mode == MOVES:
            more["band_before"] = Subquery(_earlier(self.week_ago - LOOKED_BACK).values("band")[:1])
        return rows.annotate(**more).values(*names, *more)

    def page_rows(self) -> Any:
        """What a page is made of, in no order and from its beginning."""
        total = BoundedCount(self.found.values("pk")[: COUNT_LIMIT + 1])
        return self.rows_asked.annotate(total=total)

    @cached_property
    def page(self) -> Page:
        """One page in one statement, with the bounded count of the whole list in each row."""
        cursor = self.query.get(CURSOR)
        if any(self.query.get(key) for key in filters.ASKED_ANEW):
            return paginate(self.page_rows(), self.order, cursor=cursor, size=PAGE_SIZE)
        asked = self.query.without(CURSOR, VIEW, DAY)
        # Of the moment it asks for the day alone.
        key = (self.actor, asked, self.mode, timezone.localdate(self.now))
        return paginate_composed(_page_rows, *key, order=self.order, cursor=cursor, size=PAGE_SIZE)

    @cached_property
    def policies(self) -> HealthPolicies:
        """Those in force, read along with the rows; one statement where there are none."""
        return policies_of(self.page.rows[0]["in_force"]) if self.page.rows else policies_in_force()

    @cached_property
    def rows(self) -> list[HealthRow]:
        return health_rows(self.page.rows, self.policies)

    @property
    def pager(self) -> Pager:
        total = self.page.rows[0]["total"] if self.page.rows else 0
        return pager(self.page, self.query, self.path, total=total)

    @property
    def card(self) -> Any:
        """The scorecard that the list is narrowed to, if it is in force."""
        return self.policies.main_cards.get(self.query.get(CARD)) if self.query.get(CARD) else None

    def whose(self) -> list[Choice]:
        """All, mine, my team: the switch above the list."""
        everybody = self.query.without(filters.MINE, filters.TEAM)
        mine, team = bool(self.query.get(filters.MINE)), bool(self.query.get(filters.TEAM))
        offers = [(_("All that I see"), self._everything(everybody), not mine and not team)]
        offers.append((_("Mine"), everybody.changed(mine="1"), mine))
        if self.actor.led_user_ids:
            offers.append((_("My team"), everybody.changed(team="1"), team))
        return [Choice(label=label, url=query.on(self.path), is_active=active) for label, query, active in offers]

    def menus(self) -> list[Filter]:
        """What it is narrowed and sorted by, each as links."""
        anything = {"": _("Any")}
        cards = {name: words_of(card.label) for name, card in self.policies.main_cards.items()}
        offers: list[tuple[str, str, Mapping[str, Any]]] = [
            ("health", _("Band"), {"": _("Red and yellow") if self.mode == RISK else _("Any"), **dict(Band.choices)}),
            (CARD, _("Scorecard"), anything | cards),
            ("kind", _("Kind"), anything | dict(OrganizationKind.choices)),
            ("stage", _("Stage"), anything | dict(Stage.choices)),
            ("segment", _("Segment"), anything | dict(ArrSegment.choices)),
            ("owner", _("Owner"), {"": _("Anybody"), filters.ME: _("Me"), filters.NOBODY: _("Nobody")}),
        ]
        if self.mode != MOVES:
            offers += [(MOVED, _("Moved"), MOVES_OF), (SORT, _("Sort"), SORTS)]
        return [self._menu(*offer) for offer in offers]

    def _menu(self, key: str, label: str, choices: Mapping[str, Any]) -> Filter:
        asked = self.query.get(key)
        found = tuple(
            Choice(
                label=str(words),
                url=self._everything(self.query.changed(**{key: value})).on(self.path),
                is_active=asked == value,
                value=value,
            )
            for value, words in choices.items()
        )
        return Filter(key=key, label=label, choices=found)

    def _everything(self, query: ListQuery) -> ListQuery:
        """A list without criteria says that it is meant so: not the reader's usual view."""
        return query if query.pairs else ListQuery(((ALL, "1"),))


def open_portfolio(actor: Actor, query: ListQuery, *, path: str, now: datetime, mode: str = HEAT) -> PortfolioList:
    """The list that `query` describes for `actor`; nothing is read yet."""
    understood, lost = filters.understood(query.without(DAY))
    place = tuple(pair for pair in query.pairs if pair[0] == CURSOR)
    asked = ListQuery((*understood.pairs, *place))
    return PortfolioList(actor=actor, now=now, path=path, query=asked, mode=mode, lost=lost)


def _earlier(since: date) -> Any:
    """The daily snapshots of some weeks before the band became what it is, the last one first."""
    before = Snapshot.objects.daily().filter(day__gte=since, day__lt=OuterRef(f"{STATE}__band_since"))
    return before.filter(organization_id=OuterRef("pk"), is_main=True).order_by("-day")


def _episode(actor: Actor) -> Any:
    """The open episode of an organization that weighs most: its key, where it stands, what is done next."""
    found = with_step(Episode.objects.unfinished().filter(organization_id=OuterRef("pk")), actor)
    told = Func(F("public_id"), F("state"), F("step_title"), function="jsonb_build_array", output_field=JSONField())
    return Subquery(found.order_by("-weight", "pk").values(told=told)[:1], output_field=JSONField())


def _page_rows(actor: Actor, query: ListQuery, mode: str, today: date) -> Any:
    """The same for a list that asks nothing of the moment but its day: its text is kept by who asks and what."""
    now = datetime.combine(today, time(12), tzinfo=timezone.get_default_timezone())
    return PortfolioList(actor=actor, now=now, path="", query=query, mode=mode).page_rows()

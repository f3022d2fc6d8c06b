"""The calendar page as its address describes it: which days, whose, of which kinds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.listing import ListQuery
from partners.rules.cadence import add_months
from partners.selectors.calendar import KIND_LABELS, CalendarItem, ItemKind, Wanted
from partners.task_list import Choice, Filter

SPAN, FROM, WHOSE, KIND = "span", "from", "whose", "kind"
KEYS = (SPAN, FROM, WHOSE, KIND)
WEEK, MONTH = "week", "month"
MINE, TEAM = "mine", "team"


@dataclass(frozen=True, kw_only=True)
class CalendarDay:
    """A day with what is on it; empty days of a week stay in sight."""

    on: date
    is_today: bool
    items: Sequence[CalendarItem]


@dataclass(frozen=True, kw_only=True)
class CalendarView:
    """The days from `start` up to `until`, and the way to others."""

    query: ListQuery
    path: str
    today: date
    span: str
    start: date
    until: date
    is_team: bool
    kinds: frozenset[ItemKind]

    def wanted(self, actor: Actor) -> Wanted:
        """What to read. What is overdue stands in the week or month of today."""
        people = {actor.user_id or 0} | (set(actor.led_user_ids) if self.is_team else set())
        return Wanted(
            user_ids=frozenset(people),
            start=self.start,
            until=self.until,
            kinds=self.kinds,
            with_overdue=self.start <= self.today < self.until,
        )

    @property
    def last(self) -> date:
        return self.until - timedelta(days=1)

    @property
    def before_url(self) -> str:
        start = add_months(self.start, -1) if self.span == MONTH else self.start - timedelta(days=7)
        return self._at(start)

    @property
    def after_url(self) -> str:
        return self._at(self.until)

    @property
    def today_url(self) -> str:
        return self.query.changed(**{FROM: ""}).on(self.path)

    @property
    def spans(self) -> tuple[Choice, ...]:
        return self._choices(SPAN, ((WEEK, _("Week")), (MONTH, _("Month"))), self.span, default=WEEK)

    @property
    def whose(self) -> tuple[Choice, ...]:
        chosen = TEAM if self.is_team else MINE
        return self._choices(WHOSE, ((MINE, _("Mine")), (TEAM, _("Team"))), chosen, default=MINE)

    @property
    def filters(self) -> list[Filter]:
        offers = [("", _("Everything")), *((kind.value, str(KIND_LABELS[kind])) for kind in ItemKind)]
        chosen = next(iter(self.kinds)).value if len(self.kinds) == 1 else ""
        choices = self._choices(KIND, offers, chosen, default="")
        return [Filter(key=KIND, label=_("Kind"), choices=choices)]

    def days(self, items: Sequence[CalendarItem]) -> list[CalendarDay]:
        """Its days in order: every day of a week, of a month those on which something is, and today."""
        by_day = {on: list(group) for on, group in groupby(items, key=lambda item: item.on)}
        count = (self.until - self.start).days
        every = [self.start + timedelta(days=offset) for offset in range(count)]
        return [
            CalendarDay(on=on, is_today=on == self.today, items=by_day.get(on, ()))
            for on in every
            if self.span == WEEK or on in by_day or on == self.today
        ]

    def _at(self, start: date) -> str:
        return self.query.changed(**{FROM: start.isoformat()}).on(self.path)

    def _choices(self, key: str, offers: Sequence[tuple[str, str]], chosen: str, *, default: str) -> tuple[Choice, ...]:
        return tuple(
            Choice(
                label=label,
                value=value,
                url=self.query.changed(**{key: "" if value == default else value}).on(self.path),
                is_active=value == chosen,
            )
            for value, label in offers
        )


def open_calendar(actor: Actor, query: ListQuery, *, path: str, today: date) -> CalendarView:
    """The week or month that the query names; what it says wrongly counts as not said."""
    span = MONTH if query.get(SPAN) == MONTH else WEEK
    day = _day(query.get(FROM)) or today
    start = day.replace(day=1) if span == MONTH else day - timedelta(days=day.weekday())
    kind = query.get(KIND)
    return CalendarView(
        query=query,
        path=path,
        today=today,
        span=span,
        start=start,
        until=add_months(start, 1) if span == MONTH else start + timedelta(days=7),
        is_team=query.get(WHOSE) == TEAM and bool(actor.led_user_ids),
        kinds=frozenset({ItemKind(kind)}) if kind in set(ItemKind) else frozenset(ItemKind),
    )


def _day(text: str) -> date | None:
    """A day of sensible years; None for everything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None

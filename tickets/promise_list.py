"""Promises that were decided in a month or in the last days, one row each: what is behind the figures of compliance.

Kept and broken ones by priority and by category are counted from the same clocks (sla.md R17).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, F, Q, Value
from django.utils.functional import Promise
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from common.listing import COUNT_LIMIT, CURSOR, ListQuery, Pager, pager
from common.pagination import BoundedCount, Order, Page, SortKey, paginate
from tickets.choices import ClockState, Metric, Priority
from tickets.filters import OrganizationPk
from tickets.models import SlaClock
from tickets.rules.compliance import Kept
from tickets.rules.figures import month_bounds, month_name
from tickets.selectors.promises import RESOLUTION, RESPONSE, Period, broken_in, decided_in, kept_in
from tickets.selectors.rows import OrganizationName

KIND, MONTH, DAYS, VERDICT = "kind", "month", "days", "verdict"
PRIORITY, CATEGORY, ORGANIZATION = "priority", "category", "organization"
KEYS = (KIND, MONTH, DAYS, VERDICT, PRIORITY, CATEGORY, ORGANIZATION, CURSOR)
NONE = "none"
KINDS: Mapping[str, tuple[str | Promise, tuple[Metric, ...]]] = {
    "": (gettext_lazy("Answers and solutions"), (*RESPONSE, *RESOLUTION)),
    "response": (gettext_lazy("Answers"), RESPONSE),
    "resolution": (gettext_lazy("Solutions"), RESOLUTION),
}
VERDICTS: Mapping[str, str | Promise] = {
    "": gettext_lazy("All"),
    "broken": gettext_lazy("Broken"),
    "kept": gettext_lazy("Kept"),
}
PAGE_SIZE = 50
MOST_DAYS = 366
Key = TypeVar("Key", str, tuple[str, str])
_ORDER = Order((SortKey(name="decided_at", descending=True),))


@dataclass(frozen=True, kw_only=True)
class PromiseRow:
    """One cycle of one clock that was decided."""

    number: int
    subject: str
    organization: str
    assignee: str
    priority_label: str
    metric_label: str
    cycle: int
    is_met: bool
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class Part:
    """Kept and broken promises of one priority or category, with the list that holds them."""

    label: str
    kept: Kept
    url: str


@dataclass(frozen=True, kw_only=True)
class PromiseList:
    """The list in the hands of its reader; nothing is read yet."""

    actor: Actor
    now: datetime
    path: str
    query: ListQuery

    @property
    def kind(self) -> str:
        asked = self.query.get(KIND)
        return asked if asked in KINDS else ""

    @property
    def verdict(self) -> str:
        asked = self.query.get(VERDICT)
        return asked if asked in VERDICTS else ""

    @property
    def priority(self) -> str:
        asked = self.query.get(PRIORITY)
        return asked if asked in Priority.values else ""

    @property
    def is_narrowed(self) -> bool:
        return any(key in (PRIORITY, CATEGORY, ORGANIZATION) for key, _value in self.query.pairs)

    @property
    def period_query(self) -> str:
        """The same time without what it is narrowed by."""
        return self.query.without(PRIORITY, CATEGORY, ORGANIZATION).encode()

    @cached_property
    def days(self) -> int:
        asked = self.query.get(DAYS)
        is_number = asked.isascii() and asked.isdecimal() and len(asked) <= 3
        return int(asked) if is_number and 0 < int(asked) <= MOST_DAYS else 0

    @cached_property
    def month(self) -> str:
        """The month that is asked for, else the present one."""
        zone = get_default_timezone()
        asked = self.query.get(MONTH)
        return asked if month_bounds(asked, zone) else month_name(self.now, zone)

    @cached_property
    def period(self) -> Period:
        if self.days:
            return Period(start=self.now - timedelta(days=self.days), end=self.now, now=self.now)
        start, end = month_bounds(self.month, get_default_timezone()) or (self.now, self.now)
        return Period(start=start, end=end, now=self.now)

    @cached_property
    def clocks(self) -> Any:
        """All that were decided, of whatever verdict."""
        found = SlaClock.objects.visible_to(self.actor)
        if organization := _uuid(self.query.get(ORGANIZATION)):
            found = found.filter(ticket__organization_id=OrganizationPk(Value(organization)))
        if self.priority:
            found = found.filter(ticket__priority=self.priority)
        if category := self.query.get(CATEGORY):
            known = {"ticket__category__key": category}
            found = found.filter(**({"ticket__category__isnull": True} if category == NONE else known))
        return decided_in(found, self.period, metrics=KINDS[self.kind][1]).order_by()

    @cached_property
    def found(self) -> Any:
        """The rows of the list, in no order."""
        wanted = {"broken": broken_in, "kept": kept_in}.get(self.verdict)
        return self.clocks.filter(wanted(self.period)) if wanted else self.clocks

    @cached_property
    def page(self) -> Page:
        """One page in one statement, with the bounded count of the whole list in each row."""
        rows = self.found.values(
            *("id", "metric", "cycle", "state", "decided_at"),
            number=F("ticket__number"),
            subject=F("ticket__subject"),
            urgent=F("ticket__priority"),
            who=F("ticket__assignee__name"),
            whose=OrganizationName("ticket__organization_id"),
            total=BoundedCount(self.found.values("pk")[: COUNT_LIMIT + 1]),
        )
        return paginate(rows, _ORDER, cursor=self.query.get(CURSOR), size=PAGE_SIZE)

    @property
    def pager(self) -> Pager:
        total = self.page.rows[0]["total"] if self.page.rows else 0
        return pager(self.page, self.query, self.path, total=total)

    @property
    def rows(self) -> list[PromiseRow]:
        return [_row(values) for values in self.page.rows]

    @cached_property
    def _counts(self) -> list[tuple[str, tuple[str, str], Kept]]:
        """By priority and category; one statement."""
        met = Q(state=ClockState.MET)
        rows = self.clocks.values_list("ticket__priority", "ticket__category__key", "ticket__category__name")
        counted = rows.annotate(met=Count("pk", filter=met), broken=Count("pk", filter=~met))
        return [
            (priority, (key or NONE, name or _("Without a category")), Kept(met=kept, breached=broken))
            for priority, key, name, kept, broken in counted
        ]

    @property
    def whole(self) -> Kept:
        """Of all of them."""
        return _sum(kept for _priority, _category, kept in self._counts)

    @property
    def by_priority(self) -> list[Part]:
        found = _grouped((priority, kept) for priority, _category, kept in self._counts)
        return [
            self._part(PRIORITY, one.value, str(one.label), found[one.value]) for one in Priority if one.value in found
        ]

    @property
    def by_category(self) -> list[Part]:
        found = _grouped((category, kept) for _priority, category, kept in self._counts)
        return [
            self._part(CATEGORY, key, name, found[key, name]) for key, name in sorted(found, key=lambda one: one[1])
        ]

    def _part(self, key: str, value: str, label: str, kept: Kept) -> Part:
        return Part(label=label, kept=kept, url=self.query.changed(**{key: value}).on(self.path))


def open_promises(actor: Actor, query: ListQuery, *, path: str, now: datetime) -> PromiseList:
    """The list that `query` describes for `actor`; nothing is read yet."""
    return PromiseList(actor=actor, now=now, path=path, query=query)


def _row(values: Mapping[str, Any]) -> PromiseRow:
    return PromiseRow(
        number=values["number"],
        subject=values["subject"],
        organization=values["whose"] or "",
        assignee=values["who"] or "",
        priority_label=str(Priority(values["urgent"]).label),
        metric_label=str(Metric(values["metric"]).label),
        cycle=values["cycle"],
        is_met=values["state"] == ClockState.MET,
        decided_at=values["decided_at"],
    )


def _sum(parts: Iterable[Kept]) -> Kept:
    found = list(parts)
    return Kept(met=sum(one.met for one in found), breached=sum(one.breached for one in found))


def _grouped(parts: Iterable[tuple[Key, Kept]]) -> dict[Key, Kept]:
    found: dict[Key, list[Kept]] = defaultdict(list)
    for key, kept in parts:
        found[key].append(kept)
    return {key: _sum(own) for key, own in found.items()}


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""

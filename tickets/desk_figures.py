"""The figures of the desk for its manager, each with the list that holds exactly its rows (sla.md R17).

Months are those of the installation's zone. What a figure counts it counts by the filters of its list, so that the two
cannot differ. Two statements, whatever there is.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.utils.timezone import get_default_timezone

from accounts.models import CalendarVersion, User
from accounts.rules.access import Actor
from common.listing import ListQuery
from common.pagination import BoundedCount
from common.worktime import NeverOpens, TooFar
from tickets import filters
from tickets.lists import open_list
from tickets.models import SlaClock, Ticket
from tickets.rules import figures
from tickets.rules.compliance import Kept
from tickets.selectors.organization import Together, promise_counts
from tickets.selectors.promises import Period, decided_in
from tickets.selectors.sla_book import Announced, timeline_of_versions

MOST_PEOPLE, MOST_QUEUES = 12, 20


@dataclass(frozen=True, kw_only=True)
class Oldest:
    """The ticket that has been open for longest. `is_late`: for more than two business days of its queue."""

    number: int
    subject: str
    opened_at: datetime
    age: timedelta
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class Share:
    """The open tickets of a person or of a queue: how many, of them broken ones, and of them given to nobody."""

    key: str
    name: str
    open: int
    broken: int
    unassigned: int


@dataclass(frozen=True, kw_only=True)
class DeskFigures:
    """The month so far, and how the desk stands now. `first_solves` are those of which it is known how they went."""

    month: str
    start: datetime
    response: Kept
    resolution: Kept
    created: int
    escalated: int
    first_solves: int
    first_contacts: int
    solved: int
    average: timedelta | None
    backlog: int
    oldest: Oldest | None
    people: tuple[Share, ...]
    queues: tuple[Share, ...]

    @property
    def escalation_rate(self) -> float | None:
        return figures.share(self.escalated, self.created)

    @property
    def first_contact_rate(self) -> float | None:
        return figures.share(self.first_contacts, self.first_solves)


def lists_of(month: str) -> dict[str, ListQuery]:
    """For each count of tickets the list that holds its rows."""
    created = (("status", filters.ANY), ("opened", month))
    solves = (("status", filters.ANY), ("first_solved", month))
    return {
        "created": ListQuery(created),
        "escalated": ListQuery((*created, ("escalated", "1"))),
        "first_solves": ListQuery((*solves, ("first_contact", filters.ANY))),
        "first_contacts": ListQuery((*solves, ("first_contact", "yes"))),
        "solved": ListQuery((("status", "solved"), ("status", "closed"), ("solved", month))),
        "backlog": ListQuery(),
    }


def desk_figures(actor: Actor, *, now: datetime) -> DeskFigures:
    """The figures of the month that `now` lies in, over what `actor` sees."""
    zone = get_default_timezone()
    month = figures.month_name(now, zone)
    start, end = figures.month_bounds(month, zone) or (now, now)
    lists = lists_of(month)
    columns = (
        *(_count(actor, query, now) for query in lists.values()),
        _average(actor, lists["solved"], now),
        _oldest(actor, lists["backlog"], now),
        _promises(actor, Period(start=start, end=end, now=now)),
    )
    *counts, average, oldest, promises = User.objects.filter(pk=actor.user_id).values_list(*columns).get()
    met, broken, solved, late = promises or (0, 0, 0, 0)
    people, queues = _shares(actor, now)
    return DeskFigures(
        month=month,
        start=start,
        response=Kept(met=met, breached=broken),
        resolution=Kept(met=solved, breached=late),
        average=average,
        oldest=_judged(oldest, now),
        people=people[:MOST_PEOPLE],
        queues=queues[:MOST_QUEUES],
        **{key: count or 0 for key, count in zip(lists, counts, strict=True)},
    )


def counted(actor: Actor, lists: Mapping[str, ListQuery], *, now: datetime) -> dict[str, int]:
    """How many tickets each list holds; one statement."""
    columns = [_count(actor, query, now) for query in lists.values()]
    found = User.objects.filter(pk=actor.user_id).values_list(*columns).get()
    # A list that can hold nothing is not asked for at all, and has no count.
    return {key: count or 0 for key, count in zip(lists, found, strict=True)}


def _count(actor: Actor, query: ListQuery, now: datetime) -> BoundedCount:
    return BoundedCount(open_list(actor, query, path="", now=now).found.values("pk"))


def _average(actor: Actor, query: ListQuery, now: datetime) -> Subquery:
    """How long it took from the opening to the last solve, pauses included."""
    took = ExpressionWrapper(F("solved_at") - F("opened_at"), output_field=DurationField())
    solved = open_list(actor, query, path="", now=now).found.annotate(whole=Value(1)).values("whole")
    return Subquery(solved.annotate(average=Avg(took)).values("average"), output_field=DurationField())


def _oldest(actor: Actor, query: ListQuery, now: datetime) -> Subquery:
    found = open_list(actor, query, path="", now=now).found.order_by("opened_at", "pk")
    hours = CalendarVersion.objects.filter(calendar_id=OuterRef("queue__calendar_id")).order_by()
    known = JSONBAgg(Together(F("pk"), F("effective_at"), F("created_at")), order_by=("created_at", "number"))
    versions = Subquery(hours.values("calendar_id").annotate(known=known).values("known"))
    names = ("number", "subject", "opened_at", "queue__calendar_id")
    return Subquery(found.values(one=Together(*(F(name) for name in names), versions))[:1])


def _promises(actor: Actor, period: Period) -> Subquery:
    """Answers kept and broken, solutions kept and broken."""
    decided = decided_in(SlaClock.objects.visible_to(actor), period).order_by()
    return Subquery(decided.annotate(whole=Value(1)).values("whole").annotate(found=promise_counts()).values("found"))


def _judged(found: Sequence[Any] | None, now: datetime) -> Oldest | None:
    if not found:
        return None
    number, subject, opened, calendar_id, versions = found
    opened_at = _moment(opened)
    timeline = timeline_of_versions(calendar_id or 0, [_announced(calendar_id, *one) for one in versions or ()])
    try:
        start, budget = timeline.business_days(opened_at, figures.OLDEST_BUSINESS_DAYS)
        is_late = now > timeline.used_up(start, budget)
    except (NeverOpens, TooFar):
        is_late = False
    return Oldest(number=number, subject=subject, opened_at=opened_at, age=now - opened_at, is_late=is_late)


def _announced(calendar_id: int, pk: int, effective_at: str, known_at: str) -> Announced:
    return Announced(
        calendar_id=calendar_id, version_id=pk, effective_at=_moment(effective_at), known_at=_moment(known_at)
    )


def _moment(text: str) -> datetime:
    """As the database spells it within a list."""
    return datetime.fromisoformat(text)


def _shares(actor: Actor, now: datetime) -> tuple[tuple[Share, ...], tuple[Share, ...]]:
    """Open tickets by person and by queue, those with most first. One statement."""
    rows = Ticket.objects.all().visible_to(actor).unsolved().order_by()
    names = ("assignee__public_id", "assignee__name", "queue__key", "queue__name")
    rows = rows.values(*names).annotate(total=Count("pk"), broken=Count("pk", filter=Q(breaches_at__lt=now)))
    people: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    queues: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for person, name, queue, queue_name, total, broken in rows.values_list(*names, "total", "broken"):
        found = {"open": total, "broken": broken, "unassigned": 0 if person else total}
        queues[queue, queue_name].update(found)
        if person:
            people[str(person), name].update(found)
    return _in_order(people), _in_order(queues)


def _in_order(found: Mapping[tuple[str, str], Counter[str]]) -> tuple[Share, ...]:
    shares = [
        Share(
            key=key,
            name=name,
            open=numbers["open"],
            broken=numbers["broken"],
            unassigned=numbers["unassigned"],
        )
        for (key, name), numbers in found.items()
    ]
    return tuple(sorted(shares, key=lambda share: (-share.open, share.name)))

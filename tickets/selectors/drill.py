"""The escalation drill: who would be told when of a ticket that is only thought of (issue 3, scope 3).

The same rules and the same people as in the sweep, at instants of a clock that one sets; nobody is told of it. People
are asked as they are known today: shifts and absences at the instant, teams and roles as they are now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import actor_for
from accounts.auth import users_with_access
from accounts.models import OnCallRota, User
from accounts.rules.rotas import Shift, on_call_at
from accounts.selectors.rotas import absences_of, shifts_of
from tickets.choices import Metric, TimerKind
from tickets.models import Queue, QueueTeam
from tickets.querysets import sees_every_ticket
from tickets.rules.escalation import Firing, planned
from tickets.rules.sla import replay
from tickets.rules.sla_clock import ClockState
from tickets.rules.sla_events import By, Event, EventType
from tickets.rules.sla_packs import EscalationStep, SlaPolicy, Told
from tickets.rules.telling import Fired, Waiting, firing
from tickets.selectors.sla_book import PolicyName, announced, book_of
from tickets.selectors.sla_match import calendar_of
from tickets.selectors.told import OWNERS, Places, Whose, asked_of, places_of

_TARGETS: Mapping[Told, str | Promise] = {
    Told.ASSIGNEE: gettext_lazy("to whoever has the ticket"),
    Told.QUEUE_LEADS: gettext_lazy("to the leads of the queue"),
    Told.SUPPORT_MANAGERS: gettext_lazy("to the support managers"),
    Told.ON_CALL: gettext_lazy("to whoever is on call"),
    Told.OWNERS: gettext_lazy("to the owners"),
}
_EMPTY: Mapping[Told, str | Promise] = {
    Told.ASSIGNEE: gettext_lazy("Nobody has the ticket, or whoever has it is away or may not see it."),
    Told.QUEUE_LEADS: gettext_lazy("No lead of a team that serves the queue is there."),
    Told.SUPPORT_MANAGERS: gettext_lazy("No support manager is there."),
    Told.ON_CALL: gettext_lazy("Nobody is on call at that hour, or whoever is it is away."),
    Told.OWNERS: gettext_lazy("The organization has no TAM and no CSM."),
}
WARNING = TimerKind.WARNING.value


@dataclass(frozen=True, kw_only=True)
class Drill:
    """What is thought of: a ticket of this priority that a contact opens at `start`."""

    policy: SlaPolicy
    version_id: int
    priority: str
    queue: Queue
    start: datetime
    assignee_id: int | None = None
    organization_id: int | None = None
    ticket_number: int | None = None


@dataclass(frozen=True, kw_only=True)
class Hearer:
    """Somebody who would be told, with the instant on the clock of their own zone."""

    user_id: int
    name: str
    at: datetime

    @property
    def clock(self) -> str:
        return f"{date_format(self.at, 'D H:i')} {self.at.tzname()}"


@dataclass(frozen=True, kw_only=True)
class DrillRow:
    """One thing that would happen: `kind` is warning, breach or escalation."""

    at: datetime
    metric: str
    kind: str
    step: str = ""
    tell: str = ""
    people: tuple[Hearer, ...] = ()
    owners: tuple[Hearer, ...] = ()
    fell_from: str = ""

    @property
    def is_hole(self) -> bool:
        return self.kind != TimerKind.BREACH and not self.people

    @property
    def metric_label(self) -> str:
        return str(Metric(self.metric).label)

    @property
    def kind_label(self) -> str:
        return str(TimerKind(self.kind).label)

    @property
    def tone(self) -> str:
        return {TimerKind.WARNING: "warning", TimerKind.BREACH: "danger"}.get(TimerKind(self.kind), "accent")

    @property
    def tell_label(self) -> str:
        return str(_TARGETS[Told(self.tell)]) if self.tell else ""

    @property
    def hole_words(self) -> str:
        """Why nobody hears of it."""
        if not self.tell:
            return _("Nobody has the ticket, and no lead of the queue is there to be warned.")
        return str(_EMPTY[Told(self.tell)])


@dataclass(frozen=True, kw_only=True)
class DrillResult:
    """All of it in order of time. `holes` are the rows that reach nobody; `clocks` what was promised."""

    rows: tuple[DrillRow, ...]
    clocks: tuple[ClockState, ...]
    has_teams: bool

    @property
    def holes(self) -> tuple[DrillRow, ...]:
        return tuple(row for row in self.rows if row.is_hole)


def run(drill: Drill) -> DrillResult:
    """Play it. A dozen statements, however many steps there are."""
    clocks = _clocks(drill)
    people = _People(drill, until=max((clock.breach_at for clock in clocks if clock.breach_at), default=drill.start))
    rows = [row for clock in clocks for row in _rows(drill, clock, people)]
    return DrillResult(
        rows=tuple(sorted(rows, key=lambda row: (row.at, row.metric, row.kind))),
        clocks=clocks,
        has_teams=people.has_teams,
    )


def _clocks(drill: Drill) -> tuple[ClockState, ...]:
    name = PolicyName(version_id=drill.version_id, policy=drill.policy.id, calendar_id=calendar_of(drill.queue))
    book, _news = book_of([str(name)], announced([name.calendar_id]), since=drill.start)
    opened = Event(at=drill.start, type=EventType.CREATED, by=By.CUSTOMER, priority=drill.priority)
    return replay([opened], policy=str(name), priority=drill.priority, book=book, asof=drill.start)


def _rows(drill: Drill, clock: ClockState, people: "_People") -> list[DrillRow]:
    metric = clock.metric.value
    rows = [DrillRow(at=clock.breach_at, metric=metric, kind=TimerKind.BREACH)] if clock.breach_at is not None else []
    for firing_ in _planned(clock, drill.policy, WARNING):
        reached = people.reached(firing_.at)
        told = reached[Told.ASSIGNEE] or reached[Told.QUEUE_LEADS]
        hearers = people.named(told, firing_.at)
        rows.append(DrillRow(at=firing_.at, metric=metric, kind=WARNING, step=firing_.step.id, people=hearers))
    return rows + [
        DrillRow(
            at=at,
            metric=metric,
            kind=TimerKind.ESCALATION,
            step=fired.id,
            tell=fired.tell.value,
            people=people.named(fired.people, at),
            owners=people.named(people.reached(at)[Told.OWNERS], at),
            fell_from=fired.fell_from,
        )
        for at, fired in _fired(clock, drill.policy, people)
    ]


def _planned(clock: ClockState, policy: SlaPolicy, kind: str) -> Sequence[Firing]:
    if kind == WARNING:
        written = [
            EscalationStep.read(f"{percent} %", {"tell": Told.ASSIGNEE, "at": str(percent)})
            for percent in policy.warn_at
        ]
    else:
        written = list(policy.escalation)
    return planned(clock, [step.as_step(has_target=True) for step in written])


def _fired(clock: ClockState, policy: SlaPolicy, people: "_People") -> list[tuple[datetime, Fired]]:
    """The steps at their instants, falls among them, as one sweep after the other would fire them."""
    places = {step.id: place for place, step in enumerate(policy.escalation)}
    waiting = {place: Waiting(place=place, id=step.id, tell=step.tell) for place, step in enumerate(policy.escalation)}
    found: list[tuple[datetime, Fired]] = []
    for planned_ in _planned(clock, policy, TimerKind.ESCALATION):
        place = places[planned_.step.id]
        if place not in waiting:
            continue
        due = Waiting(place=place, id=planned_.step.id, tell=waiting[place].tell, due_at=planned_.at)
        steps = [due if one == place else step for one, step in waiting.items()]
        for fired in firing(steps, people.reached(planned_.at)):
            del waiting[fired.place]
            found.append((planned_.at, fired))
    return found


class _People:
    """Who each target is at an instant, from what is read once."""

    def __init__(self, drill: Drill, *, until: datetime) -> None:
        self.whose = Whose(
            queue_id=drill.queue.pk, assignee_id=drill.assignee_id, organization_id=drill.organization_id
        )
        self.team_ids = frozenset(QueueTeam.objects.filter(queue=drill.queue).values_list("team_id", flat=True))
        self.has_teams = bool(self.team_ids)
        self.places: Places = places_of([self.whose], drill.start, with_on_call=False)
        rotas = OnCallRota.objects.filter(team_id__in=self.team_ids, archived_at__isnull=True)
        ids = list(rotas.values_list("pk", flat=True))
        # Steps may come business days after the budget is used up.
        self.shifts: Mapping[int, list[Shift]] = shifts_of(ids, drill.start, until + timedelta(days=30))
        on_duty = {shift.user_id for shifts in self.shifts.values() for shift in shifts}
        fixed = {pk for targets in asked_of(self.whose, self.places).values() for pk in targets}
        self.users = {user.pk: user for user in users_with_access(fixed | on_duty)}
        self.seers = {pk for pk, user in self.users.items() if self._sees(user)}
        self.away = absences_of(self.users, drill.start.date() - timedelta(days=1))

    def reached(self, at: datetime) -> dict[Told, frozenset[int]]:
        """Who is told by each target at this instant."""
        asked = dict(asked_of(self.whose, self.places))
        held = (on_call_at(shifts, at) for shifts in self.shifts.values())
        asked[Told.ON_CALL] = {shift.user_id for shift in held if shift is not None}
        return {
            told: frozenset(
                pk
                for pk in people
                if pk in self.users and (told is Told.OWNERS or (pk in self.seers and not self._is_away(pk, at)))
            )
            for told, people in asked.items()
        }

    def named(self, people: frozenset[int], at: datetime) -> tuple[Hearer, ...]:
        users = sorted((self.users[pk] for pk in people), key=lambda user: user.name)
        return tuple(
            Hearer(user_id=user.pk, name=user.name, at=at.astimezone(ZoneInfo(user.timezone))) for user in users
        )

    def _sees(self, user: User) -> bool:
        """Whether somebody sees the tickets of this queue; owners see those of their organization."""
        actor = actor_for(user)
        serves = actor.has("see_queue_tickets") and bool(actor.team_ids & self.team_ids)
        return sees_every_ticket(actor) or serves or bool(actor.active_roles & set(OWNERS))

    def _is_away(self, pk: int, at: datetime) -> bool:
        on = at.astimezone(ZoneInfo(self.users[pk].timezone)).date()
        return any(first <= on <= last for first, last in self.away.get(pk, ()))

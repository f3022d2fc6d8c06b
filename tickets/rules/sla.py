"""From the events of a ticket to its clocks at an instant (sla.md R1 to R15). Pure: no database, no clock of its own.

``replay`` is the whole of it: a fold over the events, then each clock seen at ``asof``. What follows from the text:

- R1, R2: A solve counts as an answer: it ends the first response, and a message after it opens a next-response
  cycle. Next response waits for the first response itself, also where no target makes a clock of it.
- R3: A reply of ours on a solved ticket starts no update clock; after a reopening the next reply does. A reply in
  pending starts one that is paused.
- R9: Any status other than solved or closed reopens a solved ticket. Changes made while it is solved do not touch
  the stopped clock; it resumes under its old terms, and is cancelled at the reopening if there is no target then.
- R10: The change is judged by the policy after the save. A target that stays the same is no change. Pauses that were
  stay as they were; from the change on the new policy says what pauses.
- R11: A breached clock keeps its terms, whatever changes. Once it ended without an answer there is no second clock
  for the same promise.
- R12: See ``sla_calendar``. Business-day budgets are fixed when terms are taken ("from then on plain duration").
- R13: A clock is cancelled when its target goes; when one comes again that is a new clock with the next cycle
  number. A clock that arrives later keeps the start of its promise as ``started_at``, also when it counts from now;
  time in statuses that its policy pauses on, and solved time, is paused. No time is left when the budget is used up.
  A target that arrives while the ticket is solved makes its clock at the reopening.
- R14: A merged or closed ticket is over: nothing that happens to it later moves a clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from common.workhours import WorkHours
from tickets.rules.sla_calendar import ALWAYS, ROUND_THE_CLOCK, Timeline, Version, in_utc, timeline_of
from tickets.rules.sla_clock import Clock, ClockState, Run, reach, resumed
from tickets.rules.sla_events import CLOSED, NEW, OPEN, SOLVED, By, Event, EventType, Save, happened
from tickets.rules.sla_terms import Metric, Policy, SlaError, Target, Terms


@dataclass(frozen=True, kw_only=True)
class Book:
    """The policies and calendars, by name, that events speak of. Calendars may have versions already.

    Raises ``SlaError`` for a target on a calendar that is not there.
    """

    policies: Mapping[str, Policy]
    calendars: Mapping[str, WorkHours | Timeline]
    timelines: Mapping[str, Timeline] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = {
            name: hours if isinstance(hours, Timeline) else timeline_of(name, hours)
            for name, hours in self.calendars.items()
        }
        object.__setattr__(self, "timelines", {**found, ROUND_THE_CLOCK: ALWAYS})
        for policy in self.policies.values():
            for name in policy.clock_names():
                self.timeline(name)

    def policy(self, name: str) -> Policy:
        """A policy by its name. Raises ``SlaError``."""
        if name not in self.policies:
            raise SlaError(f'there is no policy "{name}"')
        return self.policies[name]

    def version(self, name: str, effective_at: datetime | None) -> Version:
        """The hours of a calendar as a version of another. Raises ``SlaError``."""
        return Version(name=name, hours=self.timeline(name).versions[-1].hours, effective_at=effective_at)

    def timeline(self, name: str) -> Timeline:
        """A calendar, or "24x7", by its name. Raises ``SlaError``."""
        if name not in self.timelines:
            raise SlaError(f'there is no calendar "{name}"')
        return self.timelines[name]


def replay(
    events: Sequence[Event], *, policy: str, priority: str, book: Book, asof: datetime
) -> tuple[ClockState, ...]:
    """The clocks of a ticket at ``asof``, in the order in which they came to be.

    ``policy`` and ``priority`` are those at creation; events after ``asof`` have not happened. Raises ``SlaError``,
    and ``WorktimeError`` where a calendar never opens or an answer is out of reach.
    """
    asof = in_utc(asof)
    fold = _Fold(book=book, policy=book.policy(policy), priority=priority, timelines=dict(book.timelines))
    for at, event in happened(events, asof):
        if not fold.is_over:
            fold.take(event, at)
    statuses = tuple(fold.statuses)
    return tuple(clock.at(asof, fold.timelines, statuses) for clock in fold.clocks)


@dataclass(slots=True, kw_only=True)
class _Fold:
    """A ticket on its way through its events.

    ``promises``: since when we owe something, per metric, whether or not a target makes a clock of it.
    ``live``: the clock of each promise; a solved resolution stays there, stopped.
    """

    book: Book
    policy: Policy
    priority: str
    timelines: dict[str, Timeline]
    status: str = OPEN
    is_over: bool = False
    statuses: list[tuple[datetime, str]] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    live: dict[Metric, Clock] = field(default_factory=dict)
    promises: dict[Metric, datetime] = field(default_factory=dict)
    cycles: dict[Metric, int] = field(default_factory=dict)

    def take(self, event: Event | Save, at: datetime) -> None:
        """Let one event happen."""
        if isinstance(event, Save):
            self._save(event)
        elif event.type is EventType.CREATED:
            self._create(event, at)
        elif event.type is EventType.PUBLIC_REPLY:
            self._reply(event, at)
        elif event.type is EventType.STATUS:
            self._set_status(event.to or event.status, at)
        elif event.type is EventType.ACK and event.by is not By.CUSTOMER:
            self._acknowledge(at)
        elif event.type is EventType.MERGED_INTO:
            self._end_all(at)
        if not self.is_over:
            self._start_clocks(at)

    def _create(self, event: Event, at: datetime) -> None:
        self.status = event.status or self.status
        self.priority = event.priority or self.priority
        self.statuses.append((at, self.status))
        self.promises[Metric.RESOLUTION] = at
        if event.by is By.CUSTOMER:
            self.promises[Metric.FIRST_RESPONSE] = at

    def _reply(self, event: Event, at: datetime) -> None:
        """Our reply answers everything and promises the next update; theirs reopens and asks (R1 to R3, R8, R9)."""
        if event.by is By.AGENT:
            for metric in (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.PERIODIC_UPDATE):
                self._answer(metric, at)
            if self.status != SOLVED:
                self.promises[Metric.PERIODIC_UPDATE] = at
            return
        if self.status != NEW:
            self._set_status(OPEN, at)
        if Metric.FIRST_RESPONSE not in self.promises:
            self.promises.setdefault(Metric.NEXT_RESPONSE, at)

    def _set_status(self, status: str, at: datetime) -> None:
        before, self.status = self.status, status
        if status == before:
            return
        self.statuses.append((at, status))
        if status in (SOLVED, CLOSED):
            self._solve(at)
            self.is_over = status == CLOSED
            return
        if before == SOLVED:
            self._reopen(at)
        self._set_pauses(at)

    def _solve(self, at: datetime) -> None:
        """Stops the responses and the resolution, cancels the update (R1 to R4)."""
        self._answer(Metric.FIRST_RESPONSE, at)
        self._answer(Metric.NEXT_RESPONSE, at)
        self.promises.pop(Metric.PERIODIC_UPDATE, None)
        self._end(Metric.PERIODIC_UPDATE, at)
        resolution = self.live.get(Metric.RESOLUTION)
        if resolution is not None and resolution.stopped_at is None:
            resolution.stop(at, self.timelines)

    def _reopen(self, at: datetime) -> None:
        resolution = self.live.get(Metric.RESOLUTION)
        if resolution is None:
            return
        resolution.reopen(at, is_paused=self.policy.pauses(Metric.RESOLUTION, self.status))
        if self.policy.target(self.priority, Metric.RESOLUTION) is None:
            self._withdraw(Metric.RESOLUTION, at)

    def _answer(self, metric: Metric, at: datetime) -> None:
        self.promises.pop(metric, None)
        clock = self.live.pop(metric, None)
        if clock is not None:
            clock.stop(at, self.timelines)

    def _end(self, metric: Metric, at: datetime) -> Clock | None:
        clock = self.live.pop(metric, None)
        if clock is not None and clock.stopped_at is None:
            clock.end(at, self.timelines)
        return clock

    def _withdraw(self, metric: Metric, at: datetime) -> None:
        """R13: the target is gone. A promise that was broken is settled by that."""
        clock = self._end(metric, at)
        if clock is not None and not clock.is_cancelled:
            del self.promises[metric]

    def _end_all(self, at: datetime) -> None:
        for metric in Metric:
            self._end(metric, at)
        self.is_over = True

    def _acknowledge(self, at: datetime) -> None:
        for clock in self.live.values():
            clock.acked_at = clock.acked_at or at

    def _set_pauses(self, at: datetime) -> None:
        for metric, clock in self.live.items():
            if clock.stopped_at is None:
                clock.set_paused(self.policy.pauses(metric, self.status), at)

    def _save(self, save: Save) -> None:
        """Changed terms, all attributes of one save together (R10, R12, R13)."""
        before = {metric: self.policy.target(self.priority, metric) for metric in self.live}
        for change in save.changes:
            self._set_attribute(change, save.at)
        for metric, clock in list(self.live.items()):
            target = self.policy.target(self.priority, metric)
            if clock.stopped_at is not None or target == before[metric]:
                continue
            if target is None:
                self._withdraw(metric, save.at)
            elif not clock.is_breached(save.at, self.timelines):
                clock.retarget(target, save.at, self.timelines, from_start=self.policy.from_start)
        if self.status != SOLVED:
            self._set_pauses(save.at)

    def _set_attribute(self, change: Event, at: datetime) -> None:
        if change.type is EventType.PRIORITY:
            self.priority = change.to or change.priority
        elif change.type is EventType.POLICY:
            self.policy = self.book.policy(change.to)
        else:
            version = self.book.version(change.to, change.effective_at and in_utc(change.effective_at))
            self.book.timeline(change.calendar)
            self.timelines[change.calendar] = self.timelines[change.calendar].announced(version, at)

    def _start_clocks(self, at: datetime) -> None:
        """A clock for every promise that has a target and no clock yet."""
        for metric in Metric:
            if metric not in self.promises or metric in self.live:
                continue
            target = self.policy.target(self.priority, metric)
            if target is None or self.status == SOLVED:
                continue
            since = self.promises[metric]
            runs = self._runs(metric, since)
            self.cycles[metric] = self.cycles.get(metric, 0) + 1
            clock = Clock(
                metric=metric,
                cycle=self.cycles[metric],
                started_at=since,
                runs=runs,
                terms=[(at, self._terms(target, since, runs, at))],
            )
            self.live[metric] = clock
            self.clocks.append(clock)

    def _runs(self, metric: Metric, since: datetime) -> list[Run]:
        """When a clock of this metric would have run since then, by the policy in force now (R13)."""
        runs: list[Run] = []
        ends = [at for at, _ in self.statuses[1:]]
        for (at, status), end in zip(self.statuses, [*ends, None], strict=True):
            start = max(at, since)
            if status == SOLVED or self.policy.pauses(metric, status) or (end is not None and end <= start):
                continue
            if runs and runs[-1].end == start:
                runs[-1] = Run(runs[-1].start, end)
            else:
                runs.append(Run(start, end))
        return runs

    def _terms(self, target: Target, since: datetime, runs: list[Run], at: datetime) -> Terms:
        """From the start of the promise if time is left, else from now (R13)."""
        timeline = self.timelines[target.clock]
        terms = target.terms(since, timeline)
        if since == at:
            return terms
        reached = reach(timeline, resumed(runs, at), terms.counts_from, terms.budget)
        is_time_left = reached.at is not None and reached.at > at
        return terms if is_time_left else target.terms(at, timeline)

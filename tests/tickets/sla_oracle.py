"""An independent oracle of SLA clocks: a slow simulation, written from the text of R1-R16 of the specification.

It takes the JSON of a replay file and answers in the shape of its `expect`. It shares no code with `tickets.rules`.

Readings, where the text leaves room:

1. Time used decides (R5). A pause that begins between `due_at` and `breach_at` moves `breach_at` to the first open
   instant that is not paused; `due_at` stays where the budget was used up, also when that is before the pause.
2. A breached clock keeps the due, breach and budget it had when it breached, through later saves, pauses and
   calendar versions; its elapsed time runs on (not in a pause) until it stops. Its state is "breached", also paused.
3. Whatever cancels a clock (merge, no target, solve for R3) stops a breached one at that instant and keeps the breach.
4. A clock that is stopped in a pause has the instants in force if it had resumed then (solved from pending; a
   periodic clock that our reply stops in pending).
5. Terms are recomputed when a save changed the target. Changes of priority, policy and calendar version at one instant
   are one save, at the place of the first, unless a message, the creation or a merge stands between. A version alone
   is R12 and no change of terms: a budget of business days stays, and so does the opening S that it counts from.
6. R10, literally: a recomputed due that is later or equal is taken, even if it is past. `from_start` counts used
   time: if it exceeds the budget at the save, the clock is breached strictly after that instant, even paused.
7. A version whose effective instant lies before its event is in force from the event on.
8. R13 asks after every event, in the order first, next, periodic, resolution: is there a target, something to count
   from, and no clock that runs? The new clock has its own cycle number; with no time left its origin is now, and its
   start (R1-R4) stays, as in R10. Its pauses are those of the ticket's history under the policy now in force.
   Nothing to count from: R1 once answered or solved, R3 with no reply of ours since the last solve, R4 while solved.
   A breached clock whose target goes has settled what it counted: no second clock counts the same again.
9. Whether the first response is done is a fact of the ticket, also where no clock measured it. Solving answers
   everything; our reply on a solved ticket starts no periodic clock; nor does our opening a ticket.
10. Leaving solved by any event reopens; the resolution clock resumes under the terms it had (R11), and is cancelled
    then if there is no target any more.
11. R16: a step fires at the first open, unpaused instant by which its share is used, not before the save or event
    that made it so; not if the clock stops, pauses or is acknowledged at that very instant. An acknowledgement ends
    the paging of clocks that exist then, also of a resolution clock that a reopening resumes. Where `from_start`
    moved the due instant, minutes after it count from there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tests.tickets.sla_oracle_clock import SAVED, Clock, Terms, saves_of
from tests.tickets.sla_oracle_hours import Timeline, read_instant, write_instant

METRICS = ("first_response", "next_response", "periodic_update", "resolution")
PAUSABLE = ("periodic_update", "resolution")
UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}

Json = dict[str, Any]


class Ticket:
    """One case, event by event."""

    def __init__(self, document: Json, case: Json, step: int, steps: list[Json] | None = None) -> None:
        self.timeline = Timeline(document["calendars"], step)
        self.policies: Json = document["policies"]
        self.policy: str = case["policy"]
        self.priority: str = case["priority"]
        self.metric, self.steps = case.get("metric"), steps or []
        self.clocks: list[Clock] = []
        self.statuses: list[tuple[int, str]] = []
        self.created_at: int | None = None
        self.is_ours = self.is_merged = self.is_first_done = self.is_resolution_settled = False
        self.unanswered: list[int] = []
        self.our_reply: int | None = None
        self.now = -math.inf

    # Reading the terms

    @property
    def status(self) -> str:
        """The ticket's status now."""
        return self.statuses[-1][1]

    def target(self, metric: str) -> Json | None:
        """What the policy promises at this priority."""
        return self.policies[self.policy]["targets"].get(self.priority, {}).get(metric)

    def terms(self, target: Json, origin: int) -> Terms:
        """A target counted from an origin; business days become seconds there (R6)."""
        if target["unit"] == "business_days":
            origin, budget = self.timeline.business_days(target["clock"], origin, target["amount"])
        else:
            budget = target["amount"] * UNIT_SECONDS[target["unit"]]
        return Terms(origin, int(budget), target["clock"])

    def pauses(self, metric: str, status: str) -> bool:
        """R3, R4, R8: whether a status stops a metric's clock; reply clocks never pause."""
        return metric in PAUSABLE and status in self.policies[self.policy]["pause_on"].get(metric, [])

    def rests(self, metric: str, status: str) -> bool:
        """Paused, or solved: solved time does not count (R9)."""
        return (metric == "resolution" and status == "solved") or self.pauses(metric, status)

    # Reading a clock

    def used(self, clock: Clock, at: int) -> int:
        """Seconds counted under the terms in force."""
        return self.timeline.count(clock.terms.calendar, clock.terms.origin, at, clock.counts)

    def instants(self, clock: Clock) -> tuple[int | None, int | None]:
        """(due_at, breach_at), nulls while paused (R8)."""
        if clock.frozen is not None:
            return clock.frozen
        return (None, None) if clock.is_idle else self.instants_if_resumed(clock, clock.terms, clock.changed_at)

    def instants_if_resumed(self, clock: Clock, terms: Terms, now: int) -> tuple[int, int]:
        """(due_at, breach_at) of a clock under terms, if it ran on from now."""
        counts = (lambda at: clock.would_count(at, now)) if clock.is_idle else clock.counts
        due, breach = self.timeline.used_up(terms.calendar, terms.origin, terms.budget, counts)
        floor = clock.floor if terms is clock.terms and clock.floor is not None else due
        return max(due, floor), max(breach, floor)

    def due_if_resumed(self, clock: Clock, terms: Terms, now: int) -> int:
        """What R10 compares."""
        return self.instants_if_resumed(clock, terms, now)[0]

    # Time passes

    def pass_to(self, at: int, *, is_end: bool = False) -> None:
        """Let time run until the next event: steps fire, clocks breach strictly after `breach_at`."""
        for clock in self.clocks:
            if not clock.is_live:
                continue
            if clock.metric == self.metric and not clock.is_idle:
                self.fire(clock, at, is_end=is_end)
            due, breach = (clock.floor, clock.floor) if clock.is_overdrawn else self.instants(clock)
            if clock.breached_at is None and breach is not None and breach < at:
                clock.breached_at, clock.frozen = breach, (due, breach)
        self.now = at

    def fire(self, clock: Clock, until: int, *, is_end: bool) -> None:
        """R16: the steps that fall before the next event, or up to the end."""
        for step in self.steps:
            if step["id"] in clock.fired:
                continue
            share = self.share(clock, step)
            _, at = self.timeline.used_up(clock.terms.calendar, clock.terms.origin, share, clock.counts)
            since = max(clock.changed_at, int(self.now))
            if at < since:
                _, at = self.timeline.used_up(clock.terms.calendar, since, 0, clock.counts)
            is_answered = step.get("only_if") == "unacknowledged" and clock.acknowledged_at is not None
            if not is_answered and (at < until or (is_end and at == until)):
                clock.fired[step["id"]] = at

    def share(self, clock: Clock, step: Json) -> int:
        """The seconds by which a step fires: of the budget, or after the instant at which it is due."""
        if "at_percent" in step:
            return math.ceil(clock.terms.budget * step["at_percent"] / 100)
        at_floor = 0 if clock.floor is None else self.used(clock, clock.floor)
        return max(clock.terms.budget, at_floor) + 60 * step["overdue_minutes"]

    def stop(self, clock: Clock, at: int) -> None:
        """Met, unless it had breached."""
        if clock.breached_at is None:
            clock.frozen, clock.is_met = self.instants_if_resumed(clock, clock.terms, at), True
        clock.stopped_at = at

    def cancel(self, clock: Clock, at: int) -> None:
        """Stop without a verdict; a past breach stays (R14)."""
        clock.is_cancelled = clock.breached_at is None
        clock.stopped_at = at

    def live(self, *metrics: str) -> Iterator[Clock]:
        """The clocks of these metrics that have not stopped."""
        return (clock for clock in self.clocks if clock.is_live and clock.metric in (metrics or METRICS))

    # Events

    def save(self, events: list[Json], at: int) -> None:
        """One save: one event, or the changed terms that share an instant."""
        self.pass_to(at)
        if self.is_merged or (self.created_at is None and events[0]["type"] != "created"):
            return
        if events[0]["type"] in SAVED:
            self.change(events, at)
        else:
            getattr(self, "on_" + events[0]["type"], lambda *_: None)(events[0], at)
        if not self.is_merged:
            self.settle(at)

    def on_created(self, event: Json, at: int) -> None:
        """A ticket of the partner's, or one we open, which counts as first response done (R1, R2)."""
        self.created_at, self.is_ours = at, event.get("by") == "agent"
        self.is_first_done = self.is_ours
        self.statuses = [(at, "open")]

    def on_public_reply(self, event: Json, at: int) -> None:
        """Theirs reopens and asks; ours answers."""
        if event["by"] == "customer":
            if self.status in ("pending", "on_hold", "solved"):
                self.set_status("open", at)
            if self.is_first_done:
                self.unanswered.append(at)
            return
        for clock in list(self.live("first_response", "next_response", "periodic_update")):
            self.stop(clock, at)
        self.is_first_done, self.unanswered = True, []
        if self.status != "solved":
            self.our_reply = at

    def on_status(self, event: Json, at: int) -> None:
        """A change of status by hand."""
        self.set_status(event["to"], at)

    def on_ack(self, _: Json, at: int) -> None:
        """R16: ends the paging of the clocks there are."""
        for clock in (each for each in self.clocks if each.is_live or each.is_solved):
            clock.acknowledged_at = at if clock.acknowledged_at is None else clock.acknowledged_at

    def on_merged_into(self, _: Json, at: int) -> None:
        """R14."""
        for clock in list(self.live()):
            self.cancel(clock, at)
        self.is_merged = True

    def set_status(self, status: str, at: int) -> None:
        """Reopen, pause, resume, solve."""
        before = self.status
        if status == before:
            return
        self.statuses.append((at, status))
        if before == "solved":
            self.reopen(at)
        if status != "solved":
            return
        for clock in list(self.live("first_response", "next_response", "resolution")):
            if not self.pauses(clock.metric, status):
                clock.wake(at)
            self.stop(clock, at)
            if clock.metric == "resolution":
                clock.is_solved = True
                clock.rest(at)
        for clock in list(self.live("periodic_update")):
            self.cancel(clock, at)
        self.is_first_done, self.unanswered, self.our_reply = True, [], None

    def reopen(self, at: int) -> None:
        """R9: the same resolution clock resumes; a provisional met is withdrawn, a breach stays."""
        for clock in self.clocks[::-1]:
            if clock.is_solved:
                clock.stopped_at, clock.is_met, clock.is_solved = None, False, False
                clock.frozen = clock.frozen if clock.breached_at is not None else None
                clock.wake(at)
                if self.target("resolution") is None:
                    self.withdraw(clock, at)
                return

    def change(self, events: list[Json], at: int) -> None:
        """R10, R12, R13: new terms for the running clocks, new versions for future moments."""
        before = {metric: self.target(metric) for metric in METRICS}
        for event in events:
            if event["type"] == "calendar_version":
                effective = read_instant(event["effective"]) if event.get("effective") else at
                self.timeline.publish(event["calendar"], event["to"], max(effective, at))
            else:
                setattr(self, event["type"], event["to"])
        for clock in list(self.live()):
            target = self.target(clock.metric)
            if target is None:
                self.withdraw(clock, at)
            elif clock.breached_at is None and target != before[clock.metric]:
                self.retune(clock, target, at)

    def withdraw(self, clock: Clock, at: int) -> None:
        """R13: the target is gone; a promise that was broken is settled by that."""
        self.cancel(clock, at)
        if clock.is_cancelled:
            return
        if clock.metric == "first_response":
            self.is_first_done = True
        elif clock.metric == "next_response":
            self.unanswered = []
        elif clock.metric == "periodic_update":
            self.our_reply = None
        else:
            self.is_resolution_settled = True

    def retune(self, clock: Clock, target: Json, at: int) -> None:
        """R10 for one clock."""
        recomputed = self.terms(target, clock.started_at)
        if self.policies[self.policy]["on_tighten"] == "from_start":
            clock.terms, clock.floor, clock.changed_at = recomputed, at, at
            clock.is_overdrawn = self.used(clock, at) > recomputed.budget
            return
        old_due = self.due_if_resumed(clock, clock.terms, at)
        if self.due_if_resumed(clock, recomputed, at) >= old_due:
            taken = recomputed
        else:
            candidate = self.terms(target, at)
            taken = candidate if self.due_if_resumed(clock, candidate, at) < old_due else clock.terms
        if taken is not clock.terms:
            clock.terms, clock.floor, clock.changed_at, clock.is_overdrawn = taken, None, at, False

    def settle(self, at: int) -> None:
        """Pauses follow the status; clocks that are due to run and do not are made."""
        for clock in self.live(*PAUSABLE):
            (clock.rest if self.rests(clock.metric, self.status) else clock.wake)(at)
        for metric in METRICS:
            target, since = self.target(metric), self.counted_from(metric)
            if target is not None and since is not None and not any(self.live(metric)):
                self.make(metric, target, since, at)

    def counted_from(self, metric: str) -> int | None:
        """The original start of a metric's present cycle, if it has one."""
        if metric == "first_response":
            return None if self.is_first_done else self.created_at
        if metric == "next_response":
            return self.unanswered[0] if self.unanswered else None
        if metric == "periodic_update":
            return self.our_reply
        return None if self.status == "solved" or self.is_resolution_settled else self.created_at

    def make(self, metric: str, target: Json, since: int, at: int) -> None:
        """A clock from its original start if time is left, else from now (R13)."""
        cycle = 1 + sum(clock.metric == metric for clock in self.clocks)
        clock = Clock(metric, cycle, since, self.terms(target, since), at)
        ends = [until for until, _ in self.statuses[1:]] + [None]
        for (start, status), end in zip(self.statuses, ends, strict=True):
            if self.rests(metric, status):
                clock.idle.append((start, end))
        if since < at and self.used(clock, at) >= clock.terms.budget:
            clock.terms = self.terms(target, at)
        self.clocks.append(clock)

    # The answer

    def written(self, clock: Clock, asof: int) -> Json:
        """A clock in the shape of `expect`."""
        written: Json = {
            "metric": clock.metric,
            "cycle": clock.cycle,
            "started_at": write_instant(clock.started_at),
            "stopped_at": write_instant(clock.stopped_at),
        }
        if clock.is_cancelled:
            return written | {"state": "cancelled"}
        state = "met" if clock.is_met else "paused" if clock.is_idle else "running"
        if clock.breached_at is not None:
            state = "breached"
            written["breached_at"] = write_instant(clock.breached_at)
        due, breach = self.instants(clock)
        until = asof if clock.stopped_at is None else clock.stopped_at
        return written | {
            "state": state,
            "due_at": write_instant(due),
            "breach_at": write_instant(breach),
            "elapsed_seconds": self.used(clock, until),
            "budget_seconds": clock.terms.budget,
        }


def step_of(document: Json, case: Json) -> int:
    """The widest step in seconds, at most a minute, that divides every instant, budget and share."""
    instants = [read_instant(case["asof"])]
    for event in case["events"]:
        instants += [read_instant(event[key]) for key in ("at", "effective") if event.get(key)]
    budgets = {
        round(target["amount"] * UNIT_SECONDS.get(target["unit"], 60))
        for policy in document["policies"].values()
        for targets in policy["targets"].values()
        for target in targets.values()
    }
    percents = {step.get("at_percent", 100) for step in case.get("steps", [])}
    shares = [math.ceil(budget * percent / 100) for budget in {60, *budgets} for percent in percents]
    return math.gcd(60, *instants, *budgets, *shares)


def play(document: Json, case: Json, step: int) -> Ticket:
    """Every event up to `asof`, and the time until then."""
    asof = read_instant(case["asof"])
    ticket = Ticket(document, case, step, case.get("steps"))
    for at, save in saves_of(case["events"]):
        if at <= asof:
            ticket.save(save, at)
    ticket.pass_to(asof, is_end=True)
    return ticket


def clocks_of(document: Json, case: Json) -> list[Json]:
    """The clocks of a case, in order of creation."""
    ticket = play(document, case, step_of(document, case))
    return [ticket.written(clock, read_instant(case["asof"])) for clock in ticket.clocks]


def fired_in(document: Json, case: Json) -> list[Json]:
    """The steps that fired in an escalation case, in order of time; in a cycle those of one instant by position."""
    ticket = play(document, case, step_of(document, case))
    fired = [
        {"cycle": clock.cycle, "step": step, "at": write_instant(at)}
        for clock in ticket.clocks
        for step, at in clock.fired.items()
    ]
    return sorted(fired, key=lambda entry: (entry["at"], entry["cycle"]))

"""Clocks and timers of a ticket, written anew from its events after each of them (sla.md R15).

The caller holds the lock of the ticket. Nothing here decides anything: what was met or broken follows from the events.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from tickets.choices import FAR, ClockState, TimerKind
from tickets.models import SlaClock, SlaTimer, Ticket, TicketEvent
from tickets.rules.escalation import Step, planned
from tickets.rules.sla_clock import ClockState as Seen
from tickets.rules.sla_clock import State
from tickets.rules.sla_packs import EscalationStep, Told
from tickets.selectors.sla_book import PolicyName, policy_of
from tickets.selectors.sla_states import policy_names, states

__all__ = ["policy_names", "rewrite", "states"]

_WRITTEN = ("state", "due_at", "breach_at", "breached_at", "stopped_at", "elapsed_seconds", "budget_seconds", "terms")
_DATED = ("due_at", "breaches_at")


def rewrite(ticket: Ticket, *, now: datetime) -> None:
    """Bring the clocks, the timers and the ticket's own instants to what its events say at `now`.

    The ticket is changed, not saved: `breaches_at` and `due_at` are among the fields that its service writes.
    """
    seen = states(ticket, list(ticket.events.order_by("at", "id")), now=now)
    if seen:
        clocks = _write_clocks(ticket, seen)
        _write_timers(ticket, list(zip(clocks, seen, strict=True)))
    set_instants(ticket, seen)


def start(ticket: Ticket, created: TicketEvent, *, now: datetime) -> tuple[list[SlaClock], list[SlaTimer]]:
    """The clocks and timers of a new ticket, of which nothing is written yet; its own instants are set."""
    seen = states(ticket, [created], now=now)
    set_instants(ticket, seen)
    rows = clock_rows(ticket, seen)
    return rows, [timer for clock, state in zip(rows, seen, strict=True) for timer in timer_rows(ticket, clock, state)]


def set_instants(ticket: Ticket, seen: Sequence[Seen]) -> None:
    """Set by which instants a ticket stands in its queue; not saved."""
    running = [state for state in seen if state.state in (State.RUNNING, State.BREACHED) and state.stopped_at is None]
    ahead = [state.breach_at for state in running if state.breach_at is not None]
    ticket.breaches_at = min(ahead, default=FAR)
    ticket.due_at = min((state.due_at for state in running if state.due_at is not None), default=None)


def _write_clocks(ticket: Ticket, seen: Sequence[Seen]) -> list[SlaClock]:
    return SlaClock.objects.bulk_create(
        clock_rows(ticket, seen),
        update_conflicts=True,
        unique_fields=["ticket", "metric", "cycle"],
        update_fields=_WRITTEN,
    )


def clock_rows(ticket: Ticket, seen: Sequence[Seen]) -> list[SlaClock]:
    """The clocks of a ticket as rows that are not written yet."""
    return [
        SlaClock(
            organization_id=ticket.organization_id,
            ticket=ticket,
            metric=state.metric.value,
            cycle=state.cycle,
            started_at=state.started_at,
            state=_state_of(state),
            due_at=state.due_at,
            breach_at=state.breach_at,
            breached_at=state.breached_at,
            stopped_at=state.stopped_at,
            elapsed_seconds=state.elapsed.total_seconds(),
            budget_seconds=state.budget.total_seconds(),
            terms={
                "origin": state.terms.origin.isoformat(),
                "amount": str(state.terms.target.amount),
                "unit": state.terms.target.unit.value,
                "clock": state.terms.clock,
            },
        )
        for state in seen
    ]


def _state_of(state: Seen) -> str:
    return ClockState(state.state.value).value


def _write_timers(ticket: Ticket, clocks: Sequence[tuple[SlaClock, Seen]]) -> None:
    """Timers of all clocks. The steps are those that were in force when a clock started: what is there already keeps
    its own (`data` is never updated), and only its instant moves."""
    known = _snapshots(ticket)
    rows = [timer for clock, state in clocks for timer in timer_rows(ticket, clock, state, known.get(clock.pk))]
    SlaTimer.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["clock", "kind", "step"], update_fields=["fire_at"]
    )


def _snapshots(ticket: Ticket) -> dict[int, list[SlaTimer]]:
    if ticket.version == 1:
        return {}
    found: dict[int, list[SlaTimer]] = {}
    for timer in SlaTimer.objects.filter(ticket=ticket).order_by("kind", "step"):
        found.setdefault(timer.clock_id, []).append(timer)
    return found


def timer_rows(
    ticket: Ticket,
    clock: SlaClock,
    state: Seen,
    known: list[SlaTimer] | None = None,
    *,
    policy: PolicyName | None = None,
) -> list[SlaTimer]:
    """The timers of a clock as rows that are not written yet; `known` are those that there are.

    `policy` is the one that was in force when the clock started, where that is not the ticket's present one.
    """
    steps = _steps_of(known) if known else _steps_in_force(ticket, policy)
    instants = _instants(state, [step for _kind, _place, step, _data in steps])
    is_still = state.stopped_at is not None or state.state is State.PAUSED
    base: dict[str, Any] = {"organization_id": ticket.organization_id, "ticket": ticket, "clock": clock}
    breach = SlaTimer(**base, kind=TimerKind.BREACH, fire_at=None if is_still else state.breach_at)
    return [
        breach,
        *(
            SlaTimer(
                **base, kind=kind, step=place, data=dict(data), fire_at=None if is_still else instants.get(step.id)
            )
            for kind, place, step, data in steps
        ),
    ]


def _instants(state: Seen, steps: Sequence[Step]) -> dict[str, datetime]:
    return {firing.step.id: firing.at for firing in planned(state, steps)}


Planned = tuple[str, int, Step, dict[str, Any]]


def _steps_in_force(ticket: Ticket, policy: PolicyName | None) -> Sequence[Planned]:
    """The warnings and steps of a policy, or of the one that the ticket is under now."""
    if policy is None:
        if not ticket.sla_policy or ticket.sla_version_id is None:
            return []
        policy = PolicyName(version_id=ticket.sla_version_id, policy=ticket.sla_policy, calendar_id=0)
    found = policy_of(policy)
    return _steps_of_policy(found.warn_at, found.escalation)


@lru_cache(maxsize=64)
def _steps_of_policy(warn_at: tuple[int, ...], escalation: tuple[EscalationStep, ...]) -> tuple[Planned, ...]:
    warnings = [(place, {"at": str(percent), "tell": Told.ASSIGNEE}) for place, percent in enumerate(warn_at)]
    steps = [(place, _written(step)) for place, step in enumerate(escalation)]
    return (
        *(_planned(TimerKind.WARNING, place, data) for place, data in warnings),
        *(_planned(TimerKind.ESCALATION, place, data) for place, data in steps),
    )


def _steps_of(timers: Sequence[SlaTimer]) -> list[Planned]:
    return [_planned(timer.kind, timer.step, timer.data) for timer in timers if timer.kind != TimerKind.BREACH]


def _written(step: EscalationStep) -> dict[str, Any]:
    return {
        "id": step.id,
        "tell": step.tell.value,
        "at": None if step.at_percent is None else str(step.at_percent),
        "after": step.after_minutes,
        "unless_acknowledged": step.unless_acknowledged,
    }


def _planned(kind: str, place: int, data: dict[str, Any]) -> Planned:
    step = EscalationStep.read(f"{kind} {place}", data).as_step(has_target=True)
    return str(kind), place, step, data

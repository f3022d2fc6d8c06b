"""The clocks of a ticket in words: what is promised, what counted and what did not, and why (sla.md).

The desk and the portal show the same strip; it names rules and calendars, and nothing of how a policy was chosen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import CalendarVersion
from common import composed
from tickets.choices import Metric
from tickets.models import Ticket, TicketEvent
from tickets.rules.sla_calendar import ROUND_THE_CLOCK
from tickets.rules.sla_clock import ClockState, State
from tickets.rules.sla_strip import Kind, Rule, Stretch, strip
from tickets.selectors.sla_states import states

BAR = 1_000
"""Length of the drawn bar, in units of its own."""

_STATES: Mapping[State, tuple[str | Promise, str]] = {
    State.RUNNING: (gettext_lazy("Running"), "info"),
    State.PAUSED: (gettext_lazy("Paused"), "neutral"),
    State.MET: (gettext_lazy("Kept"), "success"),
    State.BREACHED: (gettext_lazy("Missed"), "danger"),
    State.CANCELLED: (gettext_lazy("Cancelled"), "neutral"),
}
_KINDS: Mapping[Kind, str | Promise] = {
    Kind.COUNTED: gettext_lazy("Counted"),
    Kind.CLOSED: gettext_lazy("Closed"),
    Kind.HOLIDAY: gettext_lazy("Holiday"),
    Kind.PAUSED: gettext_lazy("Paused"),
    Kind.BEFORE_TERMS: gettext_lazy("Before the present terms"),
}
_RULES: Mapping[Rule, str | Promise] = {
    Rule.COUNTED: gettext_lazy("Open hours count."),
    Rule.HOURS: gettext_lazy("Outside of the open hours nothing counts."),
    Rule.PAUSE: gettext_lazy("It stands still while we wait for an answer."),
    Rule.SOLVED: gettext_lazy("Time in which it was solved does not count."),
    Rule.TERMS: gettext_lazy("The terms changed later and count from that moment."),
    Rule.VERSIONS: gettext_lazy("Each moment counts by the hours then in force."),
}


@dataclass(frozen=True, kw_only=True)
class StripPart:
    """A stretch of a clock's time; `x` and `width` are its place on the drawn bar."""

    kind: str
    label: str
    why: str
    hours: str
    start: datetime
    end: datetime
    length: timedelta
    x: int
    width: int


@dataclass(frozen=True, kw_only=True)
class ClockStrip:
    """One clock for the page. `left` is what a paused or running clock has still to go."""

    metric: str
    label: str
    cycle: int
    state: str
    state_label: str
    tone: str
    started_at: datetime
    due_at: datetime | None
    breach_at: datetime | None
    stopped_at: datetime | None
    elapsed: timedelta
    budget: timedelta
    left: timedelta
    parts: Sequence[StripPart]

    @property
    def is_running(self) -> bool:
        return self.state in (State.RUNNING, State.PAUSED) or (self.state == State.BREACHED and self.stopped_at is None)

    @property
    def totals(self) -> list[tuple[str, timedelta]]:
        """How long each kind of stretch lasts in all, in the order of their first one."""
        found: dict[str, timedelta] = {}
        for part in self.parts:
            found[part.label] = found.get(part.label, timedelta(0)) + part.length
        return list(found.items())


def strips(ticket: Ticket, *, now: datetime) -> list[ClockStrip]:
    """All clocks of a ticket that the caller may see: three statements."""
    # A contact reads no events, but the strip that they make (sla.md, "the partner sees the same strip").
    events = list(TicketEvent.objects.filter(ticket_id=ticket.pk).order_by("at", "id"))
    return strips_of(states(ticket, events, now=now))


def strips_of(clocks: Iterable[ClockState]) -> list[ClockStrip]:
    """The same from clocks that have been replayed: one statement for the names of calendars."""
    drawn = [(clock, strip(clock)) for clock in clocks]
    names = _version_names(stretch.version for _clock, stretches in drawn for stretch in stretches)
    return [_strip(clock, stretches, names) for clock, stretches in drawn]


def _strip(clock: ClockState, stretches: Sequence[Stretch], names: Mapping[str, str]) -> ClockStrip:
    label, tone = _STATES[clock.state]
    return ClockStrip(
        metric=clock.metric.value,
        label=str(Metric(clock.metric.value).label),
        cycle=clock.cycle,
        state=clock.state.value,
        state_label=str(label),
        tone=tone,
        started_at=clock.started_at,
        due_at=clock.due_at,
        breach_at=clock.breach_at,
        stopped_at=clock.stopped_at,
        elapsed=clock.elapsed,
        budget=clock.budget,
        left=clock.left,
        parts=_parts(stretches, names, is_round=clock.terms.target.clock == ROUND_THE_CLOCK),
    )


def _parts(stretches: Sequence[Stretch], names: Mapping[str, str], *, is_round: bool) -> list[StripPart]:
    total = sum((stretch.length for stretch in stretches), timedelta(0)) or timedelta(seconds=1)
    edges = [0, *accumulate(round(BAR * (stretch.length / total)) for stretch in stretches)]
    return [
        StripPart(
            kind=stretch.kind.value,
            label=str(_KINDS[stretch.kind]),
            why=_("Every hour counts.") if is_round and stretch.kind is Kind.COUNTED else str(_RULES[stretch.rule]),
            hours="" if is_round else names.get(stretch.version, ""),
            start=stretch.start,
            end=stretch.end,
            length=stretch.length,
            x=edges[place],
            width=max(edges[place + 1] - edges[place], 1),
        )
        for place, stretch in enumerate(stretches)
    ]


def _version_names(versions: Iterable[str]) -> dict[str, str]:
    """What calendar versions are called: "Support calendar, version 3", by their name in a replay ("version 12")."""
    ids = {int(name.rpartition(" ")[2]) for name in versions if name.startswith("version ")}
    rows = composed.fetch(_versions, gaps=tuple(sorted(ids))) if ids else []
    return {
        f"version {pk}": _("%(calendar)s, version %(number)s") % {"calendar": calendar, "number": number}
        for pk, calendar, number in rows
    }


def _versions(*ids: int) -> QuerySet[Any, Any]:
    # Names of calendars are no secret: the portal shows them beside the strip.
    return CalendarVersion.objects.filter(pk__in=ids).values_list("pk", "calendar__name", "number")

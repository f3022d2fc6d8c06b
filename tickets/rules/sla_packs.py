"""The pack `sla`, as types: what is promised to which tickets, and who is told when (sla.md, table and R16). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.cadence_packs import ARR_SEGMENTS
from partners.rules.classification_packs import Body, Label
from tickets.rules.escalation import Step
from tickets.rules.sla_calendar import ROUND_THE_CLOCK
from tickets.rules.sla_terms import Metric, Policy, SlaError, Target, Unit

PRIORITIES = ("critical", "high", "medium", "low")
STATUSES = ("pending", "on_hold")
QUEUE_CLOCK = "queue"
"""The clock of a target that goes by the calendar of the ticket's queue."""
CLOCKS = (ROUND_THE_CLOCK, QUEUE_CLOCK)
KEYS = (
    *("policies", "id", "label", "when", "targets", *PRIORITIES, *(metric.value for metric in Metric)),
    *("amount", "unit", "clock", "pause_on", "on_tighten", "warn_at", "escalation", "at", "after", "tell"),
    *("unless_acknowledged", "technical_escalation", "owner_role", "kind", "arr_segment", "queue", "category"),
)
_CONDITIONS = ("technical_escalation", "owner_role", "kind", "arr_segment", "queue", "category")
_MAX_STEPS = 12


class Told(StrEnum):
    """Whom a step of an escalation tells."""

    ASSIGNEE = "assignee"
    QUEUE_LEADS = "queue_leads"
    SUPPORT_MANAGERS = "support_managers"
    ON_CALL = "on_call"
    OWNERS = "owners"


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketFacts:
    """What of a ticket and of its organization decides which policy it falls under."""

    technical_escalation: bool = False
    owner_roles: frozenset[str] = frozenset()
    kind: str = ""
    arr_segment: str = ""
    queue: str = ""
    category: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One fact that has to be one of some values."""

    fact: str
    values: tuple[str, ...]

    def holds(self, facts: TicketFacts) -> bool:
        if self.fact == "technical_escalation":
            return facts.technical_escalation
        if self.fact == "owner_role":
            return bool(facts.owner_roles.intersection(self.values))
        return getattr(facts, self.fact) in self.values


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationStep:
    """One step of the pack: a share of the budget in percent, or business minutes after it."""

    id: str
    tell: Told
    at_percent: Decimal | None
    after_minutes: int | None
    unless_acknowledged: bool

    @classmethod
    def read(cls, step_id: str, written: Mapping[str, Any]) -> EscalationStep:
        """A step as a timer keeps it."""
        at, after = written.get("at"), written.get("after")
        return cls(
            id=step_id,
            tell=Told(written["tell"]),
            at_percent=None if at is None else Decimal(at),
            after_minutes=None if after is None else int(after),
            unless_acknowledged=bool(written.get("unless_acknowledged")),
        )

    def as_step(self, *, has_target: bool) -> Step:
        """The step as the escalation rule knows it."""
        percent, minutes = self.at_percent, self.after_minutes
        return Step(
            id=self.id,
            at_percent=None if percent is None else Fraction(percent),
            overdue=None if minutes is None else timedelta(minutes=minutes),
            ends_at_ack=self.unless_acknowledged,
            has_target=has_target,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SlaPolicy:
    """One policy of the pack. Its targets name the clock as the pack does."""

    id: str
    label: Label
    conditions: tuple[Condition, ...]
    targets: Mapping[str, Mapping[Metric, Target]]
    pause_on: Mapping[Metric, frozenset[str]]
    from_start: bool
    warn_at: tuple[int, ...]
    escalation: tuple[EscalationStep, ...]

    def on_calendar(self, name: str, calendar: str) -> Policy:
        """The policy as the clocks know it, called `name`, with the queue's calendar in its place."""
        return Policy(
            name=name,
            targets={
                priority: {metric: _placed(target, calendar) for metric, target in metrics.items()}
                for priority, metrics in self.targets.items()
            },
            pause_on=self.pause_on,
            from_start=self.from_start,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SlaPack:
    """The policies in force, in order; the last has no conditions."""

    version: int
    policies: tuple[SlaPolicy, ...]

    def policy(self, policy_id: str) -> SlaPolicy | None:
        return next((policy for policy in self.policies if policy.id == policy_id), None)

    def matching(self, facts: TicketFacts) -> tuple[SlaPolicy, tuple[tuple[str, Condition | None], ...]]:
        """The first policy whose conditions all hold, and of each one before it the condition that did not."""
        passed: list[tuple[str, Condition | None]] = []
        for policy in self.policies:
            failed = next((condition for condition in policy.conditions if not condition.holds(facts)), None)
            if failed is None:
                return policy, tuple(passed)
            passed.append((policy.id, failed))
        raise AssertionError("the last policy has no conditions")


def parse_sla(body: Body, *, version: int) -> SlaPack:
    """The pack `sla`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("policies",))
    known = ("id", "label", "when", "targets", "pause_on", "on_tighten", "warn_at", "escalation")
    policies = tuple(_policy(row, place) for place, row in packs.rows(content, "policies", known=known))
    packs.refuse_twins([policy.id for policy in policies], "policies", "id")
    for index, policy in enumerate(policies):
        is_last = index == len(policies) - 1
        if bool(policy.conditions) is is_last:
            words = "the last policy takes every ticket" if is_last else "only the last policy may take every ticket"
            raise MalformedInput(f"policies[{index}].when", words)
    return SlaPack(version=version, policies=policies)


def _policy(row: packs.Row, place: str) -> SlaPolicy:
    where = f"{place}.targets"
    written = reading.mapping(reading.member(row, "targets", place), where, known=PRIORITIES)
    missing = [priority for priority in PRIORITIES if priority not in written]
    if missing:
        raise MalformedInput(where, f"says nothing for {', '.join(missing)}")
    return SlaPolicy(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        conditions=_conditions(row, place),
        targets={priority: _targets(written[priority], f"{where}.{priority}") for priority in PRIORITIES},
        pause_on=_pauses(row, place),
        from_start=_choice(row, "on_tighten", place, ("from_change", "from_start")) == "from_start",
        warn_at=_warnings(row, place),
        escalation=_steps(row, place),
    )


def _conditions(row: packs.Row, place: str) -> tuple[Condition, ...]:
    where = f"{place}.when"
    written = reading.mapping(reading.member(row, "when", place), where, known=_CONDITIONS)
    found = []
    for fact, value in written.items():
        at = f"{where}.{fact}"
        if fact == "technical_escalation":
            if value is not True:
                raise MalformedInput(at, reading.expected("true", value))
            found.append(Condition(fact=fact, values=("true",)))
            continue
        values = value if isinstance(value, list | tuple) else [value]
        words = tuple(reading.text(one, at) for one in values)
        if fact == "arr_segment":
            for word in words:
                reading.one_of(word, ARR_SEGMENTS, at)
        found.append(Condition(fact=fact, values=words))
    return tuple(found)


def _targets(written: object, place: str) -> Mapping[Metric, Target]:
    found = reading.mapping(written, place, known=tuple(metric.value for metric in Metric))
    return {Metric(name): _target(entry, f"{place}.{name}") for name, entry in found.items()}


def _target(written: object, place: str) -> Target:
    entry = reading.mapping(written, place, known=("amount", "unit", "clock"))
    unit = reading.one_of(reading.member(entry, "unit", place), tuple(unit.value for unit in Unit), f"{place}.unit")
    try:
        return Target(
            amount=reading.amount(reading.member(entry, "amount", place), f"{place}.amount"),
            unit=Unit(unit),
            clock=reading.one_of(reading.member(entry, "clock", place), CLOCKS, f"{place}.clock"),
        )
    except SlaError as error:
        raise MalformedInput(f"{place}.amount", str(error)) from error


def _pauses(row: packs.Row, place: str) -> Mapping[Metric, frozenset[str]]:
    pausing = (Metric.PERIODIC_UPDATE.value, Metric.RESOLUTION.value)
    where = f"{place}.pause_on"
    written = reading.mapping(row.get("pause_on", {}), where, known=pausing)
    return {Metric(name): frozenset(packs.words(written, name, where, STATUSES)) for name in written}


def _warnings(row: packs.Row, place: str) -> tuple[int, ...]:
    where = f"{place}.warn_at"
    found = tuple(reading.count(one, where) for one in reading.sequence(row.get("warn_at", ()), where))
    if any(not 0 < percent < 100 for percent in found):
        raise MalformedInput(where, "must be percentages between 0 and 100")
    return tuple(sorted(set(found)))


def _steps(row: packs.Row, place: str) -> tuple[EscalationStep, ...]:
    if not row.get("escalation"):
        return ()
    known = ("id", "at", "after", "tell", "unless_acknowledged")
    found = tuple(_step(entry, at) for at, entry in packs.rows(row, "escalation", place, known=known))
    packs.refuse_twins([step.id for step in found], f"{place}.escalation", "id")
    if len(found) > _MAX_STEPS:
        raise MalformedInput(f"{place}.escalation", f"has more than {_MAX_STEPS} steps")
    return found


def _step(entry: packs.Row, place: str) -> EscalationStep:
    if ("at" in entry) is ("after" in entry):
        raise MalformedInput(place, "says either at (percent of the budget) or after (business minutes)")
    tell = reading.one_of(reading.member(entry, "tell", place), tuple(told.value for told in Told), f"{place}.tell")
    return EscalationStep(
        id=packs.identifier(entry, place),
        tell=Told(tell),
        at_percent=reading.amount(entry["at"], f"{place}.at") if "at" in entry else None,
        after_minutes=reading.count(entry["after"], f"{place}.after") if "after" in entry else None,
        unless_acknowledged=packs.flag(entry, "unless_acknowledged", place),
    )


def _choice(row: packs.Row, key: str, place: str, choices: tuple[str, ...]) -> str:
    return reading.one_of(row.get(key, choices[0]), choices, f"{place}.{key}")


def _placed(target: Target, calendar: str) -> Target:
    if target.clock != QUEUE_CLOCK:
        return target
    return Target(amount=target.amount, unit=target.unit, clock=calendar)

"""Rules of automation as data: what a ticket event or the passing of time does to a ticket. Pure.

A rule fires once per ticket and occasion: the event, or the moment since which the ticket has stood still. What rules
themselves do is no occasion, so that none sets off another or itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import Body, Label

STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
PRIORITIES = ("critical", "high", "medium", "low")
LEVELS = ("high", "medium", "low")
CONDITIONS = ("status", "priority", "queue", "category", "channel", "kind", "tag")
SETTABLE = ("status", "queue", "impact", "urgency")
TELL = ("assignee", "queue_leads", "support_managers")
KEYS = (
    *("rules", "id", "label", "event", "idle_hours", "pending_days", "solved_days", "when", *CONDITIONS),
    *("set", "macro", "tags", "untag", "note", "tell"),
)
MOST_RULES = 100


class On(StrEnum):
    """Events that a rule may wait for."""

    OPENED = "opened"
    CHANGED = "changed"
    REPLIED = "replied"
    RECEIVED = "received"
    SOLVED = "solved"


@dataclass(frozen=True, kw_only=True, slots=True)
class AutomationFacts:
    """What of a ticket decides whether a rule fires.

    `still_since` is its latest event that no rule made; `pending_since` and `solved_since` are empty for others.
    """

    status: str
    priority: str = ""
    queue: str = ""
    category: str = ""
    channel: str = ""
    kind: str = ""
    tags: frozenset[str] = frozenset()
    still_since: datetime | None = None
    pending_since: datetime | None = None
    solved_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """A stretch of plain time since a moment of the ticket: `of` is still, pending or solved."""

    of: str
    time: timedelta

    def since(self, facts: AutomationFacts) -> datetime | None:
        moment: datetime | None = getattr(facts, f"{self.of}_since")
        return moment


@dataclass(frozen=True, kw_only=True, slots=True)
class AutomationRule:
    """`on` and `wait` exclude each other. `values` are fields to set; texts are empty where nothing is written.

    `macro` names one of everybody's macros: what it changes yields to `values`.
    """

    id: str
    label: Label
    on: On | None
    wait: Wait | None
    conditions: Mapping[str, tuple[str, ...]]
    values: Mapping[str, str]
    macro: str
    tags: tuple[str, ...]
    untag: tuple[str, ...]
    note: str
    tell: tuple[str, ...]

    def holds(self, facts: AutomationFacts) -> bool:
        """Whether its conditions do."""
        return all(
            bool(facts.tags.intersection(values)) if fact == "tag" else getattr(facts, fact) in values
            for fact, values in self.conditions.items()
        )

    def occasion(self, facts: AutomationFacts, *, now: datetime) -> str:
        """The moment since which it has waited long enough, as its occasion; empty while it has not."""
        since = self.wait.since(facts) if self.wait is not None else None
        if self.wait is None or since is None or now - since < self.wait.time or not self.holds(facts):
            return ""
        return f"{self.wait.of}:{since.isoformat()}"


@dataclass(frozen=True, kw_only=True, slots=True)
class AutomationPack:
    version: int
    rules: tuple[AutomationRule, ...]

    def for_event(self, on: On | None, facts: AutomationFacts) -> tuple[AutomationRule, ...]:
        """The rules that an event sets off, in order."""
        return tuple(rule for rule in self.rules if on is not None and rule.on is on and rule.holds(facts))

    @property
    def time_rules(self) -> tuple[AutomationRule, ...]:
        return tuple(rule for rule in self.rules if rule.wait is not None)


def event_of(kind: str, side: str, changes: Mapping[str, Sequence[Any]], data: Mapping[str, Any]) -> On | None:
    """What an event is to rules; none for what rules did themselves."""
    if data.get("automation"):
        return None
    if kind == "created":
        return On.OPENED
    if kind == "reply":
        return On.REPLIED if side == "agent" else On.RECEIVED if side == "customer" else None
    if "status" in changes and changes["status"][1] == "solved":
        return On.SOLVED
    return On.CHANGED if changes else None


def parse_automation(body: Body, *, version: int) -> AutomationPack:
    """The pack `automation`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("rules",))
    known = ("id", "label", "event", "idle_hours", "pending_days", "solved_days", "when", *_DOES)
    rules = tuple(_rule(row, place) for place, row in packs.rows(content, "rules", known=known))
    packs.refuse_twins([rule.id for rule in rules], "rules", "id")
    if len(rules) > MOST_RULES:
        raise MalformedInput("rules", f"has more than {MOST_RULES} rules")
    return AutomationPack(version=version, rules=rules)


_DOES = ("set", "macro", "tags", "untag", "note", "tell")
_WAITS = {
    "idle_hours": ("still", timedelta(hours=1)),
    "pending_days": ("pending", timedelta(days=1)),
    "solved_days": ("solved", timedelta(days=1)),
}


def _rule(row: packs.Row, place: str) -> AutomationRule:
    if sum(key in row for key in ("event", *_WAITS)) != 1:
        raise MalformedInput(place, f"says one of event, {', '.join(_WAITS)}")
    if not any(row.get(key) for key in _DOES):
        raise MalformedInput(place, f"does nothing: give one of {', '.join(_DOES)}")
    on = reading.one_of(row["event"], tuple(one.value for one in On), f"{place}.event") if "event" in row else None
    return AutomationRule(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        on=On(on) if on is not None else None,
        wait=_wait(row, place),
        conditions=_conditions(row, place),
        values=_values(row, place),
        macro=_text(row, "macro", place),
        tags=packs.names(row, "tags", place),
        untag=packs.names(row, "untag", place),
        note=_text(row, "note", place),
        tell=packs.words(row, "tell", place, TELL),
    )


def _wait(row: packs.Row, place: str) -> Wait | None:
    for key, (of, unit) in _WAITS.items():
        if key in row:
            return Wait(of=of, time=unit * packs.whole(row, key, place, least=1))
    return None


def _conditions(row: packs.Row, place: str) -> Mapping[str, tuple[str, ...]]:
    where = f"{place}.when"
    written = reading.mapping(row.get("when", {}), where, known=CONDITIONS)
    closed = {"status": STATUSES, "priority": PRIORITIES}
    found = {}
    for fact, value in written.items():
        values = value if isinstance(value, list | tuple) else [value]
        words = tuple(reading.text(one, f"{where}.{fact}") for one in values)
        for word in words if fact in closed else ():
            reading.one_of(word, closed[fact], f"{where}.{fact}")
        found[fact] = words
    return found


def _values(row: packs.Row, place: str) -> Mapping[str, str]:
    where = f"{place}.set"
    written = reading.mapping(row.get("set", {}), where, known=SETTABLE)
    closed = {"status": STATUSES[1:], "impact": LEVELS, "urgency": LEVELS}
    found = {}
    for field, value in written.items():
        text = reading.text(value, f"{where}.{field}")
        found[field] = reading.one_of(text, closed[field], f"{where}.{field}") if field in closed else text
    return found


def _text(row: packs.Row, key: str, place: str) -> str:
    return reading.text(row[key], f"{place}.{key}") if row.get(key) else ""

"""Where a ticket goes and to whom: the pack `routing`, as types and as a function of facts. Pure.

The first rule whose conditions all hold says the queue, the team, the skill and what the channel did not say of its
urgency. Whom: the organization's owner if they serve the queue, else whoever is there, has room, knows it and has the
fewest open tickets; of equals whoever was given one longest ago.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import Body, Label

LEVELS = ("high", "medium", "low")
CHANNELS = ("portal", "mail", "phone", "api", "staff")
PRIORITIES = ("critical", "high", "medium", "low")
FACTS = ("category", "kind", "arr_segment", "gemstone", "language", "channel", "priority")
"""Conditions that ask for one of some values."""
KEYS = (
    *("rules", "id", "label", "when", *FACTS, "keywords", "recipient"),
    *("queue", "team", "skill", "impact", "urgency", "give"),
)
OWN_CATEGORY = "category"
"""As a skill: the category of the ticket."""
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class Give(StrEnum):
    """Whether a rule gives a ticket to somebody, or leaves it to whoever takes it."""

    NOBODY = "nobody"
    BEST = "best"


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingFacts:
    """What of a ticket decides where it goes; `text` is its subject and its first message."""

    category: str = ""
    kind: str = ""
    arr_segment: str = ""
    gemstone: str = ""
    language: str = ""
    channel: str = ""
    priority: str = ""
    text: str = ""
    recipients: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingCondition:
    """One fact that has to be one of some values; a word that has to stand in the text; an address it went to."""

    fact: str
    values: tuple[str, ...]

    def holds(self, facts: RoutingFacts) -> bool:
        if self.fact == "keywords":
            text = facts.text.casefold()
            return any(word.casefold() in text for word in self.values)
        if self.fact == "recipient":
            return any(value.lower() in facts.recipients for value in self.values)
        return getattr(facts, self.fact) in self.values


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingRule:
    """`queue` empty: the one that the mail was sent to, else the default one. `team` empty: all that serve it."""

    id: str
    label: Label
    conditions: tuple[RoutingCondition, ...]
    queue: str
    team: str
    skill: str
    impact: str
    urgency: str
    give: Give


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingPack:
    """The rules in order; the last has no conditions."""

    version: int
    rules: tuple[RoutingRule, ...]

    def route(self, facts: RoutingFacts, *, queues: Collection[str]) -> Routed:
        """The first rule that fits, and why each before it did not. A rule for a queue that is not there is passed."""
        passed: list[Passed] = []
        for rule in self.rules:
            failed = next((one for one in rule.conditions if not one.holds(facts)), None)
            if failed is None and (not rule.queue or rule.queue in queues):
                return Routed(rule=rule, passed=tuple(passed))
            passed.append(Passed(rule=rule.id, condition=failed))
        return Routed(rule=None, passed=tuple(passed))


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """A rule that did not fit, by which condition; without one its queue is not there."""

    rule: str
    condition: RoutingCondition | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Routed:
    """What became of the facts; no rule only where the last one names a queue that is not there."""

    rule: RoutingRule | None
    passed: tuple[Passed, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Somebody of the teams that serve the queue. `given_at` is when a ticket was last given to them."""

    user_id: int
    is_owner: bool = False
    is_here: bool = True
    skills: frozenset[str] = frozenset()
    open: int = 0
    most_open: int = 20
    given_at: datetime | None = None

    @property
    def has_room(self) -> bool:
        return self.is_here and self.open < self.most_open


class Why(StrEnum):
    """Why it is this person, or nobody."""

    OWNER = "owner"
    SKILL = "skill"
    LOAD = "load"
    NOBODY_HERE = "nobody_here"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    user_id: int | None
    why: Why


def choose(candidates: Sequence[Candidate], *, skill: str = "") -> Choice:
    """Whom a ticket is given to. A skill that nobody who is there has is not insisted on."""
    here = [one for one in candidates if one.has_room]
    if not here:
        return Choice(user_id=None, why=Why.NOBODY_HERE)
    owners = [one for one in here if one.is_owner]
    skilled = [one for one in here if skill and skill in one.skills]
    pool, why = (owners, Why.OWNER) if owners else (skilled, Why.SKILL) if skilled else (here, Why.LOAD)
    best = min(pool, key=lambda one: (one.open, one.given_at or _LONG_AGO, one.user_id))
    return Choice(user_id=best.user_id, why=why)


def parse_routing(body: Body, *, version: int) -> RoutingPack:
    """The pack `routing`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("rules",))
    known = ("id", "label", "when", "queue", "team", "skill", "impact", "urgency", "give")
    rules = tuple(_rule(row, place) for place, row in packs.rows(content, "rules", known=known))
    packs.refuse_twins([rule.id for rule in rules], "rules", "id")
    for index, rule in enumerate(rules):
        is_last = index == len(rules) - 1
        if bool(rule.conditions) is is_last:
            words = "the last rule takes every ticket" if is_last else "only the last rule may take every ticket"
            raise MalformedInput(f"rules[{index}].when", words)
    return RoutingPack(version=version, rules=rules)


def _rule(row: packs.Row, place: str) -> RoutingRule:
    return RoutingRule(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        conditions=_conditions(row, place),
        queue=_text(row, "queue", place),
        team=_text(row, "team", place),
        skill=_text(row, "skill", place),
        impact=_level(row, "impact", place),
        urgency=_level(row, "urgency", place),
        give=Give(reading.one_of(row.get("give", "nobody"), tuple(one.value for one in Give), f"{place}.give")),
    )


def _conditions(row: packs.Row, place: str) -> tuple[RoutingCondition, ...]:
    where = f"{place}.when"
    written = reading.mapping(row.get("when", {}), where, known=(*FACTS, "keywords", "recipient"))
    closed: Mapping[str, tuple[str, ...]] = {"channel": CHANNELS, "priority": PRIORITIES}
    found = []
    for fact, value in written.items():
        at = f"{where}.{fact}"
        values = value if isinstance(value, list | tuple) else [value]
        words = tuple(reading.text(one, at) for one in values)
        if not words or not all(word.strip() for word in words):
            raise MalformedInput(at, "must not be empty")
        for word in words if fact in closed else ():
            reading.one_of(word, closed[fact], at)
        found.append(RoutingCondition(fact=fact, values=words))
    return tuple(found)


def _text(row: packs.Row, key: str, place: str) -> str:
    return reading.text(row[key], f"{place}.{key}") if row.get(key) else ""


def _level(row: packs.Row, key: str, place: str) -> str:
    return reading.one_of(row[key], LEVELS, f"{place}.{key}") if row.get(key) else ""

"""From facts to signals, from signals to episodes, and who is told today (health.md, Alerts). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from health.rules.alert_packs import NOW, AlertPolicy, Rule
from health.rules.alert_signals import Facts

BY_RULE, BY_STANDING = "rule", "demoted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fired:
    """A rule whose signal is to be told, with the facts of it."""

    rule: Rule
    facts: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What a hearing comes to. `told`: by rule what is remembered; `recovered`: rules that hold no longer."""

    fired: tuple[Fired, ...]
    told: Mapping[str, str]
    recovered: frozenset[str]


def decide(
    policy: AlertPolicy, *, kind: str, stage: str, previous: Facts | None, present: Facts, told: Mapping[str, str]
) -> Decided:
    """Which rules are to be told of an organization, from what was heard before and what is so now.

    The same facts again tell nothing. What a rule has told is forgotten when it does not apply any longer.
    """
    fired, levels, recovered = [], {}, set()
    for rule in policy.rules.values():
        if not rule.applies(kind, stage):
            continue
        heard = rule.signal.hear(previous, present, told.get(rule.id))
        if heard.level is not None:
            levels[rule.id] = heard.level
        elif rule.id in told:
            recovered.add(rule.id)
        if heard.facts is not None:
            fired.append(Fired(rule=rule, facts=heard.facts))
    return Decided(fired=tuple(fired), told=levels, recovered=frozenset(recovered))


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """The signals of one cause: what they make of an episode. `held_back`: why none of them is told at once."""

    cause: str
    fired: tuple[Fired, ...]
    leading: Rule
    severity: int
    urgency: int
    held_back: str


def merge(fired: Iterable[Fired], *, demoted: Collection[str] = ()) -> tuple[Merged, ...]:
    """Signals by cause, in the order of the pack. One rule that tells at once is enough for the whole cause."""
    by_cause: dict[str, list[Fired]] = {}
    for one in fired:
        by_cause.setdefault(one.rule.cause, []).append(one)
    return tuple(_merged(cause, found, demoted) for cause, found in by_cause.items())


def _merged(cause: str, found: Sequence[Fired], demoted: Collection[str]) -> Merged:
    leading = min((one.rule for one in found), key=lambda rule: (-rule.severity, -rule.urgency, rule.place))
    at_once = [one.rule for one in found if one.rule.route == NOW]
    speaking = [rule for rule in at_once if rule.id not in demoted]
    return Merged(
        cause=cause,
        fired=tuple(found),
        leading=leading,
        severity=max(one.rule.severity for one in found),
        urgency=max(one.rule.urgency for one in found),
        held_back="" if speaking else BY_STANDING if at_once else BY_RULE,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """An episode that is to be told today. `weight`: value times urgency; `tie` settles equals the same every time."""

    id: int
    owner_id: int | None
    weight: int
    severity: int
    tie: tuple[int, str]


def share_out(waiting: Iterable[Waiting], *, told: Mapping[int, int], budget: int) -> frozenset[int]:
    """The ids of those that are told at once: for each person the heaviest, up to what the budget of the day leaves.

    `told`: by person how many of today have been told already. What is nobody's costs nobody's attention.
    """
    left = dict(told)
    chosen = set()
    for one in sorted(waiting, key=lambda one: (-one.weight, -one.severity, one.tie)):
        if one.owner_id is not None:
            if left.get(one.owner_id, 0) >= budget:
                continue
            left[one.owner_id] = left.get(one.owner_id, 0) + 1
        chosen.add(one.id)
    return frozenset(chosen)

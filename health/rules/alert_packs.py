"""The pack `alerts`, as types: what gives an alarm, who answers, how many a day, how false a rule may be. Pure.

What a rule may watch is a closed list of signals; a module that brings facts of its own adds its signal to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from common import reading
from common.reading import MalformedInput
from health.rules.alert_signals import SIGNALS, Signal
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import KINDS, Body, Label

NOW, DIGEST = "now", "digest"
ROUTES = (NOW, DIGEST)
SEGMENTS = ("enterprise", "mid_market", "small")
LEVELS = (1, 2, 3)

_CONTENT = ("answer", "answered_by", "budget_per_person", "precision", "values", "snooze_days", "rules")
_RULE = (
    *("id", "label", "signal", "cause", "severity", "urgency"),
    *("kinds", "stages", "play", "route"),
)
KEYS = (
    *_CONTENT,
    *("hours", "warn_hours", "floor_percent", "at_least", "other", *SEGMENTS),
    *_RULE,
    *("band_fell", "score_fell", "metric_crossed", "went_stale", "sponsor_left", "renewal_near"),
    *("to", "points", "days", "metric", "at_most", "clears_at", "measures", "coverage_below", "roles", "bands"),
)
_LONGEST = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule. Signals of rules with the same `cause` merge into one episode; 3 is the most severe, most urgent."""

    id: str
    label: Label
    signal: Signal
    cause: str
    severity: int
    urgency: int
    kinds: frozenset[str]
    stages: frozenset[str]
    play: str
    route: str
    place: int

    def applies(self, kind: str, stage: str) -> bool:
        """Whether it watches organizations of a kind in a stage."""
        return kind in self.kinds and stage in self.stages


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertPolicy:
    """The rules in force. Times are working time of who answers; `values` by ARR segment, "" where there is none."""

    version: int
    answer_within: timedelta
    warn_before: timedelta
    answered_by: tuple[str, ...]
    budget: int
    floor_percent: int
    at_least: int
    values: Mapping[str, int]
    snooze_days: int
    rules: Mapping[str, Rule]

    def value_of(self, segment: str) -> int:
        """What an organization of a segment is worth for the order in which alerts are told."""
        return self.values.get(segment, self.values[""])


def parse_alerts(body: Body, *, version: int) -> AlertPolicy:
    """The pack `alerts`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=_CONTENT)
    answer = _part(content, "answer", ("hours", "warn_hours"))
    precision = _part(content, "precision", ("floor_percent", "at_least"))
    values = _part(content, "values", (*SEGMENTS, "other"))
    hours, warning = _bounded(answer, "hours", "answer", least=1), _bounded(answer, "warn_hours", "answer")
    if warning >= hours:
        raise MalformedInput("answer.warn_hours", "must be less than hours")
    rules = [_rule(row, place, number) for number, (place, row) in enumerate(packs.rows(content, "rules", known=_RULE))]
    packs.refuse_twins([rule.id for rule in rules], "rules", "id")
    _refuse_contrary(rules)
    answered_by = packs.words(content, "answered_by", "", packs.ROLES)
    if not answered_by:
        raise MalformedInput("answered_by", "must name at least one role")
    return AlertPolicy(
        version=version,
        answer_within=timedelta(hours=hours),
        warn_before=timedelta(hours=warning),
        answered_by=answered_by,
        budget=_bounded(content, "budget_per_person", "", least=1),
        floor_percent=_bounded(precision, "floor_percent", "precision", most=100),
        at_least=_bounded(precision, "at_least", "precision", least=1),
        values={"": _bounded(values, "other", "values", least=1)}
        | {key: _bounded(values, key, "values", least=1) for key in SEGMENTS},
        snooze_days=_bounded(content, "snooze_days", "", least=1, most=365),
        rules={rule.id: rule for rule in rules},
    )


def _rule(row: packs.Row, place: str, number: int) -> Rule:
    kinds = frozenset(packs.words(row, "kinds", place, KINDS) or KINDS)
    stages = frozenset(packs.words(row, "stages", place, packs.STAGES) or packs.STAGES)
    return Rule(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        signal=_signal(reading.member(row, "signal", place), f"{place}.signal"),
        cause=packs.identifier(row, place, "cause"),
        severity=_bounded(row, "severity", place, least=1, most=LEVELS[-1]),
        urgency=_bounded(row, "urgency", place, least=1, most=LEVELS[-1]),
        kinds=kinds,
        stages=stages,
        play=packs.identifier(row, place, "play") if "play" in row else "",
        route=reading.one_of(row.get("route", NOW), ROUTES, f"{place}.route"),
        place=number,
    )


def _signal(found: object, place: str) -> Signal:
    """Exactly one signal of the closed list, with what it needs."""
    row = reading.mapping(found, place, known=tuple(SIGNALS))
    if len(row) != 1:
        raise MalformedInput(place, f"must name exactly one of {', '.join(SIGNALS)}")
    ((kind, body),) = row.items()
    return SIGNALS[kind](body, f"{place}.{kind}")


def _refuse_contrary(rules: list[Rule]) -> None:
    """Two rules that watch the same for the same organizations would tell everything twice."""
    for later, rule in enumerate(rules):
        for earlier in rules[:later]:
            same = rule.signal == earlier.signal and not rule.kinds.isdisjoint(earlier.kinds)
            if same and not rule.stages.isdisjoint(earlier.stages):
                raise MalformedInput(f"rules[{later}].signal", f"is watched by {earlier.id} already")


def _part(content: packs.Row, key: str, known: tuple[str, ...]) -> packs.Row:
    return reading.mapping(reading.member(content, key, ""), key, known=known)


def _bounded(content: packs.Row, key: str, place: str, *, least: int = 0, most: int = _LONGEST) -> int:
    number = packs.whole(content, key, place, least=least)
    if number > most:
        raise MalformedInput(reading.at(place, key), f"must be {most} or less, found {number}")
    return number

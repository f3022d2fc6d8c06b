"""Stories of tickets, read from JSON as `manage.py sla_replay` takes them (spec/cases). Pure.

Every refusal names its place: ``cases[3] (sla-006).events[1].by: expected one of customer, agent, found "bot"``.
Titles, rules, expected answers and other notes may stand beside what is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from common import reading
from common.reading import MalformedInput
from common.worktime import MAX_DAYS
from common.worktime_parse import parse_instant, parse_work_hours
from tickets.rules.escalation import Step
from tickets.rules.sla import Book
from tickets.rules.sla_calendar import ROUND_THE_CLOCK
from tickets.rules.sla_events import By, Event, EventType
from tickets.rules.sla_terms import Metric, Policy, SlaError, Target, Unit

ON_TIGHTEN = ("from_change", "from_start")
UNACKNOWLEDGED = "unacknowledged"

_LONGEST = {Unit.SECONDS: MAX_DAYS * 86_400, Unit.MINUTES: MAX_DAYS * 1_440, Unit.HOURS: MAX_DAYS * 24}
_NEEDS_BY = frozenset({EventType.CREATED, EventType.PUBLIC_REPLY})
_NEEDS_TO = frozenset({EventType.STATUS, EventType.PRIORITY, EventType.POLICY, EventType.CALENDAR_VERSION})
_NAMED_ATTRIBUTES = frozenset({EventType.STATUS, EventType.PRIORITY})
"""What an event sets may stand under its own name too, as it does beside another event."""

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One case: what happened to a ticket, and when to look."""

    id: str
    policy: str
    priority: str
    events: tuple[Event, ...]
    asof: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationStory:
    """One escalation case: the steps on the clocks of one metric."""

    story: Story
    metric: Metric
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryFile:
    """What a file holds, in its order; every policy and calendar that it speaks of is in the book."""

    book: Book
    stories: Sequence[Story]
    escalations: Sequence[EscalationStory]


def parse_story_file(body: object) -> StoryFile:
    """Read ``{calendars, policies, cases, escalation_cases}``; either list of cases may be left out.

    Raises ``MalformedInput``.
    """
    content = reading.mapping(body, "")
    calendars = {
        name: parse_work_hours(calendar, f"calendars.{name}")
        for name, calendar in reading.mapping(reading.member(content, "calendars", ""), "calendars").items()
    }
    if ROUND_THE_CLOCK in calendars:
        raise MalformedInput(f"calendars.{ROUND_THE_CLOCK}", "the name stands for absolute time")
    policies = {
        name: parse_policy(policy, f"policies.{name}", name=name, calendars={*calendars, ROUND_THE_CLOCK})
        for name, policy in reading.mapping(reading.member(content, "policies", ""), "policies").items()
    }
    if "cases" not in content and "escalation_cases" not in content:
        reading.member(content, "cases", "")
    book = Book(policies=policies, calendars=calendars)
    return StoryFile(
        book=book,
        stories=_all(content.get("cases", []), "cases", lambda case, place: _parse_story(case, place, book)),
        escalations=_all(
            content.get("escalation_cases", []),
            "escalation_cases",
            lambda case, place: _parse_escalation(case, place, book),
        ),
    )


def parse_policy(body: object, place: str, *, name: str, calendars: Collection[str]) -> Policy:
    """Read ``{targets, pause_on, on_tighten}``. Raises ``MalformedInput``."""
    content = reading.mapping(body, place)

    def part(key: str) -> tuple[object, str]:
        return reading.member(content, key, place), reading.at(place, key)

    targets = {
        priority: _by_metric(metrics, f"{place}.targets.{priority}", lambda one, at: parse_target(one, at, calendars))
        for priority, metrics in reading.mapping(*part("targets")).items()
    }
    return Policy(
        name=name,
        targets=targets,
        pause_on=_by_metric(*part("pause_on"), _parse_statuses),
        from_start=reading.one_of(part("on_tighten")[0], ON_TIGHTEN, part("on_tighten")[1]) == "from_start",
    )


def parse_target(body: object, place: str, calendars: Collection[str]) -> Target:
    """Read ``{amount, unit, clock}``. Raises ``MalformedInput``."""
    content = reading.mapping(body, place)

    def part(key: str) -> tuple[object, str]:
        return reading.member(content, key, place), reading.at(place, key)

    amount = reading.amount(*part("amount"))
    unit = _word(Unit, *part("unit"))
    clock = reading.text(*part("clock"))
    if clock not in calendars:
        raise MalformedInput(reading.at(place, "clock"), f"there is no calendar {reading.shown(clock)}")
    if amount > _LONGEST.get(unit, MAX_DAYS):
        raise MalformedInput(reading.at(place, "amount"), "more than 200 years are out of reach")
    try:
        return Target(amount=amount, unit=unit, clock=clock)
    except SlaError as error:
        raise MalformedInput(reading.at(place, "amount"), f"{error}, found {amount}") from None


def parse_event(body: object, place: str, book: Book) -> Event:
    """Read one event with what its type needs. Raises ``MalformedInput``."""
    content = reading.mapping(body, place)

    def part(key: str) -> tuple[object, str]:
        return reading.member(content, key, place), reading.at(place, key)

    def text(key: str) -> str:
        return reading.text(*part(key)) if key in content else ""

    kind = _word(EventType, *part("type"))
    to_key = kind.value if "to" not in content and kind in _NAMED_ATTRIBUTES and kind.value in content else "to"
    event = Event(
        at=parse_instant(*part("at")),
        type=kind,
        by=_word(By, *part("by")) if "by" in content or kind in _NEEDS_BY else None,
        to=reading.text(*part(to_key)) if kind in _NEEDS_TO else text("to"),
        calendar=reading.text(*part("calendar")) if kind is EventType.CALENDAR_VERSION else "",
        effective_at=parse_instant(*part("effective")) if content.get("effective") is not None else None,
        status=text("status"),
        priority=text("priority"),
    )
    if kind is EventType.POLICY:
        _check_known(event.to, book.policies, reading.at(place, "to"), "policy")
    if kind is EventType.CALENDAR_VERSION:
        _check_known(event.to, book.calendars, reading.at(place, "to"), "calendar")
        _check_known(event.calendar, book.calendars, reading.at(place, "calendar"), "calendar")
    return event


def parse_step(body: object, place: str) -> Step:
    """Read ``{id, at_percent or overdue_minutes, notify, only_if}``; ``notify`` of null, "" or [] is an empty target.

    Raises ``MalformedInput``.
    """
    content = reading.mapping(body, place)
    percent, minutes = content.get("at_percent"), content.get("overdue_minutes")
    if "only_if" in content and content["only_if"] is not None:
        reading.one_of(content["only_if"], (UNACKNOWLEDGED,), reading.at(place, "only_if"))
    try:
        return Step(
            id=reading.text(reading.member(content, "id", place), reading.at(place, "id")),
            at_percent=None if percent is None else _bounded(percent, reading.at(place, "at_percent")),
            overdue=None
            if minutes is None
            else timedelta(seconds=float(60 * _bounded(minutes, reading.at(place, "overdue_minutes")))),
            ends_at_ack=content.get("only_if") is not None,
            has_target=bool(content.get("notify", True)),
        )
    except SlaError as error:
        raise MalformedInput(place, str(error)) from None


def _parse_story(body: object, place: str, book: Book) -> Story:
    content = reading.mapping(body, place)
    name = reading.text(reading.member(content, "id", place), reading.at(place, "id"))
    place = f"{place} ({name})"

    def part(key: str) -> tuple[object, str]:
        return reading.member(content, key, place), reading.at(place, key)

    policy = reading.text(*part("policy"))
    _check_known(policy, book.policies, reading.at(place, "policy"), "policy")
    items, events_place = part("events")
    events = tuple(
        parse_event(item, f"{events_place}[{index}]", book)
        for index, item in enumerate(reading.sequence(items, events_place))
    )
    _check_course(events, events_place)
    return Story(
        id=name,
        policy=policy,
        priority=reading.text(*part("priority")),
        events=events,
        asof=parse_instant(*part("asof")),
    )


def _check_course(events: Sequence[Event], place: str) -> None:
    """A ticket is created first and once, and time does not go back."""
    for index, event in enumerate(events):
        if (event.type is EventType.CREATED) != (index == 0):
            problem = "a ticket is created once" if index else 'the first event must be "created"'
            raise MalformedInput(f"{place}[{index}].type", problem)
        if index and event.at < events[index - 1].at:
            raise MalformedInput(f"{place}[{index}].at", "earlier than the event before it")


def _parse_escalation(body: object, place: str, book: Book) -> EscalationStory:
    story = _parse_story(body, place, book)
    content = reading.mapping(body, place)
    place = f"{place} ({story.id})"
    steps_place = reading.at(place, "steps")
    items = reading.sequence(reading.member(content, "steps", place), steps_place)
    steps = tuple(parse_step(item, f"{steps_place}[{index}]") for index, item in enumerate(items))
    metric = _word(Metric, reading.member(content, "metric", place), reading.at(place, "metric"))
    return EscalationStory(story=story, metric=metric, steps=steps)


Case = TypeVar("Case", Story, EscalationStory)
Part = TypeVar("Part")


def _all(body: object, place: str, parse: Callable[[object, str], Case]) -> tuple[Case, ...]:
    """Every case of a list, each id once."""
    found: dict[str, Case] = {}
    for index, item in enumerate(reading.sequence(body, place)):
        case = parse(item, f"{place}[{index}]")
        name = case.id if isinstance(case, Story) else case.story.id
        if name in found:
            raise MalformedInput(f"{place}[{index}].id", f"{reading.shown(name)} is the id of an earlier case")
        found[name] = case
    return tuple(found.values())


def _by_metric(body: object, place: str, parse: Callable[[object, str], Part]) -> Mapping[Metric, Part]:
    items = reading.mapping(body, place, known=tuple(metric.value for metric in Metric))
    return {Metric(name): parse(item, reading.at(place, name)) for name, item in items.items()}


def _parse_statuses(body: object, place: str) -> frozenset[str]:
    items = reading.sequence(body, place)
    return frozenset(reading.text(item, f"{place}[{index}]") for index, item in enumerate(items))


def _word(words: type[Word], found: object, place: str) -> Word:
    return words(reading.one_of(found, tuple(word.value for word in words), place))


def _bounded(found: object, place: str) -> Fraction:
    number = Fraction(reading.amount(found, place))
    if number > MAX_DAYS * 1_440:
        raise MalformedInput(place, "more than 200 years are out of reach")
    return number


def _check_known(name: str, known: Collection[str], place: str, what: str) -> None:
    if name not in known:
        raise MalformedInput(place, f"there is no {what} {reading.shown(name)}")

"""The laws of SLA clocks (sla.md, end, and R5, R10, R11, R15) on random tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from common.workhours import NOTHING
from common.worktime import between
from tests.tickets.sla_stories import BOOK, hours
from tests.tickets.test_escalation import LADDER, PAGES
from tickets.rules.escalation import fired, next_instants
from tickets.rules.sla import Book, replay
from tickets.rules.sla_clock import ClockState, State
from tickets.rules.sla_events import By, Event, EventType
from tickets.rules.sla_strip import Kind, strip
from tickets.rules.sla_terms import Metric, Policy, Target, Unit

START = datetime(2025, 6, 2, tzinfo=UTC)
STATUSES = ("open", "pending", "on_hold", "solved", "solved")
PRIORITIES = ("critical", "high", "medium", "low", "nothing")
CALENDARS = ("office", "branch", "long", "tue_closed")

quarters = st.integers(0, 9 * 96).map(lambda count: timedelta(minutes=15 * count))
gaps = st.sampled_from([0, 0, 1, 2, 3, 5, 8, 13, 30, 60, 96]).map(lambda count: timedelta(minutes=15 * count))


@st.composite
def events(draw: st.DrawFn) -> tuple[Event, ...]:
    """A ticket of up to twelve events in the course of some days, several often in the same instant."""
    when = START + draw(quarters)
    found = [Event(at=when, type=EventType.CREATED, by=draw(st.sampled_from(By)))]
    for _ in range(draw(st.integers(0, 11))):
        when += draw(gaps)
        kind = draw(st.sampled_from([*EventType][1:] + [EventType.PUBLIC_REPLY, EventType.STATUS] * 3))
        found.append(
            Event(
                at=when,
                type=kind,
                by=draw(st.sampled_from(By)),
                to={
                    EventType.STATUS: draw(st.sampled_from(STATUSES)),
                    EventType.PRIORITY: draw(st.sampled_from(PRIORITIES)),
                    EventType.POLICY: draw(st.sampled_from(("tam", "strict", "patient", "none", "solve"))),
                    EventType.CALENDAR_VERSION: draw(st.sampled_from(CALENDARS)),
                }.get(kind, ""),
                calendar="office",
                effective_at=when + draw(st.sampled_from([-1, 0, 1])) * draw(quarters),
            )
        )
    return tuple(found)


stories = st.fixed_dictionaries(
    {
        "events": events(),
        "policy": st.sampled_from(("tam", "strict", "patient", "none", "solve")),
        "priority": st.sampled_from(PRIORITIES),
    }
)


def seen(story: dict[str, object], asof: datetime) -> tuple[ClockState, ...]:
    """The clocks of a random story."""
    return replay(**story, book=BOOK, asof=asof)


def looks(story: dict[str, object], extra: timedelta) -> datetime:
    """An instant some time after the last event."""
    return story["events"][-1].at + extra


@given(stories, quarters, quarters)
@settings(max_examples=150, deadline=None)
def test_a_look_in_between_changes_nothing_and_a_breach_stays(
    story: dict[str, object], early: timedelta, extra: timedelta
) -> None:
    # R15: the past as it was seen is the past as it is: a clock seen broken stays so, one that stopped too.
    asof = looks(story, extra)
    before, after = seen(story, min(START + early, asof)), seen(story, asof)
    assert [(each.metric, each.cycle, each.started_at) for each in before] == [
        (each.metric, each.cycle, each.started_at) for each in after[: len(before)]
    ]
    for old, new in zip(before, after, strict=False):
        if old.state is State.BREACHED:
            assert (new.state, new.breached_at, new.terms) == (State.BREACHED, old.breached_at, old.terms)
        if old.stopped_at is not None and old.metric is not Metric.RESOLUTION:
            assert replace(new, asof=old.asof, statuses=old.statuses, eras=old.eras) == old
    assert seen(story, asof) == after


@given(stories, quarters)
@settings(max_examples=150, deadline=None)
def test_met_if_and_only_if_the_business_time_used_is_within_the_target(
    story: dict[str, object], extra: timedelta
) -> None:
    for state in seen(story, looks(story, extra)):
        if state.state is State.CANCELLED or state.terms.floor is not None:
            continue
        assert (state.state is State.BREACHED) == (state.elapsed > state.budget)
        assert state.started_at <= state.terms.origin
        if state.due_at is not None and state.breach_at is not None:
            assert state.due_at <= state.breach_at


@given(stories, quarters)
@settings(max_examples=100, deadline=None)
def test_a_running_clock_that_is_left_alone_breaks_right_after_its_breach_instant(
    story: dict[str, object], extra: timedelta
) -> None:
    for place, state in enumerate(seen(story, looks(story, extra))):
        if state.state is State.RUNNING and state.breach_at is not None:
            assert seen(story, state.breach_at)[place].state is State.RUNNING
            later = seen(story, state.breach_at + timedelta(microseconds=1))[place]
            assert (later.state, later.breached_at) == (State.BREACHED, state.breach_at)


@given(stories, quarters, st.integers(-23, 23))
@settings(max_examples=60, deadline=None)
def test_the_offset_in_which_instants_are_written_does_not_matter(
    story: dict[str, object], extra: timedelta, offset: int
) -> None:
    zone = timezone(timedelta(minutes=30 * offset))
    moved = tuple(
        replace(
            each, at=each.at.astimezone(zone), effective_at=each.effective_at and each.effective_at.astimezone(zone)
        )
        for each in story["events"]
    )
    asof = looks(story, extra)
    assert seen({**story, "events": moved}, asof.astimezone(zone)) == seen(story, asof)


@given(stories, quarters)
@settings(max_examples=100, deadline=None)
def test_notes_assignments_and_automatic_replies_move_nothing(story: dict[str, object], extra: timedelta) -> None:
    noise = (EventType.INTERNAL_NOTE, EventType.AUTO_REPLY, EventType.ASSIGN)
    quiet = tuple(each for each in story["events"] if each.type not in noise)
    asof = looks(story, extra)
    assert seen({**story, "events": quiet}, asof) == seen(story, asof)


@given(st.integers(0, 96 * 3), st.integers(0, 96), st.integers(0, 96), st.sampled_from(["office", "24x7"]))
@settings(max_examples=100, deadline=None)
def test_a_pause_never_makes_an_hours_deadline_earlier(before: int, pause: int, extra: int, clock: str) -> None:
    target = Target(amount=8, unit=Unit.HOURS, clock=clock)
    rules = Policy(
        name="p",
        targets={"high": {Metric.RESOLUTION: target}},
        pause_on={Metric.RESOLUTION: frozenset({"pending"})},
    )
    book = Book(policies={"p": rules}, calendars=BOOK.calendars)
    created = Event(at=START, type=EventType.CREATED, by=By.AGENT)
    paused_at = START + timedelta(minutes=15 * before)
    resumed_at = paused_at + timedelta(minutes=15 * pause)
    course = (
        created,
        Event(at=paused_at, type=EventType.STATUS, to="pending"),
        Event(at=resumed_at, type=EventType.STATUS, to="open"),
    )
    asof = resumed_at + timedelta(minutes=15 * extra)
    (plain,) = replay((created,), policy="p", priority="high", book=book, asof=asof)
    (paused,) = replay(course, policy="p", priority="high", book=book, asof=asof)
    assert plain.due_at is not None
    assert paused.due_at is not None
    assert plain.due_at <= paused.due_at
    lost = between(BOOK.timelines[clock].versions[0].hours, paused_at, min(resumed_at, asof))
    assert paused.elapsed + lost == plain.elapsed


@given(stories, st.sampled_from(PRIORITIES[:4]), quarters)
@settings(max_examples=150, deadline=None)
def test_a_changed_priority_never_breaks_a_promise_in_hindsight(
    story: dict[str, object], priority: str, extra: timedelta
) -> None:
    # R10: whoever was not late at the change is not made late by it, except where the policy counts from the start.
    asof = looks(story, extra)
    raised = {**story, "events": (*story["events"], Event(at=asof, type=EventType.PRIORITY, to=priority))}
    before, after = seen(story, asof), seen(raised, asof)
    for old, new in zip(before, after, strict=False):
        assume(new.terms.floor is None)
        assert (new.state is State.BREACHED) == (old.state is State.BREACHED)
        if old.state is State.RUNNING and new.state is State.RUNNING:
            assert new.due_at is not None
            assert new.due_at >= asof or new.due_at == old.due_at


@given(stories, quarters)
@settings(max_examples=100, deadline=None)
def test_splitting_the_hours_changes_nothing(story: dict[str, object], extra: timedelta) -> None:
    split = {"office": hours((9, 11), (11, 17), (10, 12)), "branch": hours((9, 12), (9, 12), (13, 16), (15, 17))}
    book = Book(policies=BOOK.policies, calendars={**BOOK.calendars, **split})
    asof = looks(story, extra)
    found = replay(**story, book=book, asof=asof)
    told = [(each.state, each.due_at, each.breach_at, each.elapsed, each.budget) for each in found]
    assert told == [(e.state, e.due_at, e.breach_at, e.elapsed, e.budget) for e in seen(story, asof)]


@given(stories, quarters)
@settings(max_examples=100, deadline=None)
def test_a_strip_covers_its_clock_and_counts_what_elapsed(story: dict[str, object], extra: timedelta) -> None:
    for state in seen(story, looks(story, extra)):
        stretches = strip(state)
        edges = [each.start for each in stretches] + [state.stopped_at or state.asof]
        assert edges[0] == state.started_at
        assert edges[1:] == [each.end for each in stretches]
        assert sum((each.length for each in stretches if each.kind is Kind.COUNTED), NOTHING) == state.elapsed


@given(stories, quarters, quarters)
@settings(max_examples=100, deadline=None)
def test_what_has_fired_stays_fired_and_once(story: dict[str, object], early: timedelta, extra: timedelta) -> None:
    asof = looks(story, extra)
    between_events = min(START + early, asof)
    # Events of the very instant of a step come first, so the look must not be at one of them.
    assume(all(each.at != between_events for each in story["events"]))
    for steps in (LADDER, PAGES):
        for old, new in zip(seen(story, between_events), seen(story, asof), strict=False):
            gone = [(each.step.id, each.at) for each in fired(new, steps)]
            assert [(each.step.id, each.at) for each in fired(old, steps)] == [
                each for each in gone if each[1] <= between_events
            ]
            assert len({step for step, _ in gone}) == len(gone)
            for _, instant in gone:
                assert new.started_at <= instant
                assert new.stopped_at is None or instant < new.stopped_at


@given(stories, quarters)
@settings(max_examples=60, deadline=None)
def test_between_its_timers_a_clock_does_not_change(story: dict[str, object], extra: timedelta) -> None:
    asof = looks(story, extra)
    for place, state in enumerate(seen(story, asof)):
        if state.breach_at == asof:
            # At the very instant it is still met, and right after it no longer (R5).
            continue
        instants = next_instants(state, LADDER)
        later = seen(story, (instants[0] if instants else asof + timedelta(days=30)) - timedelta(microseconds=1))[place]
        assert (later.state, later.due_at, later.breach_at) == (state.state, state.due_at, state.breach_at)
        assert fired(later, LADDER) == fired(state, LADDER)

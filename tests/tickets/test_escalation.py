"""Rule R16 of sla.md as tables: which steps fire, and when.

Monday is 2 June 2025; the office is open Monday to Friday from 9 to 17. A High ticket has 4 office hours to a response.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from tests.tickets.sla_stories import BOOK, METRICS, at, clocks, moment, policy
from tickets.rules.escalation import Step, fired, next_instants, planned
from tickets.rules.sla import Book
from tickets.rules.sla_terms import SlaError

MON_10 = "Mon 10:00 created customer"
FRI_15 = "Fri 15:00 created customer"


def percent(name: str, share: Any, **more: Any) -> Step:
    """A step at a share of the budget."""
    return Step(id=name, at_percent=Fraction(share), **more)


def overdue(name: str, minutes: int, **more: Any) -> Step:
    """A step some business minutes after the budget."""
    return Step(id=name, overdue=timedelta(minutes=minutes), **more)


LADDER = (percent("warn", 75), percent("breach", 100), overdue("l2", 60), overdue("l3", 240))
PAGES = (percent("page1", 0, ends_at_ack=True), percent("page2", 50, ends_at_ack=True), percent("breach", 100))


def told(story: str, asof: str, *, steps: tuple[Step, ...] = LADDER, metric: str = "first", **more: Any) -> list[str]:
    """The steps that fired on the clocks of a metric, as "cycle step instant"."""
    return [
        f"{firing.cycle} {firing.step.id} {moment(firing.at)}"
        for state in clocks(story, asof, **more)
        if state.metric is METRICS[metric]
        for firing in fired(state, steps)
    ]


@pytest.mark.parametrize(
    ("story", "asof", "lines"),
    [
        # 3 h: 2 on Friday and 1 on Monday. 4 h: Monday 11:00. Then 1 and 4 office hours on.
        (FRI_15, "Tue2 12:00", ["1 warn Mon2 10:00", "1 breach Mon2 11:00", "1 l2 Mon2 12:00", "1 l3 Mon2 15:00"]),
        # 4 h from 13:00 are used up at closing time; the step waits for the next opening.
        ("Mon 13:00 created customer", "Mon 20:00", ["1 warn Mon 16:00"]),
        (
            "Mon 13:00 created customer",
            "Tue 10:00",
            ["1 warn Mon 16:00", "1 breach Tue 09:00", "1 l2 Tue 10:00"],
        ),
        # Outside of office hours nothing fires, even at no share at all.
        ("Mon 20:00 created customer", "Mon 23:00", []),
        # Stopped before, at, and after an instant: at that very instant the answer comes first.
        (f"{MON_10}; Mon 12:59 reply agent", "Tue 12:00", []),
        (f"{MON_10}; Mon 13:00 reply agent", "Tue 12:00", []),
        (f"{MON_10}; Mon 13:00:01 reply agent", "Tue 12:00", ["1 warn Mon 13:00"]),
        (f"{MON_10}; Mon 14:30 merged_into", "Tue 12:00", ["1 warn Mon 13:00", "1 breach Mon 14:00"]),
        # Looked at in that very instant it has fired.
        (MON_10, "Mon 12:59:59", []),
        (MON_10, "Mon 13:00", ["1 warn Mon 13:00"]),
    ],
)
def test_steps_fire_at_open_instants_while_the_clock_runs(story: str, asof: str, lines: list[str]) -> None:
    assert told(story, asof) == lines


def test_a_share_is_rounded_up_to_a_second() -> None:
    # A third of 90 s is 29.997 s; half a percent of it 0.45 s; 99.9 % is 89.91 s.
    steps = (percent("a", "33.33"), percent("b", "0.5"), percent("c", "99.9"))
    assert told(MON_10, "Mon 12:00", steps=steps, under="odd") == [
        "1 b Mon 10:00:01",
        "1 a Mon 10:00:30",
        "1 c Mon 10:01:30",
    ]


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        # Half of 8 h: 14:00 without a pause. Paused 12 to 13: 15:00.
        ("", ["1 half Mon 14:00"]),
        ("Mon 12:00 status pending; Mon 13:00 status open", ["1 half Mon 15:00"]),
        ("Mon 12:00 status pending", []),
        # Paused in the second in which it would fire: it waits until the clock runs again.
        ("Mon 14:00 status pending; Mon 15:00 status open", ["1 half Mon 15:00"]),
        ("Mon 14:00 status pending; Mon 18:00 status open", ["1 half Tue 09:00"]),
        # Solved and reopened: the same cycle goes on, and nothing fires twice.
        ("Mon 12:00 status solved; Mon 13:00 status open", ["1 half Mon 15:00"]),
        ("Mon 15:00 status solved; Mon 16:00 status open", ["1 half Mon 14:00"]),
    ],
)
def test_steps_pause_and_resume_with_the_clock(events: str, lines: list[str]) -> None:
    found = told(f"{MON_10}; {events}", "Tue 09:30", steps=(percent("half", 50),), metric="resolution", under="patient")
    assert found == lines


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        ("", ["1 page1 Mon 10:00", "1 page2 Mon 10:30", "1 breach Mon 11:00"]),
        ("Mon 10:20 ack agent", ["1 page1 Mon 10:00", "1 breach Mon 11:00"]),
        ("Mon 10:30 ack agent", ["1 page1 Mon 10:00", "1 breach Mon 11:00"]),
        ("Mon 10:31 ack agent", ["1 page1 Mon 10:00", "1 page2 Mon 10:30", "1 breach Mon 11:00"]),
        ("Mon 10:20 ack customer", ["1 page1 Mon 10:00", "1 page2 Mon 10:30", "1 breach Mon 11:00"]),
    ],
)
def test_an_acknowledgement_ends_the_steps_that_ask_for_it(events: str, lines: list[str]) -> None:
    assert told(f"{MON_10}; {events}", "Mon 12:00", steps=PAGES, priority="critical") == lines


def test_every_cycle_has_its_own_steps_and_needs_its_own_acknowledgement() -> None:
    story = (
        f"{MON_10}; Mon 10:05 reply agent; Mon 11:00 reply customer; Mon 11:10 ack agent; Mon 11:40 reply agent;"
        "Mon 12:00 reply customer"
    )
    assert told(story, "Mon 12:45", steps=PAGES, metric="next", priority="critical") == [
        "1 page1 Mon 11:00",
        "2 page1 Mon 12:00",
        "2 page2 Mon 12:30",
    ]


@pytest.mark.parametrize(
    ("priority", "under", "events", "lines"),
    [
        # High's 75 % fired at 13:00. Lowered at 13:30: 3 business days, 24 h: 75 % of that never fires again.
        ("high", "tam", "Mon 13:30 priority low", ["1 warn Mon 13:00", "1 breach Thu 10:00", "1 l2 Thu 11:00"]),
        # In the second in which it would fire the change comes first: 75 % of 24 h from Mon 10:00 is Wed 12:00.
        ("high", "tam", "Mon 13:00 priority low", ["1 warn Wed 12:00", "1 breach Thu 10:00", "1 l2 Thu 11:00"]),
        # Raised on Tuesday 12:00: 45 and 60 minutes from there, then 1 and 4 hours on.
        (
            "low",
            "tam",
            "Tue 12:00 priority critical",
            ["1 warn Tue 12:45", "1 breach Tue 13:00", "1 l2 Tue 14:00", "1 l3 Tue 17:00"],
        ),
        # From the start all of it is used: both fire at the change, the others count from there.
        (
            "low",
            "strict",
            "Tue 12:00 priority critical",
            ["1 warn Tue 12:00", "1 breach Tue 12:00", "1 l2 Tue 13:00", "1 l3 Tue 16:00"],
        ),
        # The same outside of office hours: 4 office hours were used by Mon 18:00; fires Tue 09:00.
        (
            "low",
            "strict",
            "Mon 18:00 priority high",
            ["1 warn Tue 09:00", "1 breach Tue 09:00", "1 l2 Tue 10:00", "1 l3 Tue 13:00"],
        ),
        ("high", "tam", "Mon 11:00 priority nothing", []),
    ],
)
def test_changed_terms_move_the_steps_that_have_not_fired(
    priority: str, under: str, events: str, lines: list[str]
) -> None:
    assert told(f"{MON_10}; {events}", "Thu 12:00", priority=priority, under=under) == lines


def test_a_clock_whose_target_came_late_fires_nothing_in_hindsight() -> None:
    # 75 % of 4 h were used at 13:00, when nothing had been promised yet.
    story = f"{MON_10}; Mon 13:30 policy tam"
    assert told(story, "Mon 14:00", under="none") == ["1 warn Mon 13:30", "1 breach Mon 14:00"]


def test_an_empty_target_falls_to_the_next_step_at_once_and_is_reported() -> None:
    steps = (
        percent("warn", 75, has_target=False),
        percent("pager", 90, ends_at_ack=True),
        percent("lead", 100, has_target=False),
        overdue("boss", 60),
        overdue("board", 120, has_target=False),
    )
    (state, _) = clocks(f"{MON_10}; Mon 11:00 ack agent", "Mon 17:00")
    found = [(each.step.id, moment(each.at), each.fell_from, each.is_reported) for each in fired(state, steps)]
    # The pager is acknowledged, so warn falls through to lead, and lead to boss; the board has nobody behind it.
    assert found == [
        ("warn", "Mon 13:00", "", True),
        ("lead", "Mon 13:00", "warn", True),
        ("boss", "Mon 13:00", "lead", False),
        ("board", "Mon 16:00", "", True),
    ]


def test_what_is_planned_is_what_will_fire_if_nothing_happens() -> None:
    (state, _) = clocks(FRI_15, "Fri 15:30")
    assert fired(state, LADDER) == ()
    (later, _) = clocks(FRI_15, "Tue2 12:00")
    assert planned(state, LADDER) == fired(later, LADDER) != ()


def test_timers_are_set_for_what_comes_next() -> None:
    (state, _) = clocks("Mon 13:00 created customer", "Mon 16:00")
    # The warning fired at 16:00; due at 17:00, breach at the next opening, l2 and l3 from there.
    assert [moment(each) for each in next_instants(state, LADDER)] == [
        "Mon 17:00",
        "Tue 09:00",
        "Tue 10:00",
        "Tue 13:00",
    ]
    assert [moment(each) for each in next_instants(state)] == ["Mon 17:00", "Tue 09:00"]
    story = "Mon 13:00 created customer; Mon 14:00 status pending; Mon 15:00 reply agent"
    assert [next_instants(each, LADDER) for each in clocks(story, "Mon 16:00")] == [(), ()]


def test_an_overdue_clock_that_is_paused_has_no_timers_until_it_runs() -> None:
    book = Book(policies={"p": policy("p", high="resolution 2h office")}, calendars=BOOK.calendars)
    (state,) = clocks(f"{MON_10}; Mon 12:30 status pending", "Mon 16:00", under="p", book=book)
    assert state.breached_at == at("Mon 12:00")
    assert next_instants(state, LADDER) == ()


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"at_percent": Fraction(1), "overdue": timedelta(1)},
        {"at_percent": Fraction(-1)},
        {"overdue": -timedelta(1)},
    ],
)
def test_a_step_is_at_one_moment_that_is_not_negative(condition: dict[str, Any]) -> None:
    with pytest.raises(SlaError):
        Step(id="x", **condition)

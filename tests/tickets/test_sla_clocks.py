"""Rules R1 to R9 of sla.md as tables: when clocks start, stop, pause and resume, and what is met.

Monday is 2 June 2025; the office is open Monday to Friday from 9 to 17. Under "tam" a High ticket has 4 office hours
to a response and 16 to its resolution (two days), a Critical one 1 and 24 absolute hours and an update every 2 h.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from common.worktime import LocalInterval, NeverOpens, WorkHours
from tests.tickets.sla_stories import BOOK, POLICIES, at, clocks, event, policy, told
from tickets.rules.sla import Book, replay
from tickets.rules.sla_terms import SlaError

MON_10 = "Mon 10:00 created customer"
OURS = "Mon 10:00 created agent"


def only(metric: str, lines: list[str]) -> list[str]:
    """The lines of one metric."""
    return [line for line in lines if line.startswith(f"{metric} ")]


@pytest.mark.parametrize(
    ("events", "line"),
    [
        # 4 h from Mon 10:00 are used up at 14:00.
        ("", "first 1 running due Mon 14:00 used 2:00 of 4:00"),
        ("Mon 11:00 reply agent", "first 1 met due Mon 14:00 stop Mon 11:00 used 1:00 of 4:00"),
        ("Mon 11:00 status solved", "first 1 met due Mon 14:00 stop Mon 11:00 used 1:00 of 4:00"),
        ("Mon 11:00 internal_note", "first 1 running due Mon 14:00 used 2:00 of 4:00"),
        ("Mon 11:00 auto_reply", "first 1 running due Mon 14:00 used 2:00 of 4:00"),
        ("Mon 11:00 assign", "first 1 running due Mon 14:00 used 2:00 of 4:00"),
        ("Mon 11:00 ack agent", "first 1 running due Mon 14:00 used 2:00 of 4:00"),
        ("Mon 11:00 reply customer", "first 1 running due Mon 14:00 used 2:00 of 4:00"),
        # The second reply is no longer a first one.
        ("Mon 11:00 reply agent; Mon 11:30 reply agent", "first 1 met due Mon 14:00 stop Mon 11:00 used 1:00 of 4:00"),
        # R8: reply clocks never pause.
        ("Mon 11:00 status pending", "first 1 running due Mon 14:00 used 2:00 of 4:00"),
    ],
)
def test_r1_first_response_stops_at_our_first_public_reply_or_at_solve(events: str, line: str) -> None:
    assert only("first", told(f"{MON_10}; {events}", "Mon 12:00")) == [line]


def test_r1_a_ticket_that_we_open_has_no_first_response() -> None:
    assert only("first", told(f"{OURS}; Mon 11:00 reply customer", "Mon 12:00")) == []


@pytest.mark.parametrize(
    ("story", "lines"),
    [
        # No next response while the first one is outstanding.
        (f"{MON_10}; Mon 11:00 reply customer", []),
        # From the oldest unanswered message: 4 h from Mon 12:00.
        (
            f"{MON_10}; Mon 11:00 reply agent; Mon 12:00 reply customer; Mon 13:00 reply customer",
            ["next 1 running due Mon 16:00 used 3:00 of 4:00"],
        ),
        # Each answer ends a cycle; each keeps its own verdict. The second one: 10:50 to 14:55 are 4:05.
        (
            f"{MON_10}; Mon 10:10 reply agent; Mon 10:20 reply customer; Mon 10:40 reply agent;"
            "Mon 10:50 reply customer; Mon 14:55 reply agent",
            [
                "next 1 met due Mon 14:20 stop Mon 10:40 used 0:20 of 4:00",
                "next 2 breached due Mon 14:50 stop Mon 14:55 used 4:05 of 4:00",
            ],
        ),
        # Stops at solve.
        (
            f"{MON_10}; Mon 10:10 reply agent; Mon 12:00 reply customer; Mon 12:30 status solved",
            ["next 1 met due Mon 16:00 stop Mon 12:30 used 0:30 of 4:00"],
        ),
        # Opened by us: the first response counts as done.
        (f"{OURS}; Mon 12:00 reply customer", ["next 1 running due Mon 16:00 used 3:00 of 4:00"]),
        # Solved without a word of ours: that counts as the answer, the next message asks anew and reopens.
        (
            f"{MON_10}; Mon 11:00 status solved; Mon 12:00 reply customer",
            ["next 1 running due Mon 16:00 used 3:00 of 4:00"],
        ),
        # Reopened by hand: nobody asked anything.
        (f"{MON_10}; Mon 11:00 status solved; Mon 12:00 status open", []),
        # It does not pause: 12:00 + 4 h although the ticket is pending.
        (
            f"{MON_10}; Mon 10:10 reply agent; Mon 12:00 reply customer; Mon 12:30 status pending",
            ["next 1 running due Mon 16:00 used 3:00 of 4:00"],
        ),
    ],
)
def test_r2_next_response_runs_from_the_oldest_unanswered_message(story: str, lines: list[str]) -> None:
    assert only("next", told(story, "Mon 15:00")) == lines


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        ("", []),
        ("Mon 10:30 reply agent", ["update 1 running due Mon 12:30 used 1:30 of 2:00"]),
        (
            "Mon 10:30 reply agent; Mon 11:00 reply agent",
            [
                "update 1 met due Mon 12:30 stop Mon 11:00 used 0:30 of 2:00",
                "update 2 running due Mon 13:00 used 1:00 of 2:00",
            ],
        ),
        # Paused from 11:00 to 11:45: the due moves from 12:30 to 13:15.
        (
            "Mon 10:30 reply agent; Mon 11:00 status pending; Mon 11:45 status open",
            ["update 1 running due Mon 13:15 used 0:45 of 2:00"],
        ),
        # A reply in pending ends one cycle out of its pause, as if it had run on then: 11:30 + 1:30 left.
        (
            "Mon 10:30 reply agent; Mon 11:00 status pending; Mon 11:30 reply agent",
            ["update 1 met due Mon 13:00 stop Mon 11:30 used 0:30 of 2:00", "update 2 paused used 0:00 of 2:00"],
        ),
        ("Mon 10:30 reply agent; Mon 11:00 status solved", ["update 1 cancelled stop Mon 11:00"]),
        # None on a solved ticket, none by the reopening itself.
        (
            "Mon 10:30 reply agent; Mon 11:00 status solved; Mon 11:10 reply agent; Mon 11:20 status open",
            ["update 1 cancelled stop Mon 11:00"],
        ),
        # The partner's message is no update.
        ("Mon 10:30 reply agent; Mon 11:00 reply customer", ["update 1 running due Mon 12:30 used 1:30 of 2:00"]),
    ],
)
def test_r3_periodic_update_runs_from_reply_to_reply(events: str, lines: list[str]) -> None:
    assert only("update", told(f"{MON_10}; {events}", "Mon 12:00", priority="critical")) == lines


def test_r3_a_late_update_breaches_and_stays_so_when_solved() -> None:
    story = f"{MON_10}; Mon 10:30 reply agent; Mon 13:00 status solved"
    assert only("update", told(story, "Mon 14:00", priority="critical")) == [
        "update 1 breached due Mon 12:30 stop Mon 13:00 used 2:30 of 2:00"
    ]


@pytest.mark.parametrize(
    ("under", "events", "line"),
    [
        ("patient", "", "resolution 1 running due Tue 10:00 used 5:00 of 8:00"),
        ("patient", "Mon 12:00 status on_hold", "resolution 1 paused used 2:00 of 8:00"),
        ("tam", "Mon 12:00 status on_hold", "resolution 1 running due Wed 10:00 used 5:00 of 16:00"),
        ("tam", "Mon 12:00 status pending", "resolution 1 paused used 2:00 of 16:00"),
        ("ready", "Mon 12:00 status pending", "resolution 1 running due Tue 10:00 used 5:00 of 8:00"),
        # From one pausing status into another it stays paused: 10:00 to 11:00 counts.
        ("patient", "Mon 11:00 status pending; Mon 12:00 status on_hold", "resolution 1 paused used 1:00 of 8:00"),
        ("patient", "Mon 11:00 status pending; Mon 12:00 status pending", "resolution 1 paused used 1:00 of 8:00"),
        ("tam", "Mon 12:00 status solved", "resolution 1 met due Wed 10:00 stop Mon 12:00 used 2:00 of 16:00"),
        # Solved out of a pause: at 14:00 there are 14 h left, 3 on Monday, 8 on Tuesday, 3 on Wednesday.
        (
            "tam",
            "Mon 12:00 status pending; Mon 14:00 status solved",
            "resolution 1 met due Wed 12:00 stop Mon 14:00 used 2:00 of 16:00",
        ),
    ],
)
def test_r4_resolution_pauses_where_the_policy_says(under: str, events: str, line: str) -> None:
    assert only("resolution", told(f"{MON_10}; {events}", "Mon 15:00", under=under)) == [line]


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        # 8 h from Mon 09:00 are used up at closing time; the first open instant from then on is Tue 09:00.
        ("Mon 16:59:59", "first 1 met due Mon 17:00 breach Tue 09:00 stop Mon 16:59:59 used 7:59:59 of 8:00"),
        ("Mon 20:00", "first 1 met due Mon 17:00 breach Tue 09:00 stop Mon 20:00 used 8:00 of 8:00"),
        ("Tue 09:00", "first 1 met due Mon 17:00 breach Tue 09:00 stop Tue 09:00 used 8:00 of 8:00"),
        ("Tue 09:00:01", "first 1 breached due Mon 17:00 breach Tue 09:00 stop Tue 09:00:01 used 8:00:01 of 8:00"),
    ],
)
def test_r5_met_if_and_only_if_business_time_used_is_within_the_target(reply: str, line: str) -> None:
    assert told(f"Mon 09:00 created customer; {reply} reply agent", "Wed 09:00", under="first") == [line]


@pytest.mark.parametrize(
    ("asof", "state"),
    [("Mon 17:00", "running"), ("Mon 20:00", "running"), ("Tue 09:00", "running"), ("Tue 09:00:01", "breached")],
)
def test_r5_between_due_and_breach_the_clock_runs(asof: str, state: str) -> None:
    assert [each.state for each in clocks("Mon 09:00 created customer", asof, under="first")] == [state]


@pytest.mark.parametrize(
    ("created", "medium", "low"),
    [
        # One business day, and three: the same local time on the Nth later open date.
        ("Mon 10:00", "due Tue 10:00 used 0:00 of 8:00", "due Thu 10:00 used 0:00 of 24:00"),
        ("Fri 16:00", "due Mon2 16:00 used 0:00 of 8:00", "due Wed2 16:00 used 0:00 of 24:00"),
        # A start outside of business time moves to the next opening, Mon 09:00: used up at closing time.
        ("Fri 18:00", "due Mon2 17:00 breach Tue2 09:00 used 0:00 of 8:00", ""),
        ("Sat 08:00", "due Mon2 17:00 breach Tue2 09:00 used 0:00 of 8:00", ""),
        ("Sun 23:59", "due Mon2 17:00 breach Tue2 09:00 used 0:00 of 8:00", ""),
    ],
)
def test_r6_business_days(created: str, medium: str, low: str) -> None:
    for priority, due in (("medium", medium), ("low", low)):
        if due:
            lines = told(f"{created} created customer", created, priority=priority)
            assert only("first", lines) == [f"first 1 running {due}"]


def test_r6_a_holiday_is_no_later_date() -> None:
    book = Book(policies={"p": policy("p", high="first 1bd tue_closed")}, calendars=BOOK.calendars)
    # The day before a holiday: the day after it, same time.
    assert told(MON_10, "Mon 10:00", under="p", book=book) == ["first 1 running due Wed 10:00 used 0:00 of 8:00"]


def test_r7_a_break_and_a_clock_change_are_in_the_hours() -> None:
    # 4 h from Mon 10:00 with a break from 12 to 13: used up at 15:00.
    assert told(MON_10, "Mon 12:30", under="branch") == ["resolution 1 running due Mon 15:00 used 2:00 of 4:00"]
    # New York, night of 9 March 2025: from 00:00 EST to 05:00 EDT are 4 hours.
    night = (LocalInterval(start=0, end=86_400),)
    york = WorkHours(timezone="America/New_York", weekly=(night,) * 7, holidays=frozenset({date(2025, 3, 8)}))
    book = Book(policies={"p": policy("p", high="first 4h york")}, calendars={"york": york})
    created = event("Mon 10:00 created customer")
    saturday = datetime(2025, 3, 8, 20, tzinfo=UTC)
    (state,) = replay(
        [type(created)(at=saturday, type=created.type, by=created.by)],
        policy="p",
        priority="high",
        book=book,
        asof=saturday,
    )
    assert state.due_at == datetime(2025, 3, 9, 9, tzinfo=UTC)


def test_r7_seconds_and_fractions_are_never_truncated() -> None:
    # 90 s, and a quarter of an office hour from one second before nine.
    assert told("Mon 08:59:59 created customer", "Mon 09:00:02", under="odd") == [
        "first 1 running due Mon 09:01:29 used 0:00:03 of 0:01:30",
        "resolution 1 running due Mon 09:15 used 0:00:02 of 0:15",
    ]
    start = at("Mon 10:00") + timedelta(microseconds=250_000)
    created = event(MON_10)
    (first, _) = replay(
        [type(created)(at=start, type=created.type, by=created.by)],
        policy="odd",
        priority="high",
        book=BOOK,
        asof=at("Mon 10:01"),
    )
    assert first.elapsed == timedelta(seconds=59, microseconds=750_000)


def test_a_zero_target_is_used_up_at_once_and_broken_by_the_first_open_second() -> None:
    night = "Mon 20:00 created customer"
    # R6 moves the start of no business days to the next opening; R5 leaves no seconds where they are.
    due = ["first 1 running due Mon 20:00 breach Tue 09:00 used 0:00 of 0:00"]
    due += ["resolution 1 running due Tue 09:00 used 0:00 of 0:00"]
    assert told(night, "Tue 09:00", under="odd", priority="zero") == due
    assert {each.state for each in clocks(night, "Tue 09:00:01", under="odd", priority="zero")} == {"breached"}


@pytest.mark.parametrize(
    ("events", "line"),
    [
        # 2 h used, 14 left; resumed Tue 09:00: 8 on Tuesday, 6 on Wednesday.
        ("Mon 12:00 status pending; Mon 22:00 status open", "running due Wed 15:00 used 10:00 of 16:00"),
        # The partner's message reopens and resumes in the same second.
        ("Mon 12:00 status pending; Mon 13:00 reply customer", "running due Wed 11:00 used 14:00 of 16:00"),
        ("Mon 12:00 status pending; Mon 12:00 reply customer", "running due Wed 10:00 used 15:00 of 16:00"),
        # Our reply does not.
        ("Mon 12:00 status pending; Mon 13:00 reply agent", "paused used 2:00 of 16:00"),
    ],
)
def test_r8_a_pause_freezes_the_clock_at_that_second(events: str, line: str) -> None:
    assert only("resolution", told(f"{MON_10}; {events}", "Tue 17:00")) == [f"resolution 1 {line}"]


@pytest.mark.parametrize(
    ("events", "asof", "line"),
    [
        # Breached Mon 12:00, paused 13:00: still breached, frozen at 3 h.
        ("Mon 13:00 status pending", "Mon 15:00", "breached due Mon 12:00 used 3:00 of 2:00"),
        # Paused at the second of the due: nothing is broken until it runs again at an open instant.
        ("Mon 12:00 status pending", "Mon 15:00", "paused used 2:00 of 2:00"),
        (
            "Mon 12:00 status pending; Mon 18:00 status open",
            "Tue 09:00",
            "running due Mon 12:00 breach Tue 09:00 used 2:00 of 2:00",
        ),
        (
            "Mon 12:00 status pending; Mon 18:00 status open; Tue 09:00 status solved",
            "Wed 09:00",
            "met due Mon 12:00 breach Tue 09:00 stop Tue 09:00 used 2:00 of 2:00",
        ),
    ],
)
def test_r8_a_pause_neither_heals_nor_breaks(events: str, asof: str, line: str) -> None:
    assert told(f"{MON_10}; {events}", asof, under="solve") == [f"resolution 1 {line}"]


@pytest.mark.parametrize(
    ("events", "line"),
    [
        # 2 h used when solved; solved for 1 h; 14 h left at Mon 13:00: 4, 8 and 2 on Wednesday.
        ("Mon 12:00 status solved; Mon 13:00 reply customer", "running due Wed 11:00 used 14:00 of 16:00"),
        ("Mon 12:00 status solved; Mon 13:00 status on_hold", "running due Wed 11:00 used 14:00 of 16:00"),
        ("Mon 12:00 status solved; Mon 13:00 status pending", "paused used 2:00 of 16:00"),
        ("Mon 12:00 status solved; Mon 13:00 status solved", "met due Wed 10:00 stop Mon 12:00 used 2:00 of 16:00"),
        # Pending, then solved, then pending again: only Mon 10 to 11 counts.
        (
            "Mon 11:00 status pending; Mon 12:00 status solved; Mon 13:00 status pending",
            "paused used 1:00 of 16:00",
        ),
        # Solved twice: 2 h and 1 h used; 14 h left at 13:00 put the due at Wed 11:00.
        (
            "Mon 12:00 status solved; Mon 13:00 status open; Mon 14:00 status solved",
            "met due Wed 11:00 stop Mon 14:00 used 3:00 of 16:00",
        ),
        # Our message on a solved ticket reopens nothing; a closed one cannot be reopened.
        ("Mon 12:00 status solved; Mon 13:00 reply agent", "met due Wed 10:00 stop Mon 12:00 used 2:00 of 16:00"),
        (
            "Mon 12:00 status solved; Mon 13:00 status closed; Mon 14:00 reply customer",
            "met due Wed 10:00 stop Mon 12:00 used 2:00 of 16:00",
        ),
    ],
)
def test_r9_a_reopened_resolution_resumes_with_what_was_left(events: str, line: str) -> None:
    assert only("resolution", told(f"{MON_10}; {events}", "Tue 17:00")) == [f"resolution 1 {line}"]


def test_r9_an_old_breach_stays_through_the_reopening() -> None:
    story = f"{MON_10}; Mon 13:00 status solved; Mon 14:00 reply customer"
    # Due 12:00; 3 h until solved, 1 h from 14:00 to 15:00.
    assert told(story, "Mon 15:00", under="solve") == ["resolution 1 breached due Mon 12:00 used 4:00 of 2:00"]


def test_clocks_are_listed_in_order_of_creation() -> None:
    story = f"{MON_10}; Mon 10:20 reply agent; Mon 10:30 reply customer; Mon 10:40 reply agent"
    metrics = [(each.metric, each.cycle) for each in clocks(story, "Mon 11:00", priority="critical")]
    assert metrics == [
        ("first_response", 1),
        ("resolution", 1),
        ("periodic_update", 1),
        ("next_response", 1),
        ("periodic_update", 2),
    ]


def test_a_calendar_that_never_opens_is_an_error_and_not_a_date() -> None:
    with pytest.raises(NeverOpens, match="too little open time"):
        clocks(MON_10, "Mon 10:00", under="never")


def test_what_is_not_in_the_book_is_named() -> None:
    with pytest.raises(SlaError, match='no policy "gold"'):
        clocks(MON_10, "Mon 10:00", under="gold")
    with pytest.raises(SlaError, match='no policy "gold"'):
        clocks(f"{MON_10}; Mon 11:00 policy gold", "Mon 12:00")
    with pytest.raises(SlaError, match='no calendar "moon"'):
        clocks(f"{MON_10}; Mon 11:00 calendar moon office", "Mon 12:00")
    with pytest.raises(SlaError, match='no calendar "office"'):
        Book(policies={each.name: each for each in POLICIES}, calendars={})
    with pytest.raises(SlaError, match="not in order of time at 2025-06-02T10:00:00Z"):
        clocks("Mon 11:00 created customer; Mon 10:00 reply agent", "Mon 12:00")
    with pytest.raises(SlaError, match="business days must be whole"):
        policy("half", high="first 0.5bd office")

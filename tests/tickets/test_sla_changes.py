"""Rules R10 to R15 of sla.md as tables: changed terms, calendar versions, lost and late targets, merges.

Monday is 2 June 2025; the office is open Monday to Friday from 9 to 17.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.tickets.sla_stories import at, clocks, told

MON_10 = "Mon 10:00 created customer"


def only(metric: str, lines: list[str]) -> list[str]:
    """The lines of one metric."""
    return [line for line in lines if line.startswith(f"{metric} ")]


@pytest.mark.parametrize(
    ("priority", "events", "asof", "line"),
    [
        # Later: 3 business days from the original start.
        ("high", "Mon 13:00 priority low", "Mon 15:00", "running due Thu 10:00 used 5:00 of 24:00"),
        # Earlier, and from the change still earlier than the old due: 1 h from Tue 12:00, counted from there.
        ("low", "Tue 12:00 priority critical", "Tue 12:30", "running due Tue 13:00 used 0:30 of 1:00"),
        # Earlier from the start, but 1 h from 13:30 is later than 14:00: the old terms stay.
        ("high", "Mon 13:30 priority critical", "Mon 13:45", "running due Mon 14:00 used 3:45 of 4:00"),
        # Equal to the old due is not earlier: 1 h from 13:00 is 14:00.
        ("high", "Mon 13:00 priority critical", "Mon 13:30", "running due Mon 14:00 used 3:30 of 4:00"),
        # High from Tue 12:00: 4 office hours to Tue 16:00, before Low's Thu 10:00.
        ("low", "Tue 12:00 priority high", "Tue 13:00", "running due Tue 16:00 used 1:00 of 4:00"),
        # Medium from Mon 18:00: R6 starts again at its origin, which moves to Tue 09:00; used up Tue 17:00.
        ("low", "Mon 18:00 priority medium", "Tue 10:00", "running due Tue 17:00 breach Wed 09:00 used 1:00 of 8:00"),
        # Up and down again: from the start, Low's due is later than the raised one.
        (
            "low",
            "Tue 12:00 priority critical; Tue 12:30 priority low",
            "Tue 12:40",
            "running due Thu 10:00 used 10:40 of 24:00",
        ),
        # Both attributes of one save: High of "none" between them would cancel, in either order.
        (
            "high",
            "Mon 11:00 priority low; Mon 11:00 policy first",
            "Mon 12:00",
            "running due Tue 10:00 used 2:00 of 24:00",
        ),
        (
            "high",
            "Mon 11:00 policy none; Mon 11:00 status on_hold; Mon 11:00 policy first",
            "Mon 12:00",
            "running due Tue 10:00 used 2:00 of 8:00",
        ),
        # The same target is no change, under another policy too.
        ("high", "Mon 11:00 policy strict", "Mon 12:00", "running due Mon 14:00 used 2:00 of 4:00"),
        # Breached at 11:00: nothing moves it. And stopped: nothing moves it.
        ("critical", "Mon 11:30 priority low", "Mon 12:00", "breached due Mon 11:00 used 2:00 of 1:00"),
        (
            "high",
            "Mon 11:00 reply agent; Mon 12:00 priority low",
            "Mon 13:00",
            "met due Mon 14:00 stop Mon 11:00 used 1:00 of 4:00",
        ),
        # At the breach instant itself it is not breached yet: lowering saves it.
        ("critical", "Mon 11:00 priority low", "Mon 12:00", "running due Thu 10:00 used 2:00 of 24:00"),
    ],
)
def test_r10_raising_never_breaches_in_hindsight_and_never_loosens(
    priority: str, events: str, asof: str, line: str
) -> None:
    assert only("first", told(f"{MON_10}; {events}", asof, priority=priority)) == [f"first 1 {line}"]


@pytest.mark.parametrize(
    ("priority", "events", "asof", "line"),
    [
        # From the start, 1 h was used up Mon 11:00: both instants become the change. Used since Mon 10:00: 26:10.
        ("low", "Tue 12:00 priority critical", "Tue 12:10", "breached due Tue 12:00 used 26:10 of 1:00"),
        ("low", "Tue 12:00 priority critical", "Tue 12:00", "running due Tue 12:00 used 26:00 of 1:00"),
        # From the start there is time left: 11:00 is later than 10:30.
        ("high", "Mon 10:30 priority critical", "Mon 10:40", "running due Mon 11:00 used 0:40 of 1:00"),
        # 4 office hours were used up at 14:00, before 18:00.
        ("low", "Mon 18:00 priority high", "Tue 09:01", "breached due Mon 18:00 used 7:01 of 4:00"),
    ],
)
def test_r10_from_start_takes_the_recomputed_terms(priority: str, events: str, asof: str, line: str) -> None:
    assert only("first", told(f"{MON_10}; {events}", asof, priority=priority, under="strict")) == [f"first 1 {line}"]


def test_r10_an_equal_due_is_taken() -> None:
    # 8 office hours and 24 absolute ones from Mon 10:00 both end Tue 10:00.
    story = f"{MON_10}; Mon 11:00 priority low"
    assert told(story, "Mon 12:00", under="first") == ["first 1 running due Tue 10:00 used 2:00 of 24:00"]


def test_r10_the_same_target_is_no_change_even_where_the_policy_counts_from_the_start() -> None:
    # Raised on Tuesday, 1 h from there; "strict" promises the same, so nothing is recomputed from Monday.
    story = f"{MON_10}; Tue 12:00 priority critical; Tue 12:20 policy strict"
    assert only("first", told(story, "Tue 12:30", priority="low")) == [
        "first 1 running due Tue 13:00 used 0:30 of 1:00"
    ]


def test_r10_from_start_moves_only_what_has_passed() -> None:
    # 8 h from Mon 09:00 are used up at 17:00; raised at 18:00, the breach is still to come.
    story = "Mon 09:00 created customer; Mon 18:00 priority medium"
    assert only("first", told(story, "Mon 19:00", priority="low", under="strict")) == [
        "first 1 running due Mon 18:00 breach Tue 09:00 used 8:00 of 8:00"
    ]


@pytest.mark.parametrize(
    ("priority", "events", "asof", "line"),
    [
        # Under "solve": High 2 h, Low 8 h in the office. Paused at 11:00 with 1 h used. At 13:00, Low would be due at
        # Tue 12:00, High recomputed at 14:00, before it; from the change 15:00: taken, nothing used since.
        ("low", "Mon 11:00 status pending; Mon 13:00 priority high", "Mon 14:00", "paused used 0:00 of 2:00"),
        (
            "low",
            "Mon 11:00 status pending; Mon 13:00 priority high; Mon 14:00 status open",
            "Mon 15:00",
            "running due Mon 16:00 used 1:00 of 2:00",
        ),
        # Lowered while paused: 7 h are left when it resumes at 14:00: 3 today, 4 tomorrow.
        (
            "high",
            "Mon 11:00 status pending; Mon 13:00 priority low; Mon 14:00 status open",
            "Mon 15:00",
            "running due Tue 13:00 used 2:00 of 8:00",
        ),
        # 2 h absolute against 1 office hour left, at 16:30: resumed now the old due is Tue 09:30, from the change it is
        # 18:30 today, recomputed 17:30 today.
        (
            "high",
            "Mon 11:00 status pending; Mon 16:30 priority all_day; Mon 20:00 status open",
            "Mon 21:00",
            "running due Mon 22:00 used 1:00 of 2:00",
        ),
    ],
)
def test_r10_a_paused_clock_compares_as_if_it_resumed_now(priority: str, events: str, asof: str, line: str) -> None:
    assert told(f"{MON_10}; {events}", asof, priority=priority, under="solve") == [f"resolution 1 {line}"]


def test_r10_from_the_change_the_new_policy_says_what_pauses() -> None:
    # On hold since 11:00, which "patient" pauses on. Its 8 h from 13:00 end Tue 13:00, before the old Wed 10:00.
    story = f"{MON_10}; Mon 11:00 status on_hold; Mon 13:00 policy patient"
    assert only("resolution", told(story, "Mon 15:00"))[0] == "resolution 1 paused used 0:00 of 8:00"
    # And "ready" does not pause on pending: it runs on from the change.
    story = f"{MON_10}; Mon 11:00 status pending; Mon 13:00 policy ready"
    assert told(story, "Mon 14:00", under="patient") == ["resolution 1 running due Tue 12:00 used 2:00 of 8:00"]


@pytest.mark.parametrize(
    ("events", "line"),
    [
        # Lowered while solved: it resumes under its own terms, 14 h left at 13:00.
        ("Mon 12:30 priority low; Mon 13:00 status open", "running due Wed 11:00 used 4:00 of 16:00"),
        ("Mon 12:30 priority low", "met due Wed 10:00 stop Mon 12:00 used 2:00 of 16:00"),
        # A target that is gone at the reopening cancels then; one that came back in between does not.
        ("Mon 12:30 policy none; Mon 13:00 status open", "cancelled stop Mon 13:00"),
        ("Mon 12:30 policy none", "met due Wed 10:00 stop Mon 12:00 used 2:00 of 16:00"),
        (
            "Mon 12:30 policy none; Mon 12:40 policy tam; Mon 13:00 status open",
            "running due Wed 11:00 used 4:00 of 16:00",
        ),
        # A holiday announced while it is stopped moves it when it runs again, not before.
        (
            "Mon 12:30 calendar office tue_closed; Mon 13:00 status open",
            "running due Thu 11:00 used 4:00 of 16:00",
        ),
        ("Mon 12:30 calendar office tue_closed", "met due Wed 10:00 stop Mon 12:00 used 2:00 of 16:00"),
    ],
)
def test_r11_a_stopped_clock_is_never_recomputed(events: str, line: str) -> None:
    story = f"{MON_10}; Mon 12:00 status solved; {events}"
    assert only("resolution", told(story, "Mon 15:00")) == [f"resolution 1 {line}"]


@pytest.mark.parametrize(
    ("story", "asof", "line"),
    [
        # A holiday on Tuesday, known on Monday: 1 h today, 3 on Wednesday.
        (
            "Mon 16:00 created customer; Mon 16:30 calendar office tue_closed Tue 00:00",
            "Mon 16:40",
            "running due Wed 12:00 used 0:40 of 4:00",
        ),
        # Known only after it: the time that has passed counted.
        (
            "Mon 16:00 created customer; Tue 11:00 calendar office tue_closed Tue 00:00",
            "Tue 11:00",
            "running due Wed 10:00 used 3:00 of 4:00",
        ),
        # Longer hours from tomorrow: today ends at 17. 2 h today, 2 tomorrow.
        (
            "Mon 15:00 created customer; Mon 16:00 calendar office long Tue 00:00",
            "Mon 19:00",
            "running due Tue 11:00 used 2:00 of 4:00",
        ),
        # From now on, without an instant: 15 to 17 and, from 16:00 on, until 20.
        (
            "Mon 15:00 created customer; Mon 16:00 calendar office long",
            "Mon 18:00",
            "running due Mon 19:00 used 3:00 of 4:00",
        ),
        # A later version that was announced earlier still comes into force.
        (
            "Mon 16:00 created customer; Mon 16:00 calendar office tue_closed Wed 00:00;"
            "Mon 16:10 calendar office long Tue 00:00",
            "Tue 10:00",
            "running due Tue 12:00 used 2:00 of 4:00",
        ),
        # Two for the same instant: the one announced last.
        (
            "Mon 16:00 created customer; Mon 16:00 calendar office long Tue 00:00;"
            "Mon 16:10 calendar office tue_closed Tue 00:00",
            "Tue 10:00",
            "running due Wed 12:00 used 1:00 of 4:00",
        ),
        # Another calendar's version changes nothing.
        (
            "Mon 16:00 created customer; Mon 16:10 calendar long tue_closed Tue 00:00",
            "Tue 10:00",
            "running due Tue 12:00 used 2:00 of 4:00",
        ),
        # A breach before the announcement stays what it was.
        (
            "Mon 10:00 created customer; Mon 15:00 calendar office tue_closed Mon 00:00",
            "Mon 16:00",
            "breached due Mon 14:00 used 6:00 of 4:00",
        ),
    ],
)
def test_r12_each_moment_counts_under_the_version_then_in_force(story: str, asof: str, line: str) -> None:
    assert only("first", told(story, asof)) == [f"first 1 {line}"]


def test_r12_business_days_over_a_version_to_come() -> None:
    # Raised to Medium at Mon 12:00 with Tuesday closed by then: the next later open date is Wednesday.
    story = f"{MON_10}; Mon 11:00 calendar office tue_closed Tue 00:00; Mon 12:00 priority medium"
    assert only("first", told(story, "Mon 12:00", priority="low")) == [
        "first 1 running due Wed 12:00 used 0:00 of 8:00"
    ]
    # Taken before it is known, the day is plain duration: 7 h today, 1 h on Wednesday.
    story = f"{MON_10}; Mon 12:00 calendar office tue_closed Tue 00:00"
    assert only("first", told(story, "Mon 12:00", priority="medium")) == [
        "first 1 running due Wed 10:00 used 2:00 of 8:00"
    ]


@pytest.mark.parametrize(
    ("under", "story", "asof", "lines"),
    [
        (
            "tam",
            f"{MON_10}; Mon 11:00 priority nothing",
            "Mon 12:00",
            ["first 1 cancelled stop Mon 11:00", "resolution 1 cancelled stop Mon 11:00"],
        ),
        # It comes again: a new cycle, from the original start, as time is left.
        (
            "tam",
            f"{MON_10}; Mon 11:00 priority nothing; Mon 12:00 priority high",
            "Mon 13:00",
            [
                "first 1 cancelled stop Mon 11:00",
                "resolution 1 cancelled stop Mon 11:00",
                "first 2 running due Mon 14:00 used 3:00 of 4:00",
                "resolution 2 running due Wed 10:00 used 3:00 of 16:00",
            ],
        ),
        # None is left at 14:00: from now, 3 h today, 1 tomorrow. The resolution has time.
        (
            "none",
            f"{MON_10}; Mon 14:00 policy tam",
            "Mon 15:00",
            [
                "first 1 running due Tue 10:00 used 1:00 of 4:00",
                "resolution 1 running due Wed 10:00 used 5:00 of 16:00",
            ],
        ),
        # The answer was given when nobody had promised it; pending time is a pause by the policy that arrives.
        (
            "none",
            f"{MON_10}; Mon 11:00 reply agent; Mon 11:00 status pending; Mon 13:00 status open; Mon 14:00 policy tam",
            "Mon 15:00",
            ["resolution 1 running due Wed 12:00 used 3:00 of 16:00"],
        ),
        # Arriving on a solved ticket: its clock comes with the reopening, solved time left out.
        ("none", f"{MON_10}; Mon 11:00 status solved; Mon 12:00 policy tam", "Mon 15:00", []),
        (
            "none",
            f"{MON_10}; Mon 11:00 status solved; Mon 12:00 policy tam; Mon 13:00 status open",
            "Mon 15:00",
            ["resolution 1 running due Wed 12:00 used 3:00 of 16:00"],
        ),
        # A breach survives the loss of its target, and is settled by it.
        (
            "first",
            "Mon 09:00 created customer; Tue 10:00 policy none; Tue 11:00 policy first; Tue 12:00 reply agent",
            "Tue 13:00",
            ["first 1 breached due Mon 17:00 breach Tue 09:00 stop Tue 10:00 used 9:00 of 8:00"],
        ),
    ],
)
def test_r13_lost_and_late_targets(under: str, story: str, asof: str, lines: list[str]) -> None:
    assert told(story, asof, under=under) == lines


def test_r13_an_update_promise_arrives_with_the_raise() -> None:
    # Our last word was at 11:00; 2 h from there are left at 12:00, and used up at 14:00.
    story = f"{MON_10}; Mon 11:00 reply agent"
    assert only("update", told(f"{story}; Mon 12:00 priority critical", "Mon 12:30")) == [
        "update 1 running due Mon 13:00 used 1:30 of 2:00"
    ]
    assert only("update", told(f"{story}; Mon 14:00 priority critical", "Mon 14:30")) == [
        "update 1 running due Mon 16:00 used 0:30 of 2:00"
    ]


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        (
            "Mon 11:00 merged_into",
            ["first 1 cancelled stop Mon 11:00", "resolution 1 cancelled stop Mon 11:00"],
        ),
        # What had been broken stays; what had been met too.
        (
            "Mon 15:00 merged_into",
            [
                "first 1 breached due Mon 14:00 stop Mon 15:00 used 5:00 of 4:00",
                "resolution 1 cancelled stop Mon 15:00",
            ],
        ),
        (
            "Mon 11:00 status solved; Mon 12:00 merged_into",
            [
                "first 1 met due Mon 14:00 stop Mon 11:00 used 1:00 of 4:00",
                "resolution 1 met due Wed 10:00 stop Mon 11:00 used 1:00 of 16:00",
            ],
        ),
        # A paused clock is cancelled as well; nothing happens to a merged ticket.
        (
            "Mon 10:30 reply agent; Mon 11:00 status pending; Mon 12:00 merged_into; Mon 12:30 status open;"
            "Mon 13:00 reply customer; Mon 13:00 priority critical; Mon 13:30 reply agent; Mon 14:00 status solved",
            ["first 1 met due Mon 14:00 stop Mon 10:30 used 0:30 of 4:00", "resolution 1 cancelled stop Mon 12:00"],
        ),
    ],
)
def test_r14_a_merge_cancels_what_runs_and_keeps_what_was(events: str, lines: list[str]) -> None:
    assert told(f"{MON_10}; {events}", "Tue 12:00") == lines


def test_r15_events_after_the_look_have_not_happened() -> None:
    story = f"{MON_10}; Mon 11:00 reply agent; Mon 11:30 status pending; Mon 12:00 merged_into"
    assert told(story, "Mon 09:59") == []
    assert told(story, "Mon 10:30")[0] == "first 1 running due Mon 14:00 used 0:30 of 4:00"
    assert told(story, "Mon 11:30")[1] == "resolution 1 paused used 1:30 of 16:00"


def test_r15_elapsed_grows_with_the_look_and_verdicts_stay() -> None:
    story = f"{MON_10}; Mon 11:00 status pending; Mon 12:00 status open; Tue 10:00 priority critical"
    looks = [clocks(story, f"{day} {hour:02}:00", priority="low") for day in ("Mon", "Tue") for hour in range(10, 24)]
    for earlier, later in pairwise(looks):
        for before, after in zip(earlier, later, strict=True):
            assert before.state != "breached" or after.breached_at == before.breached_at
            assert before.terms != after.terms or before.elapsed <= after.elapsed
    assert looks[-1][0].breached_at == at("Tue 11:00")

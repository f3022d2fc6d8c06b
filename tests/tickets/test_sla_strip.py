"""A clock as a strip (sla.md): counted, closed, holiday, paused, each with its rule and calendar version."""

from __future__ import annotations

from datetime import timedelta

from tests.tickets.sla_stories import METRICS, clocks, moment
from tickets.rules.sla_strip import Kind, strip

HOUR = timedelta(hours=1)


def told(story: str, asof: str, metric: str = "resolution", under: str = "tam", priority: str = "high") -> list[str]:
    """The strip of one clock, a stretch on each line; it covers its time without a gap and counts what elapsed."""
    (state,) = (each for each in clocks(story, asof, under=under, priority=priority) if each.metric is METRICS[metric])
    stretches = strip(state)
    counted = sum((each.length for each in stretches if each.kind is Kind.COUNTED), timedelta(0))
    assert counted == state.elapsed
    edges = [each.start for each in stretches] + [state.stopped_at or state.asof]
    assert edges == [state.started_at] + [each.end for each in stretches]
    return [
        f"{moment(each.start)} {each.kind} {each.rule} {each.version}".strip()
        + f" {each.length // timedelta(hours=1)}h"
        for each in stretches
    ]


def test_open_hours_count_and_nights_do_not() -> None:
    assert told("Mon 16:00 created customer", "Tue 10:00") == [
        "Mon 16:00 counted R5 office 1h",
        "Mon 17:00 closed R7 office 16h",
        "Tue 09:00 counted R5 office 1h",
    ]


def test_a_break_is_closed_time_and_absolute_time_is_never_closed() -> None:
    assert told("Mon 11:00 created customer", "Mon 14:00", under="branch") == [
        "Mon 11:00 counted R5 branch 1h",
        "Mon 12:00 closed R7 branch 1h",
        "Mon 13:00 counted R5 branch 1h",
    ]
    assert told("Fri 16:00 created customer", "Mon2 16:00", priority="critical") == ["Fri 16:00 counted R5 24x7 72h"]


def test_a_holiday_is_named_on_its_own_date_under_the_version_that_makes_it_one() -> None:
    story = "Mon 16:00 created customer; Mon 16:30 calendar office tue_closed Tue 00:00"
    assert told(story, "Wed 10:00") == [
        "Mon 16:00 counted R12 office 1h",
        "Mon 17:00 closed R7 office 7h",
        "Tue 00:00 holiday R7 tue_closed 24h",
        "Wed 00:00 closed R7 tue_closed 9h",
        "Wed 09:00 counted R12 tue_closed 1h",
    ]


def test_pauses_and_solved_time_are_told_apart() -> None:
    story = (
        "Mon 09:00 created customer; Mon 10:00 status pending; Mon 12:00 status solved; Mon 14:00 reply customer;"
        "Mon 16:00 status solved"
    )
    assert told(story, "Wed 12:00") == [
        "Mon 09:00 counted R5 office 1h",
        "Mon 10:00 paused R8 2h",
        "Mon 12:00 paused R9 2h",
        "Mon 14:00 counted R5 office 2h",
    ]


def test_a_pause_that_lasts_runs_to_the_end() -> None:
    assert told("Mon 09:00 created customer; Mon 10:00 status pending", "Tue 10:00") == [
        "Mon 09:00 counted R5 office 1h",
        "Mon 10:00 paused R8 24h",
    ]


def test_time_before_a_raise_does_not_count_under_its_terms() -> None:
    story = "Mon 10:00 created customer; Tue 12:00 priority critical"
    assert told(story, "Tue 14:00", "first", priority="low") == [
        "Mon 10:00 before_terms R10 26h",
        "Tue 12:00 counted R5 24x7 2h",
    ]

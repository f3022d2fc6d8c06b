"""Random replay files for the oracle: short in time, on a grid of minutes, near the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

Json = dict[str, Any]
Draw = Any

# (zone, a day near which its clocks change)
PLACES = [
    ("Europe/Berlin", date(2025, 3, 30)),
    ("Europe/Berlin", date(2025, 10, 26)),
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2025, 11, 2)),
    ("Australia/Lord_Howe", date(2025, 4, 6)),
    ("Australia/Lord_Howe", date(2025, 10, 5)),
    ("America/Santiago", date(2025, 9, 7)),
    ("America/Santiago", date(2025, 4, 6)),
    ("Asia/Kolkata", date(2025, 6, 4)),
    ("Pacific/Chatham", date(2025, 9, 28)),
    ("Asia/Tokyo", date(2025, 12, 31)),
]
DAY_HOURS = [
    [["09:00", "17:00"]],
    [["08:30", "12:00"], ["13:00", "17:15"]],
    [["00:00", "03:30"], ["22:00", "24:00"]],
    [["08:00", "12:00"], ["11:00", "15:00"]],
    [["01:15", "02:45"], ["10:00", "12:00"]],
    [["00:00", "24:00"]],
    [["10:00", "11:00"]],
]
BREAKS = [[["12:00", "13:00"]], [["09:30", "10:15"], ["10:00", "11:00"]], [["00:00", "12:00"]], [["16:00", "24:00"]]]
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
METRICS = ["first_response", "next_response", "periodic_update", "resolution"]
PRIORITIES = ["low", "high", "other"]
STATUSES = ["open", "pending", "on_hold", "solved"]
GAPS = [0, 0, 0, 1, 7, 30, 60, 61, 120, 240, 480, 615, 960, 1440]


def near(day: date, offsets: tuple[int, ...] = (-2, -1, 0, 1, 2, 3, 4)) -> Draw:
    """A date near this one, as JSON writes it."""
    return st.sampled_from(offsets).map(lambda days: (day + timedelta(days=days)).isoformat())


@st.composite
def calendars(draw: Draw, zone: str, day: date) -> Json:
    """Opening hours of a zone, with something special near a day."""
    usual = draw(st.sampled_from(DAY_HOURS))
    weekly = dict.fromkeys(WEEKDAYS if draw(st.booleans()) else WEEKDAYS[:5], usual)
    if draw(st.booleans()):
        weekly[draw(st.sampled_from(WEEKDAYS))] = draw(st.sampled_from(DAY_HOURS))
    return {
        "timezone": zone,
        "weekly": weekly,
        "holidays": draw(st.lists(near(day), max_size=2, unique=True)),
        "breaks": draw(st.dictionaries(near(day), st.sampled_from(BREAKS), max_size=2)),
        "shifts": draw(st.dictionaries(near(day), st.sampled_from([*DAY_HOURS, []]), max_size=2)),
    }


def targets() -> Draw:
    """A promise: short in business time, so that a case stays short."""
    clocks = st.sampled_from(["main", "main", "far", "24x7"])
    lengths = st.one_of(
        st.tuples(st.sampled_from([2, 30, 60, 90, 240]), st.just("minutes")),
        st.tuples(st.sampled_from([0.5, 1, 2, 4, 8, 12]), st.just("hours")),
        st.tuples(st.sampled_from([1, 2]), st.just("business_days")),
    )
    return st.tuples(lengths, clocks).map(
        lambda drawn: {
            "amount": drawn[0][0],
            "unit": drawn[0][1],
            "clock": "main" if drawn[0][1] == "business_days" and drawn[1] == "24x7" else drawn[1],
        }
    )


@st.composite
def policies(draw: Draw) -> Json:
    """Targets at two or three priorities, each metric mostly there."""
    promised: Json = {}
    for priority in draw(st.sampled_from([PRIORITIES[:2], PRIORITIES])):
        metrics = [metric for metric in METRICS if draw(st.integers(0, 5)) < 5]
        promised[priority] = {metric: draw(targets()) for metric in metrics}
    statuses = st.sampled_from([["pending"], ["pending"], ["pending", "on_hold"], []])
    return {
        "targets": promised,
        "pause_on": {metric: draw(statuses) for metric in METRICS if draw(st.integers(0, 3)) < 3},
        "on_tighten": draw(st.sampled_from(["from_change", "from_change", "from_start"])),
    }


@st.composite
def events(draw: Draw, at: datetime) -> Json:
    """Something that happens to a ticket."""
    kinds = ["public_reply"] * 6 + ["status"] * 6 + ["priority", "policy"] * 3
    kind = draw(st.sampled_from([*kinds, "calendar_version", "internal_note", "auto_reply", "ack"]))
    event: Json = {"at": written(draw, at), "type": kind}
    if kind == "public_reply":
        event["by"] = draw(st.sampled_from(["customer", "agent"]))
    elif kind == "status":
        event["to"] = draw(st.sampled_from(STATUSES))
    elif kind == "priority":
        event["to"] = draw(st.sampled_from(["high", "high", "low", "low", "other"]))
    elif kind == "policy":
        event["to"] = draw(st.sampled_from(["two", "two", "one", "one", "none"]))
    elif kind == "calendar_version":
        ahead = draw(st.sampled_from([0, 60, 600, 1440, 2880]))
        event |= {"calendar": "main", "to": draw(st.sampled_from(["newer", "newest"]))}
        event["effective"] = written(draw, at + timedelta(minutes=ahead))
    return event


def written(draw: Draw, at: datetime) -> str:
    """The instant at some offset."""
    zone = draw(st.sampled_from(["UTC", "America/New_York", "Asia/Kolkata"]))
    return at.astimezone(ZoneInfo(zone)).isoformat()


@st.composite
def happenings(draw: Draw, day: date) -> tuple[list[Json], str]:
    """(events, asof)."""
    minutes = st.one_of(st.sampled_from([0, 540, 600, 1020]), st.integers(0, 4 * 1440 - 1))
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=draw(minutes) - 2 * 1440)
    created = {"at": written(draw, at), "type": "created"}
    happened = [created | {"by": draw(st.sampled_from(["customer", "customer", "customer", "agent"]))}]
    for _ in range(draw(st.integers(0, 11))):
        at += timedelta(minutes=draw(st.sampled_from(GAPS)))
        happened.append(draw(events(at)))
    if draw(st.integers(0, 7)) == 7:
        happened.append({"at": written(draw, at), "type": "merged_into"})
    start = datetime.fromisoformat(happened[0]["at"])
    length = int((at - start).total_seconds() // 60) + 1500
    offset = draw(st.one_of(st.integers(0, length), st.integers(length - 1500, length), st.just(length - 1500)))
    return happened, written(draw, start + timedelta(minutes=offset))


@st.composite
def documents(draw: Draw) -> Json:
    """A replay file with one case, and one escalation case of the same story."""
    zone, day = draw(st.sampled_from(PLACES))
    elsewhere, _ = draw(st.sampled_from(PLACES))
    happened, asof = draw(happenings(day))
    story = {
        "policy": draw(st.sampled_from(["one"] * 5 + ["none"])),
        "priority": draw(st.sampled_from(["low"] * 5 + ["other"])),
        "events": happened,
        "asof": asof,
    }
    return {
        "meta": {"title": "random"},
        "calendars": {
            "main": draw(calendars(zone, day)),
            "newer": draw(calendars(zone, day)),
            "newest": draw(calendars(zone, day)),
            "far": draw(calendars(elsewhere, day)),
        },
        "policies": {
            "one": draw(policies()),
            "two": draw(policies()),
            "none": {"targets": {}, "pause_on": {}, "on_tighten": "from_change"},
        },
        "cases": [{"id": "random", **story}],
        "escalation_cases": [
            {"id": "random", "metric": draw(st.sampled_from(METRICS)), "steps": draw(ladders()), **story}
        ],
    }


@st.composite
def ladders(draw: Draw) -> list[Json]:
    """Escalation steps in the order in which they fall due."""
    shares = draw(st.lists(st.sampled_from([0, 25, 50, 75, 100]), max_size=3, unique=True).map(sorted))
    overdue = draw(st.lists(st.sampled_from([1, 60, 240]), max_size=2, unique=True).map(sorted))
    steps: list[Json] = [{"at_percent": share} for share in shares]
    steps += [{"overdue_minutes": minutes} for minutes in overdue]
    for index, step in enumerate(steps):
        step |= {"id": f"step{index}", "notify": "team_lead"}
        if draw(st.integers(0, 2)) == 0:
            step["only_if"] = "unacknowledged"
    return steps

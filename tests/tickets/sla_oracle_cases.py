"""Random replay files for the oracle: short in time, on a coarse grid, near the days on which clocks change.

Everything is made by choosing from sequences, so that Hypothesis can choose (and shrink), or a seeded random choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

Json = dict[str, Any]
Pick = Callable[[Sequence[Any]], Any]

# (zone, a day near which its clocks change, or a new year)
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
STATUSES = ["open", "pending", "on_hold", "solved"]
GAPS = [0, 0, 0, 1, 7, 30, 60, 61, 120, 240, 480, 615, 960, 1440]
LENGTHS = [
    *[(amount, "minutes") for amount in (2, 30, 60, 90, 240)],
    *[(amount, "hours") for amount in (0.5, 1, 2, 4, 8, 12)],
    *[(amount, "business_days") for amount in (1, 1, 2)],
]
KINDS = [
    *["public_reply"] * 6,
    *["status"] * 6,
    *["priority", "policy"] * 3,
    *["calendar_version", "internal_note", "auto_reply", "ack", "ack"],
]


def near(pick: Pick, day: date) -> str:
    """A date near this one, as JSON writes it."""
    return (day + timedelta(days=pick(range(-2, 5)))).isoformat()


def calendar(pick: Pick, zone: str, day: date) -> Json:
    """Opening hours of a zone, with something special near a day."""
    weekly = dict.fromkeys(pick([WEEKDAYS[:5], WEEKDAYS]), pick(DAY_HOURS))
    if pick([False, True]):
        weekly[pick(WEEKDAYS)] = pick(DAY_HOURS)
    return {
        "timezone": zone,
        "weekly": weekly,
        "holidays": sorted({near(pick, day) for _ in range(pick(range(3)))}),
        "breaks": {near(pick, day): pick(BREAKS) for _ in range(pick(range(3)))},
        "shifts": {near(pick, day): pick([*DAY_HOURS, []]) for _ in range(pick(range(3)))},
    }


def target(pick: Pick) -> Json:
    """A promise: short in business time, so that a case stays short."""
    amount, unit = pick(LENGTHS)
    clock = pick(["main", "main", "far"] if unit == "business_days" else ["main", "main", "far", "24x7"])
    return {"amount": amount, "unit": unit, "clock": clock}


def policy(pick: Pick) -> Json:
    """Targets at two or three priorities, each metric mostly there."""
    return {
        "targets": {
            priority: {metric: target(pick) for metric in METRICS if pick(range(6)) < 5}
            for priority in pick([["low", "high"], ["low", "high", "other"]])
        },
        "pause_on": {
            metric: pick([["pending"], ["pending"], ["pending", "on_hold"], []])
            for metric in METRICS
            if pick(range(4)) < 3
        },
        "on_tighten": pick(["from_change", "from_change", "from_start"]),
    }


def event(pick: Pick, at: datetime) -> Json:
    """Something that happens to a ticket."""
    kind = pick(KINDS)
    happened: Json = {"at": written(pick, at), "type": kind}
    if kind == "public_reply":
        happened["by"] = pick(["customer", "agent"])
    elif kind == "status":
        happened["to"] = pick(STATUSES)
    elif kind == "priority":
        happened["to"] = pick(["high", "high", "low", "low", "other"])
    elif kind == "policy":
        happened["to"] = pick(["two", "two", "one", "one", "none"])
    elif kind == "calendar_version":
        happened |= {"calendar": "main", "to": pick(["newer", "newest"])}
        happened["effective"] = written(pick, at + timedelta(minutes=pick([0, 60, 600, 1440, 2880, -600])))
    return happened


def written(pick: Pick, at: datetime) -> str:
    """The instant at some offset."""
    return at.astimezone(ZoneInfo(pick(["UTC", "America/New_York", "Asia/Kolkata"]))).isoformat()


def happenings(pick: Pick, day: date) -> tuple[list[Json], str]:
    """(events, asof)."""
    at = datetime.combine(day, time.min, UTC) - timedelta(days=2)
    at += timedelta(minutes=pick([0, 540, 600, 1020, *range(0, 4 * 1440, 7)]))
    tick = pick([timedelta(minutes=1)] * 9 + [timedelta(seconds=20)])
    happened = [{"at": written(pick, at), "type": "created", "by": pick(["customer", "customer", "customer", "agent"])}]
    moments = [at]
    for _ in range(pick(range(12))):
        at += pick(GAPS) * tick
        happened.append(event(pick, at))
        moments.append(at)
    if pick(range(8)) == 7:
        happened.append({"at": written(pick, at), "type": "merged_into"})
    asof = pick([moments[-1], moments[-1], *moments]) + pick([0, *range(1, 3000, 13)]) * tick
    return happened, written(pick, asof)


def document(pick: Pick) -> Json:
    """A replay file with one case, and one escalation case of the same story."""
    zone, day = pick(PLACES)
    elsewhere, _ = pick(PLACES)
    happened, asof = happenings(pick, day)
    story = {
        "policy": pick(["one"] * 5 + ["none"]),
        "priority": pick(["low"] * 5 + ["other"]),
        "events": happened,
        "asof": asof,
    }
    return {
        "meta": {"title": "random"},
        "calendars": {
            "main": calendar(pick, zone, day),
            "newer": calendar(pick, zone, day),
            "newest": calendar(pick, zone, day),
            "far": calendar(pick, elsewhere, day),
        },
        "policies": {
            "one": policy(pick),
            "two": policy(pick),
            "none": {"targets": {}, "pause_on": {}, "on_tighten": "from_change"},
        },
        "cases": [{"id": "random", **story}],
        "escalation_cases": [{"id": "random", "metric": pick(METRICS), "steps": ladder(pick), **story}],
    }


def sharpened(pick: Pick, document: Json, instants: Sequence[str]) -> Json:
    """The same story with one more event at one of the instants, which is where rules have their edges."""
    at = datetime.fromisoformat(pick(instants))
    story = document["cases"][0]
    earlier = [each for each in story["events"] if datetime.fromisoformat(each["at"]) <= at]
    events = [*earlier, event(pick, at), *story["events"][len(earlier) :]]
    more = {"events": events, "asof": written(pick, at + timedelta(minutes=pick([0, 0, 60, 1560])))}
    return document | {
        "cases": [story | more],
        "escalation_cases": [document["escalation_cases"][0] | more],
    }


def ladder(pick: Pick) -> list[Json]:
    """Escalation steps in the order in which they fall due."""
    shares = sorted({pick([0, 25, 50, 75, 100]) for _ in range(pick(range(4)))})
    overdue = sorted({pick([1, 60, 240]) for _ in range(pick(range(3)))})
    steps: list[Json] = [{"at_percent": share} for share in shares]
    steps += [{"overdue_minutes": minutes} for minutes in overdue]
    for index, step in enumerate(steps):
        step |= {"id": f"step{index}", "notify": "team_lead"}
        if pick([False, True]):
            step["only_if"] = "unacknowledged"
    return steps


@st.composite
def documents(draw: Callable[[Any], Any]) -> Json:
    """The documents as Hypothesis chooses them."""
    return document(lambda options: draw(st.sampled_from(options)))

"""Success plans, practices, integrations and promised services as rules; and their packs, broken at one place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from common.pack_files import read_pack
from partners.rules import integrations
from partners.rules.classification_packs import Service
from partners.rules.objectives import Measured, Pace, Verdict, moved, pace, pace_of_plan, verdict
from partners.rules.practices import adoption
from partners.rules.practices import parse_practices as practices
from partners.rules.services_promised import Standing, against
from partners.rules.success_plan_packs import parse_success_plans as plans
from tests.partners.pack_cases import GONE, assert_refused, changed

DEFAULT = Path(__file__).parents[2] / "policies" / "default"
PLANS = read_pack(DEFAULT / "success_plans.yaml").body
PRACTICES = read_pack(DEFAULT / "practices.yaml").body
START = date(2026, 1, 1)
DAY = timedelta(days=1)


def test_the_shipped_templates_are_those_of_the_guides_and_their_metrics_are_known() -> None:
    policy = plans(PLANS, version=2)
    assert list(policy.templates) == [
        "onboarding_30_60_90", "technical", "strategic", "upgrade", "migration", "improvement", "capacity",
    ]  # fmt: skip
    known: Any = read_pack(DEFAULT / "metrics.yaml").body["metrics"]
    direction = {row["id"]: row["direction"] for row in known}
    measured = [one for each in policy.templates.values() for one in each.objectives if one.metric]
    assert {one.metric: one.direction for one in measured} == {one.metric: direction[one.metric] for one in measured}
    assert [one.id for one in policy.templates_for("prospect")] == []


@pytest.mark.parametrize(
    ("parse", "body", "place", "value", "at", "words"),
    [
        (plans, PLANS, "colour", "red", "colour", "unknown entry"),
        (plans, PLANS, "expected_of[0].kinds", [], "expected_of[0].kinds", "at least one"),
        (plans, PLANS, "expected_of[0].arr_segments", ["huge"], "expected_of[0].arr_segments[0]", "one"),
        (plans, PLANS, "templates[1].id", "onboarding_30_60_90", "templates[1].id", "there already"),
        (plans, PLANS, "templates[0].id", "x" * 41, "templates[0].id", "40 characters"),
        (plans, PLANS, "templates[0].days", 0, "templates[0].days", "1 or more"),
        (plans, PLANS, "templates[0].objectives", [], "templates[0].objectives", "must not be empty"),
        (
            plans, PLANS, "templates[0].objectives[0].days", 91, "templates[0].objectives[0].days",
            "after the end",
        ),
        (
            plans, PLANS, "templates[0].objectives[0].direction", "up",
            "templates[0].objectives[0].direction", "one of more, less",
        ),
        (
            plans, PLANS, "templates[0].objectives[0].target", "many",
            "templates[0].objectives[0].target", "a number",
        ),
        (plans, PLANS, "templates[0].tasks[0].owner_role", "boss", "templates[0].tasks[0].owner_role", "one"),
        (plans, PLANS, "templates[0].tasks[1].id", "kick_off", "templates[0].tasks[1].id", "there already"),
        (practices, PRACTICES, "practices[0].why", GONE, "practices[0]", '"why" is missing'),
        (practices, PRACTICES, "practices[1].id", "single_sign_on", "practices[1].id", "there already"),
        (practices, PRACTICES, "practices[0].kinds", [], "practices[0].kinds", "at least one"),
        (practices, PRACTICES, "practices[2].stages", ["gate_9"], "practices[2].stages[0]", "one of pre_contract"),
    ],
)  # fmt: skip
def test_a_broken_pack_is_refused_at_its_place(
    parse: Callable[..., object], body: Any, place: str, value: object, at: str, words: str
) -> None:
    assert_refused(parse, changed(body, place, value), at=at, words=words)


def measured(value: Any, *, direction: str = "more", baseline: Any = 0, target: Any = 100) -> Measured:
    as_number = [None if one is None else Decimal(one) for one in (baseline, target, value)]
    return Measured(
        starts_on=START,
        target_on=START + 100 * DAY,
        direction=direction,
        baseline=as_number[0],
        target=as_number[1],
        value=as_number[2],
    )


@pytest.mark.parametrize(
    ("one", "day", "expected", "judged"),
    [
        (measured(50), 50, Pace.ON_TRACK, Verdict.OPEN),
        (measured(60), 50, Pace.ON_TRACK, Verdict.OPEN),
        (measured(61), 50, Pace.AHEAD, Verdict.OPEN),
        (measured(39), 50, Pace.BEHIND, Verdict.OPEN),
        (measured(-5), 50, Pace.BEHIND, Verdict.OPEN),
        (measured(100), 1, Pace.AHEAD, Verdict.ACHIEVED),
        (measured(100), 400, Pace.AHEAD, Verdict.ACHIEVED),
        (measured(99), 100, Pace.ON_TRACK, Verdict.OPEN),
        (measured(99), 101, Pace.BEHIND, Verdict.MISSED),
        (measured(None), 50, Pace.UNKNOWN, Verdict.OPEN),
        (measured(None), 101, Pace.BEHIND, Verdict.MISSED),
        (measured(5, target=None), 50, Pace.UNKNOWN, Verdict.OPEN),
        (measured(5, baseline=None), 50, Pace.UNKNOWN, Verdict.OPEN),
        (measured(5, direction="less", baseline=10, target=0), 50, Pace.ON_TRACK, Verdict.OPEN),
        (measured(0, direction="less", baseline=10, target=0), 50, Pace.AHEAD, Verdict.ACHIEVED),
        (measured(11, direction="less", baseline=10, target=0), 50, Pace.BEHIND, Verdict.OPEN),
    ],
)
def test_pace_and_verdict_of_an_objective(one: Measured, day: int, expected: Pace, judged: Verdict) -> None:
    today = START + day * DAY
    assert (pace(one, today), verdict(one, today)) == (expected, judged)
    assert moved(one) is None or 0 <= (moved(one) or 0) <= 1


@pytest.mark.parametrize(
    ("paces", "done", "tasks", "tasks_done", "time", "expected"),
    [
        ([], 0, 0, 0, 0.5, Pace.UNKNOWN),
        ([Pace.UNKNOWN], 0, 0, 0, 0.5, Pace.UNKNOWN),
        ([Pace.BEHIND, Pace.AHEAD], 3, 4, 4, 0.1, Pace.BEHIND),
        ([Pace.ON_TRACK], 0, 4, 2, 0.5, Pace.ON_TRACK),
        ([Pace.ON_TRACK], 0, 4, 0, 0.5, Pace.BEHIND),
        ([Pace.ON_TRACK], 0, 4, 4, 0.5, Pace.AHEAD),
        ([], 2, 4, 4, 0.9, Pace.AHEAD),
        ([Pace.AHEAD, Pace.ON_TRACK], 0, 0, 0, 0.5, Pace.ON_TRACK),
        ([Pace.AHEAD], 0, 0, 0, 0.5, Pace.AHEAD),
    ],
)
def test_pace_of_a_plan(paces: list[Pace], done: int, tasks: int, tasks_done: int, time: float, expected: Pace) -> None:
    assert pace_of_plan(paces, done=done, tasks=tasks, tasks_done=tasks_done, time=time) is expected


def test_steps_are_on_time_by_the_day_first_planned() -> None:
    def step(first: int | None, planned: int | None, done: int | None) -> integrations.Step:
        days = [None if number is None else START + number * DAY for number in (first, planned, done)]
        return integrations.Step(first_planned_on=days[0], planned_on=days[1], done_on=days[2])

    steps = [step(5, 5, 5), step(5, 9, 9), step(5, 20, None), step(20, 8, None), step(None, None, None)]
    steps.append(step(None, None, 3))
    today = START + 10 * DAY
    assert [integrations.verdict(each, today).value for each in steps] == [
        "on_time", "late", "ahead", "overdue", "unplanned", "on_time",
    ]  # fmt: skip
    rate = integrations.on_time(steps, today)
    assert (rate.hits, rate.total) == (1, 3)


def test_services_promised_against_delivered() -> None:
    promised = [
        Service(id="on_site", label={"en": "On site"}, days_min=1, days_max=3),
        Service(id="week", label={"en": "Week"}, days_min=5, days_max=5),
        Service(id="remote", label={"en": "Remote"}),
    ]
    rows = against(promised, {"on_site": Decimal("3.5"), "week": Decimal("4.5"), "extra": Decimal(1)})
    assert [(row.id, row.standing, row.remaining) for row in rows] == [
        ("on_site", Standing.OVER, 0),
        ("week", Standing.OPEN, Decimal("0.5")),
        ("remote", Standing.NOT_COUNTED, 0),
        ("extra", Standing.NOT_PROMISED, 0),
    ]


def test_a_rate_of_few_names_nobody() -> None:
    assert adoption(["done"] * 4, fitting=4) is None
    assert adoption(["done", "agreed", "declined"], fitting=5) == 20
    assert adoption([], fitting=8) == 0

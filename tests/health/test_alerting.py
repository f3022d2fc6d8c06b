"""From facts to signals, episodes and the budget of a day: tables, without a database."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import pytest
import yaml

from common.reading import MalformedInput
from common.workhours import LocalInterval, WorkHours
from health.rules import alerting, episodes, precision
from health.rules.alert_packs import AlertPolicy, parse_alerts
from health.rules.alert_signals import (
    BandFell,
    Facts,
    MetricCrossed,
    RenewalNear,
    ScoreFell,
    Signal,
    SponsorLeft,
    WentStale,
)
from health.rules.alerting import Waiting, decide, merge, share_out

DAY = date(2026, 3, 2)
BODY: dict[str, Any] = yaml.safe_load(Path("policies/default/alerts.yaml").read_text())
POLICY = parse_alerts(BODY, version=1)
D = Decimal


def facts(**changes: Any) -> Facts:
    values: dict[str, Any] = {"day": DAY, "band": "green", "color": "green", "score": D(80), "coverage": D(90)}
    if "band" in changes and changes["band"] != "grey":
        values["color"] = changes["band"]
    return Facts(**values | changes)


def course(signal: Signal, *steps: Facts) -> list[Mapping[str, Any] | None]:
    """What a signal tells at each step after the first, remembering as the hub does."""
    level: str | None = signal.hear(None, steps[0], None).level
    told = []
    for previous, present in pairwise(steps):
        heard = signal.hear(previous, present, level)
        level = heard.level
        told.append(heard.facts)
    return told


def bands(*names: str) -> list[Facts]:
    found, color = [], None
    for name in names:
        color = color if name == "grey" else name
        found.append(facts(band=name, color=color))
    return found


BOTH = BandFell(to=frozenset({"red", "yellow"}))
TO_RED = BandFell(to=frozenset({"red"}))


@pytest.mark.parametrize(
    ("signal", "names", "told"),
    [
        (BOTH, "green yellow", ["yellow"]),
        (BOTH, "green yellow yellow red red", ["yellow", None, "red", None]),
        (BOTH, "red yellow red", [None, "red"]),
        (BOTH, "yellow red yellow green yellow", ["red", None, None, "yellow"]),
        (BOTH, "green grey yellow", [None, "yellow"]),
        (BOTH, "yellow grey yellow", [None, None]),
        (BOTH, "green grey grey green", [None, None, None]),
        (BOTH, "grey red", [None]),
        (TO_RED, "green yellow red", [None, "red"]),
        (TO_RED, "green red yellow red", ["red", None, "red"]),
        (
            BandFell(to=frozenset({"yellow"})),
            "green yellow red yellow green yellow",
            ["yellow"] + [None] * 3 + ["yellow"],
        ),
    ],
)
def test_a_fall_is_told_once_and_again_after_it_recovered(signal: Signal, names: str, told: list[str | None]) -> None:
    found = course(signal, *bands(*names.split()))
    assert [one["to"] if one else None for one in found] == told


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ([80, 70.01], [False]),
        ([80, 70], [True]),
        ([80, 70, 69, 61, 60], [True, False, False, True]),
        # Half of the points back is a recovery; then it may fall again.
        ([80, 70, 74.99, 70], [True, False, False]),
        ([80, 70, 75.01, 70], [True, False, True]),
        ([80, None, 70], [False, True]),
    ],
)
def test_a_score_that_fell(scores: list[float | None], told: list[bool]) -> None:
    signal = ScoreFell(points=D(10), days=14)
    steps = [facts(score=None if one is None else D(str(one)), highs={14: D(80)}) for one in scores]
    assert [one is not None for one in course(signal, *steps)] == told
    assert signal.hear(None, facts(score=D(10)), None).facts is None, "without a day before there is no fall"


@pytest.mark.parametrize(
    ("floor", "values", "told"),
    [
        (True, [0, 1, 2, 0, 1], [True, False, False, True]),
        (True, [0, None, 1, None, 1], [False, True, False, False]),
        (False, [9, 3, 4, 3, 5, 3], [True, False, False, False, True]),
    ],
)
def test_a_metric_that_crossed_a_line(floor: bool, values: list[int | None], told: list[bool]) -> None:
    line, clears = (D(1), D(1)) if floor else (D(3), D(4))
    signal = MetricCrossed(metric="m", line=line, is_floor=floor, clears_at=clears)
    steps = [facts(metrics={} if one is None else {"m": D(one)}) for one in values]
    assert [one is not None for one in course(signal, *steps)] == told
    if floor:
        assert signal.hear(None, steps[1] if values[1] else facts(metrics={"m": D(1)}), None).facts, "true by itself"


def test_evidence_that_went_stale_and_sponsors_who_left() -> None:
    measures = WentStale(measures=frozenset({"csat", "nps"}), coverage_below=None)
    found = course(
        measures, *(facts(stale=frozenset(one.split())) for one in ("", "csat x", "csat nps", "nps", "csat nps"))
    )
    assert [one["measures"] if one else None for one in found] == [["csat"], ["nps"], None, ["csat"]]
    coverage = WentStale(measures=frozenset(), coverage_below=D(60))
    found = course(coverage, *(facts(coverage=D(one)) for one in (61, 59, 58, 60, 50)))
    assert [one is not None for one in found] == [True, False, False, True]
    assert course(coverage, facts(coverage=D(10)), facts(coverage=D(9))) == [None], "never known is no loss"
    sponsor = SponsorLeft(roles=frozenset({"executive"}), days=30)
    left = ((7, "executive", 1), (8, "billing", 1), (9, "executive", 31))
    found = course(sponsor, facts(), facts(left=left), facts(left=left), facts(), facts(left=left))
    assert [one["contacts"] if one else None for one in found] == [[7], None, None, [7]]


def test_a_renewal_that_is_near_while_health_is_not_green() -> None:
    signal = RenewalNear(days=90, bands=frozenset({"yellow", "red"}))
    steps = [("yellow", 91), ("yellow", 90), ("yellow", 60), ("red", 50), ("grey", 40), ("red", None), ("green", 30)]
    seen = [facts(band=band, metrics={} if days is None else {"days_to_renewal": D(days)}) for band, days in steps]
    found = course(signal, *seen, facts(band="red", metrics={"days_to_renewal": D(20)}))
    told = [(one["band"], one["days"]) if one else None for one in found]
    assert told == [("yellow", "90"), None, ("red", "50"), None, None, None, ("red", "20")]


def test_signals_of_one_cause_merge_and_the_gravest_leads() -> None:
    previous, present = facts(), facts(band="red", score=D(40), highs={14: D(80)}, metrics={"open_criticals": D(2)})
    world = {"kind": "partner", "stage": "post_launch"}
    decided = decide(POLICY, **world, previous=previous, present=present, told={"gone": "1"})
    assert [one.rule.id for one in decided.fired] == ["band_red", "score_drop", "critical_open"]
    fell, service = merge(decided.fired)
    assert (fell.cause, fell.leading.id, fell.severity, fell.held_back) == ("health_fell", "band_red", 3, "")
    assert service.cause == "service"
    (alone,) = merge(decided.fired[2:], demoted={"critical_open"})
    assert alone.held_back == alerting.BY_STANDING
    assert merge(decided.fired[:2], demoted={"band_red"})[0].held_back == "", "another rule of it still speaks"
    again = decide(POLICY, **world, previous=present, present=present, told=decided.told)
    assert (again.fired, again.told, again.recovered) == ((), decided.told, frozenset())
    over = decide(POLICY, **world, previous=present, present=replace(previous, highs={14: D(80)}), told=decided.told)
    assert over.recovered == {"band_red", "score_drop"}, "no sample of criticals says nothing of them"
    only = decide(
        POLICY, kind="partner", stage="gate_0", previous=None, present=facts(metrics={"headroom": D(1)}), told={}
    )
    assert not only.fired, "not watched in this stage"


def test_the_budget_goes_to_the_heaviest_whatever_the_order() -> None:
    rows = [
        Waiting(id=1, owner_id=7, weight=9, severity=3, tie=(1, "a")),
        Waiting(id=2, owner_id=7, weight=9, severity=2, tie=(2, "a")),
        Waiting(id=3, owner_id=7, weight=9, severity=2, tie=(3, "a")),
        Waiting(id=4, owner_id=8, weight=1, severity=1, tie=(4, "a")),
        Waiting(id=5, owner_id=None, weight=1, severity=1, tie=(5, "a")),
    ]
    for order in permutations(rows):
        assert share_out(order, told={}, budget=2) == {1, 2, 4, 5}
    assert share_out(rows, told={7: 1, 8: 2}, budget=2) == {1, 5}
    assert share_out(rows, told={7: 9}, budget=2) == {4, 5}


OFFICE = (LocalInterval(start=9 * 3600, end=17 * 3600),)
BERLIN = WorkHours(
    timezone="Europe/Berlin", weekly=(OFFICE,) * 5 + ((),) * 2, holidays=frozenset({date(2026, 4, 3), date(2026, 4, 6)})
)


@pytest.mark.parametrize(
    ("told", "due", "warned"),
    [
        # Monday 9:00 in winter: six days of eight hours, the last of them the warning.
        ("2026-03-02T08:00Z", "2026-03-09T16:00Z", "2026-03-06T16:00Z"),
        # Over the change of the clocks on March 29: the local end of the day stays 17:00.
        ("2026-03-23T08:00Z", "2026-03-30T15:00Z", "2026-03-27T16:00Z"),
        # On a Saturday, over Good Friday and Easter Monday.
        ("2026-03-28T10:00Z", "2026-04-08T15:00Z", "2026-04-07T15:00Z"),
    ],
)
def test_the_clock_counts_working_time(told: str, due: str, warned: str) -> None:
    moment = datetime.fromisoformat
    clock = episodes.clock(BERLIN, moment(told), within=timedelta(hours=48), warn_before=timedelta(hours=8))
    assert (clock.due_at, clock.warn_at) == (moment(due), moment(warned))
    assert episodes.is_in_time(clock.due_at, clock.due_at, clock.due_at) is True
    assert episodes.is_in_time(clock.due_at, None, clock.due_at) is None
    assert episodes.is_in_time(clock.due_at, None, clock.due_at + timedelta(seconds=1)) is False


def test_moves_and_precision() -> None:
    allowed = {(move, state) for move in episodes.Move for state in episodes.State if state in episodes.MOVES[move]}
    assert len(allowed) == 7
    for move in episodes.Move:
        for state in episodes.State:
            if (move, state) not in allowed:
                with pytest.raises(ValueError, match="does not know"):
                    episodes.after(move, state)
    rule = {"floor_percent": 40, "at_least": 10}
    assert not precision.falls_below(precision.Tally(acted=4, false=6), **rule), "exactly the floor is enough"
    assert precision.falls_below(precision.Tally(acted=3, false=7, late=90), **rule)
    assert not precision.falls_below(precision.Tally(acted=0, false=9), **rule), "too few to judge"


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("rules", 0, "signal"), {}, "rules[0].signal"),
        (("rules", 0, "signal"), {"band_fell": {"to": ["green"]}}, "rules[0].signal.band_fell.to[0]"),
        (("rules", 1, "signal"), {"band_fell": {"to": ["red"]}}, "rules[1].signal"),
        (("rules", 2, "signal"), {"score_fell": {"points": 0, "days": 1}}, "rules[2].signal.score_fell.points"),
        (("rules", 3, "signal"), {"metric_crossed": {"metric": "m"}}, "rules[3].signal.metric_crossed"),
        (
            ("rules", 3, "signal"),
            {"metric_crossed": {"metric": "m", "at_least": 3, "clears_at": 4}},
            "rules[3].signal.metric_crossed.clears_at",
        ),
        (("rules", 3, "signal"), {"renewal_near": {"days": 9}}, "rules[3].signal"),
        (("rules", 0, "severity"), 4, "rules[0].severity"),
        (("rules", 1, "id"), "band_red", "rules[1].id"),
        (("rules", 0, "route"), "never", "rules[0].route"),
        (("answer",), {"hours": 8, "warn_hours": 8}, "answer.warn_hours"),
        (("precision",), {"floor_percent": 101, "at_least": 3}, "precision.floor_percent"),
        (("answered_by",), ["emperor"], "answered_by[0]"),
        (("budget_per_person",), 0, "budget_per_person"),
        (("values",), {"enterprise": 1}, "values"),
    ],
)
def test_faults_of_the_pack_are_named_at_their_place(path: tuple[Any, ...], value: Any, place: str) -> None:
    body: Any = deepcopy(BODY)
    target = body
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(MalformedInput) as caught:
        parse_alerts(body, version=1)
    assert caught.value.place.startswith(place.split("[0]")[0] if place.endswith("[0]") else place)


def test_the_pack_names_what_exists() -> None:
    plays = {row["id"] for row in yaml.safe_load(Path("policies/default/plays.yaml").read_text())["plays"]}
    metrics = {row["id"] for row in yaml.safe_load(Path("policies/default/metrics.yaml").read_text())["metrics"]}
    policy: AlertPolicy = POLICY
    for rule in policy.rules.values():
        assert not rule.play or rule.play in plays, rule.id
        assert not isinstance(rule.signal, MetricCrossed) or rule.signal.metric in metrics, rule.id

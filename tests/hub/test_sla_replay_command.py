"""`manage.py sla_replay FILE.json`: one JSON object on standard output, or one clear line and exit code 2."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from hub.management.commands.sla_replay import Command

SHARED_CASES = Path(__file__).parents[3] / "shared" / "spec" / "cases" / "sla_examples.json"

OFFICE = [["09:00", "17:00"]]
HOURS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)
FOUR_HOURS = {"amount": 4, "unit": "hours", "clock": "paris"}
OWN: dict[str, Any] = {
    "meta": {"title": "ours"},
    "calendars": {
        "paris": {"timezone": "Europe/Paris", "weekly": HOURS, "holidays": [], "breaks": {}, "shifts": {}},
        "closed": {"timezone": "Europe/Paris", "weekly": {}, "holidays": [], "breaks": {}, "shifts": {}},
    },
    "policies": {
        "gold": {
            "targets": {"high": {"first_response": FOUR_HOURS, "resolution": {**FOUR_HOURS, "amount": 1.5}}},
            "pause_on": {"resolution": ["pending"]},
            "on_tighten": "from_change",
        },
        "never": {
            "targets": {"high": {"first_response": {**FOUR_HOURS, "clock": "closed"}}},
            "pause_on": {},
            "on_tighten": "from_start",
        },
    },
    "cases": [
        {
            "id": "one",
            "title": "A case with notes",
            "rules": ["R1"],
            "policy": "gold",
            "priority": "high",
            "events": [
                {"at": "2025-06-02T14:00:00+02:00", "type": "created", "by": "customer", "note": "?"},
                {"at": "2025-06-02T15:00:00+02:00", "type": "status", "to": "pending"},
                {"at": "2025-06-02T15:00:00+02:00", "type": "policy", "to": "gold"},
                {
                    "at": "2025-06-02T16:00:00+02:00",
                    "type": "calendar_version",
                    "calendar": "paris",
                    "to": "paris",
                    "effective": "2025-06-03T00:00:00+02:00",
                },
            ],
            "asof": "2025-06-02T16:30:00+02:00",
        }
    ],
    "escalation_cases": [
        {
            "id": "two",
            "policy": "gold",
            "priority": "high",
            "metric": "first_response",
            "steps": [
                {"id": "warn", "at_percent": 75, "notify": "assignee"},
                {"id": "page", "at_percent": 0, "notify": "on_call", "only_if": "unacknowledged"},
                {"id": "late", "overdue_minutes": 30, "notify": ""},
                {"id": "later", "overdue_minutes": 300, "notify": "lead"},
            ],
            "events": [{"at": "2025-06-02T10:00:00+02:00", "type": "created", "by": "customer"}],
            "asof": "2025-06-02T17:00:00+02:00",
        }
    ],
}

Run = Callable[[Any], tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command as the command line does, on a file with this content: (exit code, stdout, stderr)."""

    def run_on(content: Any) -> tuple[int, str, str]:
        path = content if isinstance(content, Path) else tmp_path / "stories.json"
        if not isinstance(content, Path):
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        code = 0
        try:
            Command().run_from_argv(["manage.py", "sla_replay", str(path)])
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_on


def test_clocks_and_steps_go_out_in_their_shapes(run: Run) -> None:
    code, out, err = run(OWN)
    assert (code, err) == (0, "")
    # Four hours from 14:00 in Paris: three today, one tomorrow. Paused at 15:00 with one of one and a half hours used.
    # 75 % of four hours from 10:00 is 13:00; half an hour after 14:00 nobody is there, so the next step fires as well.
    assert json.loads(out) == {
        "cases": {
            "one": {
                "clocks": [
                    {
                        "metric": "first_response",
                        "cycle": 1,
                        "started_at": "2025-06-02T12:00:00Z",
                        "state": "running",
                        "due_at": "2025-06-03T08:00:00Z",
                        "breach_at": "2025-06-03T08:00:00Z",
                        "stopped_at": None,
                        "elapsed_seconds": 9_000,
                        "budget_seconds": 14_400,
                    },
                    {
                        "metric": "resolution",
                        "cycle": 1,
                        "started_at": "2025-06-02T12:00:00Z",
                        "state": "paused",
                        "due_at": None,
                        "breach_at": None,
                        "stopped_at": None,
                        "elapsed_seconds": 3_600,
                        "budget_seconds": 5_400,
                    },
                ]
            }
        },
        "escalation_cases": {
            "two": {
                "fired": [
                    {"cycle": 1, "step": "page", "at": "2025-06-02T08:00:00Z"},
                    {"cycle": 1, "step": "warn", "at": "2025-06-02T11:00:00Z"},
                    {"cycle": 1, "step": "late", "at": "2025-06-02T12:30:00Z"},
                    {"cycle": 1, "step": "later", "at": "2025-06-02T12:30:00Z"},
                ]
            }
        },
    }


def test_breached_and_cancelled_clocks_have_their_own_keys(run: Run) -> None:
    content = copy.deepcopy(OWN)
    content["cases"][0]["events"][1:] = [{"at": "2025-06-02T16:00:00+02:00", "type": "priority", "to": "low"}]
    _, out, _ = run(content)
    first, resolution = json.loads(out)["cases"]["one"]["clocks"]
    assert first == {
        "metric": "first_response",
        "cycle": 1,
        "started_at": "2025-06-02T12:00:00Z",
        "state": "cancelled",
        "stopped_at": "2025-06-02T14:00:00Z",
    }
    assert resolution["state"] == "breached"
    assert resolution["breached_at"] == resolution["breach_at"] == "2025-06-02T13:30:00Z"


@pytest.mark.skipif(not SHARED_CASES.exists(), reason="the shared examples are not beside the repository")
def test_the_shared_examples_are_answered_as_expected(run: Run) -> None:
    examples = json.loads(SHARED_CASES.read_text())
    code, out, _ = run(SHARED_CASES)
    assert code == 0
    assert json.loads(out) == {
        part: {case["id"]: case["expect"] for case in examples[part]} for part in ("cases", "escalation_cases")
    }


def test_either_list_of_cases_may_be_left_out(run: Run) -> None:
    for part in ("cases", "escalation_cases"):
        code, out, _ = run({key: value for key, value in OWN.items() if key != part})
        assert code == 0
        assert json.loads(out)[part] == {}


@pytest.mark.parametrize(("kind", "value"), [("status", "pending"), ("priority", "low")])
def test_a_status_or_priority_may_stand_under_its_own_name(run: Run, kind: str, value: str) -> None:
    content = copy.deepcopy(OWN)
    event = {"at": "2025-06-02T15:00:00+02:00", "type": kind, "to": value}
    content["cases"][0]["events"][1:] = [event]
    _, expected, _ = run(content)
    event[kind] = event.pop("to")
    assert run(content) == (0, expected, "")


def test_attributes_saved_together_may_stand_on_one_event(run: Run) -> None:
    content = copy.deepcopy(OWN)
    content["cases"][0]["events"] = [
        {"at": "2025-06-02T14:00:00+02:00", "type": "created", "by": "agent", "priority": "low", "status": "pending"},
        {"at": "2025-06-02T15:00:00+02:00", "type": "public_reply", "by": "agent", "priority": "high"},
        {"at": "2025-06-02T15:30:00+02:00", "type": "policy", "to": "gold", "status": "solved"},
    ]
    _, out, _ = run(content)
    (resolution,) = json.loads(out)["cases"]["one"]["clocks"]
    assert (resolution["state"], resolution["elapsed_seconds"]) == ("met", 0)
    assert resolution["stopped_at"] == "2025-06-02T13:30:00Z"


def changed(path: str, value: Any) -> dict[str, Any]:
    """The own file with one entry replaced; a value of ... takes it away."""
    content = copy.deepcopy(OWN)
    *parents, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place: Any = content
    for step in parents:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return content


EVENTS = "cases/0/events"
TARGET = "policies/gold/targets/high/first_response"
STEPS = "escalation_cases/0/steps"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("calendars", ..., '"calendars" is missing'),
        ("calendars/24x7", OWN["calendars"]["paris"], "calendars.24x7: the name stands for absolute time"),
        ("policies", [], "policies: expected an object, found a list"),
        ("cases", {}, "cases: expected a list, found an object"),
        ("cases/0/id", ..., 'cases[0]: "id" is missing'),
        ("cases/0/policy", "iron", 'cases[0] (one).policy: there is no policy "iron"'),
        ("cases/0/priority", 3, "cases[0] (one).priority: expected a text, found 3"),
        ("cases/0/asof", "2025-06-02", "cases[0] (one).asof: expected an ISO 8601 instant with its offset"),
        ("cases/0/asof", ..., 'cases[0] (one): "asof" is missing'),
        (EVENTS, "x", 'cases[0] (one).events: expected a list, found "x"'),
        (f"{EVENTS}/0/type", "opened", "cases[0] (one).events[0].type: expected one of created, public_reply,"),
        (f"{EVENTS}/0/by", "bot", 'cases[0] (one).events[0].by: expected one of customer, agent, found "bot"'),
        (f"{EVENTS}/0/by", ..., 'cases[0] (one).events[0]: "by" is missing'),
        (f"{EVENTS}/0/at", 5, "cases[0] (one).events[0].at: expected an ISO 8601 instant"),
        (f"{EVENTS}/0/type", "assign", 'cases[0] (one).events[0].type: the first event must be "created"'),
        (f"{EVENTS}/1", OWN["cases"][0]["events"][0], "cases[0] (one).events[1].type: a ticket is created once"),
        (f"{EVENTS}/1/at", "2025-06-02T11:00:00Z", "cases[0] (one).events[1].at: earlier than the event before it"),
        (f"{EVENTS}/1/to", ..., 'cases[0] (one).events[1]: "to" is missing'),
        (f"{EVENTS}/2/to", "iron", 'cases[0] (one).events[2].to: there is no policy "iron"'),
        (f"{EVENTS}/3/to", "moon", 'cases[0] (one).events[3].to: there is no calendar "moon"'),
        (f"{EVENTS}/3/calendar", "24x7", 'cases[0] (one).events[3].calendar: there is no calendar "24x7"'),
        (f"{EVENTS}/3/effective", "soon", "cases[0] (one).events[3].effective: expected an ISO 8601 instant"),
        ("policies/gold/on_tighten", "later", "policies.gold.on_tighten: expected one of from_change, from_start"),
        ("policies/gold/pause_on/reply", [], "policies.gold.pause_on.reply: unknown entry; known are first_response,"),
        ("policies/gold/pause_on/resolution/0", 1, "policies.gold.pause_on.resolution[0]: expected a text, found 1"),
        (f"{TARGET}/amount", -1, "policies.gold.targets.high.first_response.amount: must not be negative"),
        (f"{TARGET}/amount", True, "policies.gold.targets.high.first_response.amount: expected a number, found true"),
        (f"{TARGET}/amount", 10**9, "policies.gold.targets.high.first_response.amount: more than 200 years"),
        (f"{TARGET}/unit", "days", "policies.gold.targets.high.first_response.unit: expected one of seconds, minutes,"),
        (f"{TARGET}/clock", "moon", 'policies.gold.targets.high.first_response.clock: there is no calendar "moon"'),
        (
            TARGET,
            {"amount": 1.5, "unit": "business_days", "clock": "paris"},
            "policies.gold.targets.high.first_response.amount: a number of business days must be whole, found 1.5",
        ),
        ("cases/0/policy", "never", "case one: the calendar has too little open time after 2025-06-02T12:00:00Z"),
        ("escalation_cases/0/policy", "never", "case two: the calendar has too little open time"),
        ("escalation_cases/0/metric", "reply", "escalation_cases[0] (two).metric: expected one of first_response,"),
        (f"{STEPS}/0/at_percent", ..., "escalation_cases[0] (two).steps[0]: a step is at a percentage or a time after"),
        (f"{STEPS}/0/overdue_minutes", 5, "escalation_cases[0] (two).steps[0]: a step is at a percentage or a time"),
        (f"{STEPS}/0/at_percent", "x", "escalation_cases[0] (two).steps[0].at_percent: expected a number"),
        (f"{STEPS}/2/overdue_minutes", 10**12, "escalation_cases[0] (two).steps[2].overdue_minutes: more than 200"),
        (f"{STEPS}/1/only_if", "alone", "escalation_cases[0] (two).steps[1].only_if: expected one of unacknowledged"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(run: Run, path: str, value: Any, words: str) -> None:
    code, out, err = run(changed(path, value))
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_an_id_is_given_once(run: Run) -> None:
    for part, name in (("cases", "one"), ("escalation_cases", "two")):
        content = copy.deepcopy(OWN)
        content[part] *= 2
        code, out, err = run(content)
        assert (code, out) == (2, "")
        assert f'{part}[1].id: "{name}" is the id of an earlier case' in err


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "line 1, column 1: not JSON"), ("[]", "expected an object, found a list"), ("{", "not JSON")],
)
def test_a_file_that_is_not_such_json_is_refused(run: Run, content: str, words: str) -> None:
    code, out, err = run(content)
    assert (code, out) == (2, "")
    assert words in err


def test_a_missing_file_is_named(run: Run, tmp_path: Path) -> None:
    code, out, err = run(tmp_path / "nowhere.json")
    assert (code, out) == (2, "")
    assert "nowhere.json: cannot be read" in err


def test_the_command_is_registered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stories.json"
    path.write_text(json.dumps(OWN))
    call_command("sla_replay", str(path))
    assert list(json.loads(capsys.readouterr().out)) == ["cases", "escalation_cases"]

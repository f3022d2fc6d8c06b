"""`manage.py worktime FILE.json`: one JSON object on standard output, or one clear line and exit code 2."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from hub.management.commands.worktime import Command

OWN_CASES = Path(__file__).with_name("worktime_cases.json")
SHARED_CASES = Path(__file__).parents[3] / "shared" / "spec" / "cases" / "worktime_examples.json"
OWN = json.loads(OWN_CASES.read_text())

Run = Callable[[Any], tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command as the command line does, on a file with this content: (exit code, stdout, stderr)."""

    def run_on(content: Any) -> tuple[int, str, str]:
        path = tmp_path / "questions.json"
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, Path):
            path = content
        else:
            path.write_text(json.dumps(content))
        code = 0
        try:
            Command().run_from_argv(["manage.py", "worktime", str(path)])
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_on


def expected(case: dict[str, Any]) -> Any:
    """The shared examples keep the two instants of `add` apart."""
    return [case["expect"], case["expect_earliest"]] if "expect_earliest" in case else case["expect"]


def test_every_kind_of_question_is_answered(run: Run) -> None:
    code, out, err = run(OWN_CASES)
    assert (code, err) == (0, "")
    assert json.loads(out) == {case["id"]: case["expect"] for case in OWN["cases"]}


@pytest.mark.skipif(not SHARED_CASES.exists(), reason="the shared examples are not beside the repository")
def test_the_shared_examples_are_answered_as_expected(run: Run) -> None:
    code, out, _ = run(SHARED_CASES)
    assert code == 0
    assert json.loads(out) == {case["id"]: expected(case) for case in json.loads(SHARED_CASES.read_text())["cases"]}


def test_questions_need_no_expected_answer_and_may_carry_notes(run: Run) -> None:
    question = {
        "id": "q",
        "calendar": "new_york",
        "op": "is_open",
        "at": "2025-03-08T12:00:00Z",
        "tags": ["x"],
        "why": "?",
    }
    code, out, _ = run({"calendars": OWN["calendars"], "cases": [question]})
    assert (code, json.loads(out)) == (0, {"q": True})


def test_a_byte_order_mark_is_read_over(run: Run) -> None:
    code, out, _ = run(b"\xef\xbb\xbf" + OWN_CASES.read_bytes())
    assert code == 0
    assert len(json.loads(out)) == len(OWN["cases"])


def test_no_questions_are_answered_by_an_empty_object(run: Run) -> None:
    assert run({"calendars": {}, "cases": []}) == (0, "{}\n", "")


def changed(path: str, value: Any) -> dict[str, Any]:
    """The own cases with one entry replaced; a value of ... takes it away."""
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


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("calendars", ..., '"calendars" is missing'),
        ("calendars", [], "calendars: expected an object, found a list"),
        ("cases", ..., '"cases" is missing'),
        ("cases", {}, "cases: expected a list, found an object"),
        ("cases/0", "x", 'cases[0]: expected an object, found "x"'),
        ("cases/1/id", ..., 'cases[1]: "id" is missing'),
        ("cases/1/id", "add inside", 'cases[1].id: "add inside" is the id of an earlier case'),
        ("cases/0/op", "sub", "cases[0] (add inside).op: expected one of add, subtract,"),
        ("cases/0/op", ["add"], "cases[0] (add inside).op: expected one of add, subtract,"),
        ("cases/0/calendar", "paris", 'cases[0] (add inside).calendar: there is no calendar "paris"'),
        ("cases/0/at", "2025-04-28T10:00:00", "cases[0] (add inside).at: expected an ISO 8601 instant with its offset"),
        ("cases/0/at", "2025-02-30T10:00:00Z", "cases[0] (add inside).at: expected an ISO 8601 instant"),
        ("cases/0/at", 17, "cases[0] (add inside).at: expected an ISO 8601 instant with its offset, found 17"),
        ("cases/0/seconds", ..., 'cases[0] (add inside): "seconds" is missing'),
        ("cases/0/seconds", -1, "cases[0] (add inside).seconds: must not be negative, found -1"),
        ("cases/0/seconds", 1.5, "cases[0] (add inside).seconds: expected a whole number, found 1.5"),
        ("cases/0/seconds", "60", 'cases[0] (add inside).seconds: expected a whole number, found "60"'),
        ("cases/0/seconds", True, "cases[0] (add inside).seconds: expected a whole number, found true"),
        ("cases/7/to", ..., 'cases[7] (between): "to" is missing'),
        ("cases/15/days", None, "cases[15] (business days).days: expected a whole number, found null"),
        ("calendars/berlin/timezone", "Europe/Atlantis", 'calendars.berlin.timezone: there is no time zone "Europe/At'),
        ("calendars/berlin/timezone", "../../etc/passwd", "calendars.berlin.timezone: there is no time zone"),
        ("calendars/berlin/timezone", "Europe", "calendars.berlin.timezone: there is no time zone"),
        ("calendars/berlin/weekly/monday", [], "calendars.berlin.weekly.monday: unknown entry; known are mon, tue,"),
        ("calendars/berlin/weekly/mon/0", ["09:00"], "calendars.berlin.weekly.mon[0]: expected a start and an end"),
        (
            "calendars/berlin/weekly/mon/1",
            ["17:00", "09:00"],
            "calendars.berlin.weekly.mon[1]: the interval must end after it starts, found 17:00 to 09:00",
        ),
        (
            "calendars/berlin/weekly/mon/0",
            ["09:00", "09:00"],
            "calendars.berlin.weekly.mon[0]: the interval must end after it starts",
        ),
        (
            "calendars/berlin/weekly/mon/0/1",
            "24:01",
            'calendars.berlin.weekly.mon[0][1]: expected a local time from 00:00 to 24:00, found "24:01"',
        ),
        ("calendars/berlin/weekly/mon/0/0", "9:00", "calendars.berlin.weekly.mon[0][0]: expected a local time"),
        ("calendars/berlin/weekly/mon/0/0", 540, "calendars.berlin.weekly.mon[0][0]: expected a local time"),
        ("calendars/berlin/holidays/0", "2025-02-30", "calendars.berlin.holidays[0]: expected a date like"),
        ("calendars/berlin/holidays/0", "20250501", "calendars.berlin.holidays[0]: expected a date like"),
        ("calendars/berlin/breaks", ..., 'calendars.berlin: "breaks" is missing'),
        ("calendars/berlin/breaks", {"1 May": []}, "calendars.berlin.breaks.1 May: expected a date like"),
        ("calendars/berlin/shifts", [], "calendars.berlin.shifts: expected an object, found a list"),
        ("calendars/berlin/speed", 1, "calendars.berlin.speed: unknown entry"),
        ("cases/0/seconds", 10**15, "case add inside, calendar berlin: that many seconds are out of reach"),
        ("cases/0/seconds", 10**11, "case add inside, calendar berlin: more than 200 years are out of reach"),
        ("cases/0/at", "0001-01-01T00:00:00Z", "case add inside, calendar berlin: an instant must lie in the years"),
        ("calendars/new_york/weekly", {}, "case open at home, calendar new_york: the calendar has too little open"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(run: Run, path: str, value: Any, words: str) -> None:
    content = changed(path, value)
    if "open at home" in words:
        content["cases"].append({**content["cases"][0], "id": "open at home", "calendar": "new_york"})
    code, out, err = run(content)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1, column 1: not JSON"),
        (b'{"calendars": {},\n "cases": [}', "line 2, column 12: not JSON"),
        (b'{"calendars": {}, "cases": [], "cases": []}', 'the key "cases" is given twice in one object'),
        (b'{"calendars": {}, "cases": [NaN]}', "NaN is not a JSON number"),
        (b'{"calendars": \xff}', "byte 14: not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"cases": ' + b"9" * 5_000 + b"}", "a number with too many digits"),
        (b"[]", "expected an object, found a list"),
        (b'{"calendars": {"a\\nb\\ud800": 1}, "cases": []}', "expected an object, found 1"),
    ],
)
def test_a_file_that_is_not_such_json_is_refused(run: Run, content: bytes, words: str) -> None:
    code, out, err = run(content)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_a_missing_file_is_named(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.json", tmp_path):
        code, out, err = run(path)
        assert (code, out) == (2, "")
        assert f"{path}: cannot be read" in err


def test_no_file_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        Command().run_from_argv(["manage.py", "worktime"])
    assert stop.value.code == 2
    assert capsys.readouterr().out == ""


def test_the_command_is_registered(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("worktime", str(OWN_CASES))
    assert json.loads(capsys.readouterr().out)["between"] == 90_030

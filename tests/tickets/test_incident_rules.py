"""Incidents by tables and laws: states, the rhythm of updates, times from the course, the policy, post-mortems."""

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.pack_files import read_pack_dir
from common.reading import MalformedInput
from tickets.incident_choices import OPEN_INCIDENTS, IncidentState
from tickets.rules import incidents, post_mortems
from tickets.rules.incident_packs import parse_incidents
from tickets.rules.incidents import Mark, due_after_severity, measures, next_update_due, overdue_by
from tickets.rules.post_mortems import Line, missing, proposed_timeline, released

T0 = datetime(2026, 3, 2, 10, tzinfo=UTC)
BODY = {source.name: source for source in read_pack_dir(Path(__file__).parents[2] / "policies" / "default")}[
    "incidents"
].body


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


moments = st.integers(0, 10_000).map(at)
states = st.sampled_from(IncidentState.values)


class TestStates:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("investigating", {"identified", "monitoring", "resolved"}),
            ("identified", {"investigating", "monitoring", "resolved"}),
            ("monitoring", {"investigating", "identified", "resolved"}),
            ("resolved", {"investigating", "closed"}),
            ("closed", {"investigating"}),
            ("unheard of", set()),
        ],
    )
    def test_what_follows(self, before: str, after: set[str]) -> None:
        assert {state for state in IncidentState.values if incidents.may_move(before, state)} == after

    def test_choices_and_rules_know_the_same_states(self) -> None:
        assert set(incidents.MOVES) == set(IncidentState.values)
        assert {state.value for state in OPEN_INCIDENTS} == incidents.OPEN

    def test_reopening(self) -> None:
        assert incidents.is_reopening("resolved", "investigating")
        assert incidents.is_reopening("closed", "investigating")
        assert not incidents.is_reopening("monitoring", "investigating")
        assert not incidents.is_reopening("resolved", "closed")


class TestRhythm:
    @pytest.mark.parametrize(
        ("state", "minutes", "due"),
        [
            ("investigating", 30, at(30)),
            ("monitoring", 240, at(240)),
            ("investigating", 0, None),
            ("resolved", 30, None),
            ("closed", 30, None),
        ],
    )
    def test_next_update(self, state: str, minutes: int, due: datetime | None) -> None:
        assert next_update_due(state=state, minutes=minutes, said_at=T0) == due

    @pytest.mark.parametrize(
        ("due_at", "minutes", "now", "wanted"),
        [
            # From S3 to S1 two hours after the last word: half an hour from the change, not late at once.
            (at(240), 30, at(120), at(150)),
            # Unless the old promise comes first.
            (at(240), 30, at(230), at(240)),
            # From S1 to S3: four hours from the last word.
            (at(30), 240, at(20), at(240)),
            # From S4, which had no rhythm.
            (None, 60, at(500), at(560)),
            (at(60), 0, at(20), None),
        ],
    )
    def test_another_severity(
        self, due_at: datetime | None, minutes: int, now: datetime, wanted: datetime | None
    ) -> None:
        found = due_after_severity(state="identified", due_at=due_at, minutes=minutes, said_at=T0, now=now)
        assert found == wanted

    @given(old=st.integers(1, 500), new=st.integers(1, 500), passed=st.integers(0, 1_000))
    def test_a_change_of_severity_never_breaks_a_promise_backwards(self, old: int, new: int, passed: int) -> None:
        due_at, now = at(old), at(passed)
        found = due_after_severity(state="investigating", due_at=due_at, minutes=new, said_at=T0, now=now)
        assert found is not None
        assert found >= min(due_at, now)
        assert found <= max(due_at, at(new))
        if now <= due_at:
            assert found >= now

    @pytest.mark.parametrize(("now", "late"), [(29, None), (30, None), (31, timedelta(minutes=1))])
    def test_overdue(self, now: int, late: timedelta | None) -> None:
        assert overdue_by(at(30), at(now)) == late
        assert overdue_by(None, at(now)) is None


class TestMeasures:
    def test_of_a_course_with_a_reopening(self) -> None:
        course = [
            Mark(at=at(10), state="investigating"),
            Mark(at=at(14), state="investigating", has_commander=True),
            Mark(at=at(40), state="monitoring"),
            Mark(at=at(50), state="resolved"),
            Mark(at=at(70), state="investigating"),
            Mark(at=at(100), state="monitoring"),
            Mark(at=at(120), state="resolved"),
            Mark(at=at(600), state="closed"),
        ]
        found = measures(course, started_at=T0, declared_at=at(10), now=at(900))
        assert found.to_detect == timedelta(minutes=10)
        assert found.to_acknowledge == timedelta(minutes=4)
        assert found.to_mitigate == timedelta(minutes=100)
        assert found.to_resolve == timedelta(minutes=120)
        assert found.open_for == timedelta(minutes=120)

    def test_of_one_that_is_open(self) -> None:
        course = [Mark(at=at(10), state="investigating")]
        found = measures(course, started_at=T0, declared_at=at(10), now=at(25))
        assert (found.to_acknowledge, found.to_mitigate, found.to_resolve) == (None, None, None)
        assert found.open_for == timedelta(minutes=25)

    @given(st.lists(st.tuples(moments, states, st.booleans()), max_size=12, unique_by=lambda row: row[0]), st.randoms())
    def test_the_order_of_what_is_told_changes_nothing(self, course: list[Any], random: Any) -> None:
        marks = [Mark(at=moment, state=state, has_commander=taken) for moment, state, taken in course]
        mixed = [*marks]
        random.shuffle(mixed)
        known = {"started_at": T0, "declared_at": at(5), "now": at(20_000)}
        found = measures(marks, **known)  # type: ignore[arg-type]
        assert found == measures(mixed, **known)  # type: ignore[arg-type]
        if found.to_resolve is not None:
            assert found.to_mitigate is not None
            assert found.to_mitigate <= found.to_resolve == found.open_for


class TestPolicy:
    def test_what_is_in_force_by_default(self) -> None:
        policy = parse_incidents(BODY, version=1)
        found = {key: (one.update_minutes, one.needs_post_mortem, one.play) for key, one in policy.severities.items()}
        assert found == {
            "s1": (30, True, "critical_production_issue"),
            "s2": (60, True, ""),
            "s3": (240, False, ""),
            "s4": (0, False, ""),
        }
        assert policy.post_mortem_within_days == 5
        assert policy.longest_warning == 30

    @pytest.mark.parametrize(
        ("place", "change"),
        [
            ("severities", lambda body: body["severities"].reverse()),
            ("severities", lambda body: body["severities"].pop()),
            ("severities[1].id", lambda body: body["severities"][1].update(id="s9")),
            (
                "severities[0].update_minutes",
                lambda body: body["severities"][0].update(update_minutes=0, warn_minutes=0),
            ),
            ("severities[0].update_minutes", lambda body: body["severities"][0].update(update_minutes=61)),
            ("severities[2].update_minutes", lambda body: body["severities"][2].update(update_minutes=99_999)),
            ("severities[0].warn_minutes", lambda body: body["severities"][0].update(warn_minutes=30)),
            ("severities[0].play", lambda body: body["severities"][0].update(play="No!")),
            ("post_mortem_within_days", lambda body: body.update(post_mortem_within_days=0)),
            ("causes[1].id", lambda body: body["causes"][1].update(id=body["causes"][0]["id"])),
            ("surprise", lambda body: body.update(surprise=1)),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_place(self, place: str, change: Any) -> None:
        body = copy.deepcopy(BODY)
        change(body)
        with pytest.raises(MalformedInput) as refused:
            parse_incidents(body, version=1)
        assert refused.value.place == place


class TestPostMortems:
    @pytest.mark.parametrize(
        ("before", "after"),
        [("draft", {"review"}), ("review", {"draft", "published"}), ("published", {"published"}), ("?", set())],
    )
    def test_what_follows(self, before: str, after: set[str]) -> None:
        found = {state for state in ("draft", "review", "published") if post_mortems.may_move(before, state)}
        assert found == after

    def test_what_is_missing(self) -> None:
        assert missing({}) == post_mortems.NEEDED
        assert missing(dict.fromkeys(post_mortems.NEEDED, "x")) == ()
        assert missing({"summary": "  ", "impact": "x", "root_cause": "x", "prevention": "x"}) == ("summary",)

    @given(
        st.dictionaries(st.sampled_from(post_mortems.SECTIONS), st.text(max_size=20)),
        st.sets(st.sampled_from((*post_mortems.SECTIONS, "whatever"))),
    )
    def test_what_is_ours_is_never_released(self, texts: dict[str, str], shared: set[str]) -> None:
        found = released(texts, shared)
        assert set(found) <= set(post_mortems.SHAREABLE) & shared
        assert not {"timeline", "factors", "went_well"} & set(found)
        assert all(found[name] == texts[name] for name in found)

    def test_the_timeline_that_is_proposed(self) -> None:
        lines = [Line(at=at(5), words="Cause found:\n| a table |"), Line(at=at(0), words="Declared")]
        assert proposed_timeline(lines) == (
            "- **2026-03-02 10:00 UTC** Declared\n- **2026-03-02 10:05 UTC** Cause found: \\| a table \\|"
        )

"""Plays at work: who starts them where, what becomes of their steps, how they end."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from common.errors import Conflict, DomainError, NotAllowed
from partners.models import Organization, PlayRun, Task, TimelineEntry
from partners.rules.plays import PlayPolicy, parse_plays
from partners.services import plays, task_progress
from tests.cast import Cast, make_cast
from tests.factories.partners import NOW, make_partner
from tests.factories.tasks import in_threads, make_run

pytestmark = pytest.mark.django_db


def policy_of() -> PlayPolicy:
    def step(name: str, day: int, **more: Any) -> dict[str, Any]:
        return {
            "id": name,
            "label": {"en": name.title(), "de": f"{name} (de)"},
            "hint": {"en": "How"},
            "day": day,
        } | more

    good = {"id": "back", "label": {"en": "They talk again"}, "is_good": True}
    bad = {"id": "lost", "label": {"en": "They left"}}
    quiet = {
        "id": "quiet",
        "label": {"en": "Gone quiet"},
        "when": {"en": "Nothing heard for weeks."},
        "starters": ["tam", "pam"],
        "kinds": ["partner"],
        "stages": ["gate_3", "post_launch"],
        "measures": ["days_since_contact"],
        "review_after_days": 30,
        "steps": [
            step("call", 0),
            step("visit", 5, after=["call"], owner_role="psm"),
            step("send", 5, owner_role="tpm", is_required=False, court="partner"),
        ],
        "outcomes": [good, bad],
    }
    other = quiet | {"id": "customers", "kinds": ["customer"], "stages": ["live"], "starters": ["csm"]}
    return parse_plays({"plays": [quiet, other]}, version=3)


@pytest.fixture(autouse=True)
def policy(monkeypatch: pytest.MonkeyPatch) -> PlayPolicy:
    found = policy_of()
    monkeypatch.setattr(plays, "plays_in_force", lambda: found)
    monkeypatch.setattr(plays, "policy_of_version", lambda name, version: found)
    return found


def start(cast: Cast, by: str = "tom", organization: Organization | None = None, **sent: Any) -> PlayRun:
    values = {"play": "quiet", "reason": "No answer to three mails", **sent}
    return plays.start(by=cast.actor(by), organization=organization or cast.northwind, now=NOW, **values)


class TestStarting:
    def test_steps_become_tasks(self, cast: Cast) -> None:
        run = start(cast)
        found = {task.source_key: task for task in Task.objects.filter(play_run=run)}
        assert {key: (task.owner_id, task.owner_role, task.due_on) for key, task in found.items()} == {
            "call": (cast.tom.pk, "tam", date(2026, 3, 2)),
            # Day 5 is a Saturday.
            "visit": (cast.petra.pk, "psm", date(2026, 3, 9)),
            # Gate 3 is closed to its TPM.
            "send": (None, "tpm", date(2026, 3, 9)),
        }
        assert list(found["visit"].needs.all()) == [found["call"]]
        assert (run.title, run.policy_version, run.started_on) == ("Gone quiet", 3, date(2026, 3, 2))
        assert TimelineEntry.objects.get(kind="play").title == "Play started: Gone quiet"

    def test_one_at_a_time(self, cast: Cast) -> None:
        start(cast)
        with pytest.raises(DomainError) as caught:
            start(cast, "ana")
        assert caught.value.code == "running"
        assert Task.objects.count() == 3

    @pytest.mark.parametrize("name", ["petra", "ines", "max", "lena", "sam", "otto", "paul", "connie"])
    def test_other_roles_may_not(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            start(cast, name)

    def test_who_works_everywhere_may(self, cast: Cast) -> None:
        assert start(cast, "adam").started_by_id == cast.adam.pk

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"play": "nonsense"}, "play"),
            ({"reason": " \0"}, "reason"),
            ({"reason": "x" * 2001}, "reason"),
        ],
    )
    def test_bad_input(self, cast: Cast, sent: dict[str, str], field: str) -> None:
        with pytest.raises(DomainError) as caught:
            start(cast, **sent)
        assert caught.value.field == field
        assert not PlayRun.objects.exists()

    def test_another_stage(self, cast: Cast) -> None:
        organization = make_partner("pre_contract", owners={"pam": cast.ana})
        with pytest.raises(DomainError) as caught:
            start(cast, "ana", organization)
        assert caught.value.code == "unfit"


class TestEnding:
    def test_a_good_end_needs_every_required_step(self, cast: Cast) -> None:
        run = start(cast)
        with pytest.raises(DomainError) as caught:
            plays.end(by=cast.actor("tom"), run=run, outcome="back", now=NOW)
        assert (caught.value.field, caught.value.code) == ("outcome", "steps_open")
        call, visit = (Task.objects.get(play_run=run, source_key=key) for key in ("call", "visit"))
        task_progress.complete(by=cast.actor("tom"), task=call, now=NOW)
        task_progress.skip(by=cast.actor("petra"), task=visit, reason="They came to us", now=NOW)
        ended = plays.end(by=cast.actor("tom"), run=run, outcome="back", note="All well", now=NOW)
        assert (ended.outcome, ended.ended_by_id, ended.version) == ("back", cast.tom.pk, 2)
        send = Task.objects.get(play_run=run, source_key="send")
        assert (send.state, send.skip_reason, send.version) == ("skipped", "The play ended: They talk again", 2)

    def test_any_other_may_come_at_any_time(self, cast: Cast) -> None:
        run = start(cast)
        assert plays.end(by=cast.actor("tom"), run=run, outcome="lost", now=NOW).outcome == "lost"
        assert not Task.objects.unfinished().filter(play_run=run).exists()
        with pytest.raises(DomainError) as caught:
            plays.end(by=cast.actor("tom"), run=run, outcome="lost", now=NOW)
        assert caught.value.code == "ended"
        assert start(cast).pk != run.pk

    def test_unknown_outcomes_and_old_versions(self, cast: Cast) -> None:
        run = start(cast)
        with pytest.raises(DomainError) as caught:
            plays.end(by=cast.actor("tom"), run=run, outcome="happy", now=NOW)
        assert caught.value.field == "outcome"
        with pytest.raises(Conflict):
            plays.end(by=cast.actor("tom"), run=run, outcome="lost", version=7, now=NOW)

    @pytest.mark.parametrize("name", ["max", "lena", "sam", "otto", "paul", "connie"])
    def test_who_may_not(self, cast: Cast, name: str) -> None:
        run = start(cast)
        with pytest.raises(NotAllowed):
            plays.end(by=cast.actor(name), run=run, outcome="lost", now=NOW)


class TestPages:
    @pytest.fixture
    def visit(self, cast: Cast) -> Any:
        def client(name: str) -> Client:
            found = Client()
            found.force_login(getattr(cast, name))
            return found

        return client

    def test_from_the_situation_to_the_outcome(self, cast: Cast, visit: Any) -> None:
        client, base = visit("tom"), f"/organizations/{cast.northwind.public_id}/plays/"
        assert "Nothing heard for weeks." in client.get(f"{base}new/").content.decode()
        assert client.post(f"{base}new/", {"play": "customers", "reason": "x"}).status_code == 422
        answer = client.post(f"{base}new/", {"play": "quiet", "reason": "Silence"})
        run = PlayRun.objects.get()
        assert answer["Location"] == f"/plays/{run.public_id}/"
        page = client.get(f"/plays/{run.public_id}/").content.decode()
        for words in ("Call", "Visit", "Silence", "They talk again"):
            assert words in page
        assert client.post(f"/plays/{run.public_id}/", {"outcome": "back"}).status_code == 422
        assert client.post(f"/plays/{run.public_id}/", {"outcome": "lost", "version": "1"}).status_code == 302
        assert "They left" in client.get(f"/plays/{run.public_id}/").content.decode()
        assert "Gone quiet" in client.get(base).content.decode()

    def test_who_sees_and_who_starts(self, cast: Cast, visit: Any) -> None:
        run, base = make_run(cast.northwind, "quiet"), f"/organizations/{cast.northwind.public_id}/plays/"
        for name, listed, started, opened in (
            ("max", 200, 403, 200),
            ("petra", 200, 403, 200),
            ("sam", 403, 403, 404),
            ("otto", 404, 404, 404),
            ("connie", 404, 404, 404),
        ):
            client = visit(name)
            found = [client.get(path).status_code for path in (base, f"{base}new/", f"/plays/{run.public_id}/")]
            assert found == [listed, started, opened], name
        assert visit("max").post(f"/plays/{run.public_id}/", {"outcome": "lost"}).status_code == 403


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_start_the_same_play() -> None:
    cast = make_cast()
    tom, ana = cast.actor("tom"), cast.actor("ana")
    sent: dict[str, Any] = {"organization": cast.northwind, "play": "quiet", "reason": "Silence", "now": NOW}
    outcomes = in_threads(lambda: plays.start(by=tom, **sent), lambda: plays.start(by=ana, **sent))
    refused = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
    assert [error.code for error in refused] == ["running"], outcomes
    assert Task.objects.count() == 3

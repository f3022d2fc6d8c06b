"""The API of tasks, commitments and plays."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from partners.models import Commitment, Task, TaskDependency
from partners.services import plays
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact, make_partner
from tests.factories.tasks import make_commitment, make_run, make_task
from tests.hub.api_world import BASE, MISSING, call
from tests.partners.page_world import counting, signed_in
from tests.partners.test_play_runs import policy_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def home(cast: Cast, tail: str = "") -> str:
    return f"{BASE}/organizations/{cast.northwind.public_id}/{tail}"


class TestTasks:
    def test_from_the_first_call_to_the_last(self, cast: Cast) -> None:
        first = make_task(cast.northwind, title="First")
        body = {
            "title": "Second",
            "owner": str(cast.tom.public_id),
            "contact": str(cast.connie_contact.public_id),
            "needs": [str(first.public_id)],
            "due_on": "2026-04-01",
            "court": "partner",
        }
        made = call(cast.petra, "post", home(cast, "tasks/"), body)
        assert made.status_code == 201, made.json()
        assert {key: made.json()[key] for key in ("state", "owner_name", "contact_name", "needs", "stage")} == {
            "state": "open",
            "owner_name": "Tom Okafor",
            "contact_name": "Connie Contact",
            "needs": [str(first.public_id)],
            "stage": "gate_3",
        }
        one = home(cast, f"tasks/{made.json()['id']}/")
        assert call(cast.tom, "get", one, **{"If-None-Match": made["ETag"]}).status_code == 304
        assert call(cast.tom, "patch", one, {"title": "x"}).status_code == 428
        edited = call(cast.tom, "patch", one, {"title": "Two"}, **{"If-Match": made["ETag"]})
        assert (edited.json()["title"], edited.json()["version"]) == ("Two", 2)
        late = call(cast.ana, "patch", one, {"title": "Too late"}, **{"If-Match": made["ETag"]})
        assert (late.status_code, late.json()["current"]) == (412, {"title": "Two"})
        waiting = call(cast.tom, "post", f"{one}complete/", {})
        assert (waiting.status_code, waiting.json()["code"]) == (400, "waiting")
        assert call(cast.tom, "post", f"{one}block/", {"reason": "Legal"}).json()["blocked_reason"] == "Legal"
        assert call(cast.tom, "post", f"{one}unblock/").json()["blocked_reason"] == ""
        assert call(cast.tom, "post", f"{one}start/").json()["state"] == "started"
        call(cast.tom, "post", home(cast, f"tasks/{first.public_id}/skip/"), {"reason": "Not needed"})
        done = call(cast.tom, "post", f"{one}complete/", {"note": "Sent"}).json()
        assert (done["state"], done["done_by"]) == ("done", "Tom Okafor")
        again = call(cast.petra, "post", f"{one}complete/", {})
        assert (again.status_code, again.json()["code"]) == (400, "settled")
        assert call(cast.tom, "post", f"{one}reopen/").json()["state"] == "open"
        assert call(cast.tom, "delete", one).status_code == 204
        assert call(cast.tom, "get", one).status_code == 404
        assert call(cast.tom, "post", f"{one}restore/").status_code == 200

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "title"),
            ({"title": ""}, "title"),
            ({"title": "a\0b"}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"title": "x", "court": "moon"}, "court"),
            ({"title": "x", "due_on": "0001-01-01"}, "due_on"),
            ({"title": "x", "due_on": "soon"}, "due_on"),
            ({"title": "x", "description": "é" * 20_000}, "description"),
            ({"title": "x", "owner": "x"}, "owner"),
            ({"title": "x", "needs": ["x"]}, "needs.0"),
        ],
    )
    def test_bad_ones_are_refused_at_their_field(self, cast: Cast, body: dict[str, Any], field: str) -> None:
        answer = call(cast.petra, "post", home(cast, "tasks/"), body)
        assert answer.status_code == 400
        assert {error["field"].partition(".")[0] for error in answer.json()["errors"]} == {field.partition(".")[0]}

    def test_foreign_ids_are_refused_like_missing_ones(self, cast: Cast) -> None:
        foreign = make_partner("gate_3")
        task = make_task(cast.northwind)
        places: list[tuple[str, Any]] = [
            ("owner", cast.connie.public_id),
            ("contact", make_contact(foreign).public_id),
            ("contact", make_contact(cast.birch).public_id),
            ("needs", make_task(foreign).public_id),
            ("needs", make_task(cast.birch).public_id),
        ]
        for method, path in (("post", "tasks/"), ("patch", f"tasks/{task.public_id}/")):
            for name, foreign_id in places:
                answers = []
                for value in (str(foreign_id), MISSING):
                    sent = {"title": "x", name: [value] if name == "needs" else value}
                    answer = call(cast.petra, method, home(cast, path), sent, **{"If-Match": '"1"'})
                    answers.append((answer.status_code, answer.content.replace(value.encode(), b"")))
                assert answers[0] == answers[1], name
                assert answers[0][0] == 400

    def test_a_circle_is_named(self, cast: Cast) -> None:
        one = make_task(cast.northwind, title="One")
        two = make_task(cast.northwind, title="Two", after=(one,))
        path = home(cast, f"tasks/{one.public_id}/")
        answer = call(cast.petra, "patch", path, {"needs": [str(two.public_id)]}, **{"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["code"]) == (400, "circle")
        assert "“One” → “Two” → “One”" in answer.json()["title"]
        assert TaskDependency.objects.count() == 1

    def test_lists_narrow(self, cast: Cast) -> None:
        first = make_task(cast.northwind, title="Late", owner=cast.tom, due_on=TODAY - timedelta(days=3))
        make_task(cast.northwind, title="Waits", after=(first,), court="partner", due_on=None)
        make_task(cast.northwind, title="Done", state="done", done_at=NOW, stage="gate_2")
        make_task(cast.birch, title="Elsewhere", owner=cast.tom, due_on=TODAY)

        def found(path: str, who: str = "tom") -> list[str]:
            answer = call(getattr(cast, who), "get", path)
            assert answer.status_code == 200, answer.json()
            return [row["title"] for row in answer.json()["results"]]

        here = home(cast, "tasks/")
        assert found(here) == ["Late", "Waits"]
        assert found(f"{here}?overdue=true") == ["Late"]
        assert found(f"{here}?blocked=true") == ["Waits"]
        assert found(f"{here}?court=partner") == ["Waits"]
        assert found(f"{here}?state=done&stage=gate_2") == ["Done"]
        assert found(f"{BASE}/tasks/") == ["Late", "Elsewhere"]
        assert found(f"{BASE}/tasks/?due_until={TODAY - timedelta(days=1)}") == ["Late"]
        assert found(f"{BASE}/tasks/", "petra") == []
        assert call(cast.tom, "get", f"{here}?state=nonsense").status_code == 400

    def test_participants_and_strangers(self, cast: Cast) -> None:
        other = make_task(cast.northwind, title="Of Tom", owner=cast.tom)
        own = make_task(cast.northwind, title="Of Sam", owner=cast.sam, after=(other,))
        listed = call(cast.sam, "get", home(cast, "tasks/")).json()["results"]
        assert [(row["title"], row["needs"]) for row in listed] == [("Of Sam", [])]
        assert call(cast.sam, "get", home(cast, f"tasks/{other.public_id}/")).status_code == 404
        assert call(cast.sam, "post", home(cast, "tasks/"), {"title": "x"}).status_code == 403
        refused = call(cast.sam, "post", home(cast, f"tasks/{own.public_id}/complete/"), {})
        assert "Of Tom" not in refused.content.decode()
        assert (
            call(
                cast.sam, "patch", home(cast, f"tasks/{own.public_id}/"), {"title": "x"}, **{"If-Match": '"1"'}
            ).status_code
            == 403
        )
        assert call(cast.otto, "get", home(cast, "tasks/")).status_code == 404
        assert call(cast.max, "post", home(cast, f"tasks/{own.public_id}/complete/"), {}).status_code == 403

    def test_statements_do_not_grow(self, cast: Cast) -> None:
        client = signed_in(cast.tom)
        for _ in range(3):
            make_task(cast.northwind, owner=cast.tom, after=(make_task(cast.northwind),))
        with counting() as few:
            client.get(home(cast, "tasks/"))
        for _ in range(30):
            make_task(cast.northwind, owner=cast.tom, after=(make_task(cast.northwind),))
        with counting() as many:
            client.get(home(cast, "tasks/"))
        assert len(few) == len(many)


class TestCommitments:
    def test_from_the_first_call_to_the_last(self, cast: Cast) -> None:
        body = {"side": "them", "title": "Send data", "due_on": "2026-04-01", "owner": str(cast.tom.public_id)}
        made = call(cast.petra, "post", home(cast, "commitments/"), body)
        assert (made.status_code, made.json()["side"]) == (201, "them"), made.json()
        one = home(cast, f"commitments/{made.json()['id']}/")
        moved = call(cast.tom, "post", f"{one}renegotiate/", {"due_on": "2026-05-01", "reason": "Kim is away"}).json()
        assert (moved["due_on"], moved["changes"][0]["was_due_on"]) == ("2026-05-01", "2026-04-01")
        assert call(cast.tom, "patch", one, {"title": "x"}, **{"If-Match": made["ETag"]}).status_code == 412
        assert call(cast.tom, "patch", one, {"title": "Data"}, **{"If-Match": '"2"'}).json()["title"] == "Data"
        assert call(cast.tom, "post", f"{one}break/", {"note": "Forgot"}).json()["state"] == "broken"
        assert call(cast.tom, "post", f"{one}reopen/").json()["state"] == "open"
        assert call(cast.tom, "post", f"{one}withdraw/", {"note": "Agreed"}).json()["state"] == "withdrawn"
        again = call(cast.tom, "post", f"{one}keep/", {})
        assert (again.status_code, again.json()["code"]) == (400, "settled")
        assert [row["id"] for row in call(cast.tom, "get", home(cast, "commitments/")).json()["results"]] == [
            made.json()["id"]
        ]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"title": "x"}, "due_on"),
            ({"title": "x", "due_on": "2026-04-01", "side": "both"}, "side"),
            ({"title": "a\0", "due_on": "2026-04-01"}, "title"),
            ({"title": "x", "due_on": "0001-01-01"}, "due_on"),
        ],
    )
    def test_bad_ones_are_refused_at_their_field(self, cast: Cast, body: dict[str, Any], field: str) -> None:
        answer = call(cast.petra, "post", home(cast, "commitments/"), body)
        assert answer.status_code == 400
        assert field in {error["field"] for error in answer.json()["errors"]}
        assert not Commitment.objects.exists()

    def test_a_summary_holds_none(self, cast: Cast) -> None:
        made = make_commitment(cast.northwind, owner=cast.sam)
        assert call(cast.sam, "get", home(cast, "commitments/")).json()["results"] == []
        assert call(cast.sam, "post", home(cast, f"commitments/{made.public_id}/keep/"), {}).status_code == 404
        body = {"title": "x", "due_on": "2026-04-01"}
        assert call(cast.sam, "post", home(cast, "commitments/"), body).status_code == 403
        assert call(cast.max, "post", home(cast, "commitments/"), body).status_code == 403


class TestPlays:
    @pytest.fixture(autouse=True)
    def policy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = policy_of()
        monkeypatch.setattr(plays, "plays_in_force", lambda: found)
        monkeypatch.setattr(plays, "policy_of_version", lambda name, version: found)

    def test_started_and_ended(self, cast: Cast) -> None:
        body = {"play": "quiet", "reason": "Silence"}
        made = call(cast.tom, "post", home(cast, "plays/"), body)
        assert (made.status_code, len(made.json()["task_ids"])) == (201, 3), made.json()
        assert call(cast.ana, "post", home(cast, "plays/"), body).json()["code"] == "running"
        one = home(cast, f"plays/{made.json()['id']}/")
        assert call(cast.tom, "post", f"{one}end/", {"outcome": "back"}).json()["code"] == "steps_open"
        ended = call(cast.tom, "post", f"{one}end/", {"outcome": "lost", "note": "Gone"}).json()
        assert (ended["outcome"], ended["ended_by"]) == ("lost", "Tom Okafor")
        assert not Task.objects.unfinished().exists()

    def test_who_may_not(self, cast: Cast) -> None:
        run = make_run(cast.northwind, "quiet")
        body = {"play": "quiet", "reason": "Silence"}
        for name, status in (("max", 403), ("sam", 403), ("petra", 403), ("otto", 404)):
            assert call(getattr(cast, name), "post", home(cast, "plays/"), body).status_code == status
        assert call(cast.max, "post", home(cast, f"plays/{run.public_id}/end/"), {"outcome": "lost"}).status_code == 403
        assert call(cast.sam, "get", home(cast, f"plays/{run.public_id}/")).status_code == 404

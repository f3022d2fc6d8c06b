"""Evidence through the API: put beside tasks and answers, read by whom it concerns, taken away by who added it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from partners.models import Evidence
from partners.services import evidence, gates
from tests.cast import Cast
from tests.factories.partners import NOW, make_partner
from tests.factories.tasks import make_note, make_task
from tests.hub.api_world import BASE, MISSING, call, token_of
from tests.partners import gate_world

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def url(organization: Any, *parts: Any) -> str:
    return "/".join([f"{BASE}/organizations/{organization.public_id}/evidence", *(str(part) for part in parts), ""])


def send(cast: Cast, who: str, file: SimpleUploadedFile, **sent: Any) -> Any:
    return Client().post(
        url(cast.northwind),
        {**sent, "file": file},
        headers={"Authorization": f"Bearer {token_of(getattr(cast, who))}"},
    )


class TestOfTasks:
    @pytest.mark.parametrize("content", [{"url": "https://a.example/x"}, {"note": "They agreed"}])
    def test_a_link_or_a_note(self, cast: Cast, content: dict[str, str]) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        answer = call(cast.tom, "post", url(cast.northwind), {"task": str(task.public_id), **content})
        assert answer.status_code == 201, answer.content
        found = answer.json()
        assert (found["task_id"], found["draft_id"], found["added_by"]) == (str(task.public_id), None, cast.tom.name)
        assert content.items() <= found.items()
        one = url(cast.northwind, found["id"])
        assert call(cast.petra, "get", one).json() == found
        assert call(cast.tom, "get", one, **{"If-None-Match": answer["ETag"]}).status_code == 304

    def test_sent_twice_with_a_key_it_is_one(self, cast: Cast) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        body = {"task": str(task.public_id), "note": "Once"}
        answers = [call(cast.tom, "post", url(cast.northwind), body, **{"Idempotency-Key": "k"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert Evidence.objects.count() == 1

    def test_a_file_and_back(self, cast: Cast) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        answer = send(cast, "tom", SimpleUploadedFile("../plan.png", PNG), task=str(task.public_id))
        assert answer.status_code == 201, answer.content
        found = answer.json()
        assert (found["kind"], found["file_name"], found["file_size"]) == ("file", "plan.png", len(PNG))
        file = call(cast.petra, "get", url(cast.northwind, found["id"], "file"))
        assert file.content == PNG
        assert file["Content-Disposition"] == 'attachment; filename="plan.png"'
        assert call(cast.otto, "get", url(cast.northwind, found["id"], "file")).status_code == 404

    @pytest.mark.parametrize(
        ("file", "code"),
        [(SimpleUploadedFile("a.exe", b"MZ\x90\0\x03\0"), "kind_not_taken"), (SimpleUploadedFile("a", b""), "empty")],
    )
    def test_a_file_that_is_not_taken(self, cast: Cast, file: SimpleUploadedFile, code: str) -> None:
        task = make_task(cast.northwind, owner=cast.tom)
        answer = send(cast, "tom", file, task=str(task.public_id))
        assert (answer.status_code, answer.json()["code"]) == (400, code)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"note": "x"},
            {"task": MISSING, "note": "x"},
            {"draft": MISSING, "note": "x"},
            {"task": "here"},
            {"task": "here", "note": "x", "url": "https://a.example"},
            {"task": "here", "draft": MISSING, "note": "x"},
            {"task": "here", "url": "http://plain.example"},
            {"task": "here", "note": " "},
            {"task": "birch", "note": "x"},
            {"task": "foreign", "note": "x"},
        ],
    )
    def test_what_is_refused(self, cast: Cast, body: dict[str, str]) -> None:
        known = {
            "here": make_task(cast.northwind, owner=cast.tom),
            "birch": make_task(cast.birch, owner=cast.tom),
            "foreign": make_task(make_partner("gate_3"), owner=cast.petra),
        }
        sent = {key: str(known[value].public_id) if value in known else value for key, value in body.items()}
        assert call(cast.tom, "post", url(cast.northwind), sent).status_code == 400
        assert not Evidence.objects.exists()

    def test_who_sees_and_writes_what(self, cast: Cast) -> None:
        own, other = make_task(cast.northwind, owner=cast.sam), make_task(cast.northwind, owner=cast.tom)
        for task in (own, other):
            make_note(task, f"Of {task.owner.name}", added_by=cast.tom)
        gone = make_note(other, "Gone", added_by=cast.tom, removed_at=NOW)

        def notes(who: str, query: str = "") -> set[str]:
            answer = call(getattr(cast, who), "get", f"{url(cast.northwind)}{query}")
            return {row["note"] for row in answer.json()["results"]}

        assert notes("tom") == notes("max") == {f"Of {cast.sam.name}", f"Of {cast.tom.name}"}
        assert notes("sam") == {f"Of {cast.sam.name}"}
        assert notes("tom", f"?task={own.public_id}") == {f"Of {cast.sam.name}"}
        assert call(cast.tom, "get", url(cast.northwind, gone.public_id)).status_code == 404
        for who, status in (("otto", 404), ("connie", 404), ("max", 403), ("sam", 400)):
            sent = {"task": str(other.public_id), "note": "x"}
            assert call(getattr(cast, who), "post", url(cast.northwind), sent).status_code == status

    def test_who_added_it_takes_it_away(self, cast: Cast) -> None:
        piece = make_note(make_task(cast.northwind, owner=cast.tom), added_by=cast.tom)
        one = url(cast.northwind, piece.public_id)
        assert call(cast.max, "delete", one).status_code == 403
        assert call(cast.otto, "delete", one).status_code == 404
        assert call(cast.tom, "delete", one).status_code == 204
        assert call(cast.tom, "get", one).status_code == 404
        piece.refresh_from_db()
        assert piece.removed_at is not None


class TestOfAnswers:
    @pytest.fixture
    def draft(self, cast: Cast) -> Any:
        gates.open_review(organization=cast.northwind, now=NOW)
        return gate_world.drafted(cast.northwind, cast.actor("petra"), now=NOW)

    def test_beside_an_answer_of_the_present_gate(self, cast: Cast, draft: Any) -> None:
        sent = {"draft": str(draft.public_id), "field": "beta-customers-count", "note": "Their list"}
        found = call(cast.petra, "post", url(cast.northwind), sent).json()
        assert (found["draft_id"], found["field"]) == (str(draft.public_id), "beta-customers-count")
        assert [row["id"] for row in call(cast.petra, "get", url(cast.northwind)).json()["results"]] == [found["id"]]
        assert call(cast.sam, "get", url(cast.northwind)).json()["results"] == []
        assert call(cast.sam, "get", url(cast.northwind, found["id"])).status_code == 404

    def test_of_a_gate_that_is_decided_nothing_is_told(self, cast: Cast, draft: Any) -> None:
        piece = evidence.add_note(by=cast.actor("petra"), draft=draft, field="x", note="Then", now=NOW)
        type(draft.review).objects.filter(pk=draft.review_id).update(decided_at=timezone.now(), outcome="passed")
        assert call(cast.petra, "get", url(cast.northwind, piece.public_id)).status_code == 404
        sent = {"draft": str(draft.public_id), "field": "x", "note": "Late"}
        assert call(cast.petra, "post", url(cast.northwind), sent).status_code == 400

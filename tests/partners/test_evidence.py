"""Evidence: told by its content, kept under names of our own, added and taken away by whom it concerns."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from common.errors import DomainError, NotAllowed
from common.file_kinds import kind_of
from partners.models import Draft, Evidence, Task
from partners.services import evidence
from tests.cast import Cast
from tests.factories.partners import NOW
from tests.factories.tasks import make_note, make_review, make_task

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def archive(**files: bytes) -> bytes:
    """A ZIP of these files; `__` in a name stands for a slash."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, body in files.items():
            made.writestr(name.replace("__", "/"), body)
    return content.getvalue()


WORD = archive(**{"[Content_Types].xml": b"<x/>", "word__document.xml": b"<x/>"})


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"%PDF-1.7 ...", ".pdf"),
        (PNG, ".png"),
        (b"\xff\xd8\xff\xe0....", ".jpg"),
        (b"GIF89a......", ".gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", ".webp"),
        ("Bestätigt\tund gültig\r\n".encode(), ".txt"),
        (b"\xef\xbb\xbfid;name\n1;Alder\n", ".txt"),
        (b"<html><script>alert(1)</script></html>", ".txt"),
        (WORD, ".docx"),
        (archive(**{"[Content_Types].xml": b"", "xl__workbook.xml": b""}), ".xlsx"),
        (archive(mimetype=b"application/vnd.oasis.opendocument.text"), ".odt"),
        (b"", None),
        (b"MZ\x90\0\x03\0\0\0", None),
        (b"\x7fELF\x02\x01", None),
        (b"abc\0def", None),
        (b"\xff\xfea\0b\0", None),
        (archive(a=b"anything"), None),
        (archive(mimetype=b"application/epub+zip"), None),
        (archive(**{"[Content_Types].xml": b"", "word__document.xml": b"", "word__vbaProject.bin": b""}), None),
        (b"PK\x03\x04 no archive", None),
    ],
)
def test_a_file_is_what_it_holds(content: bytes, ending: str | None) -> None:
    file = io.BytesIO(content)
    kind = kind_of(file)
    assert (kind.ending if kind else None) == ending
    assert file.tell() == 0


@pytest.fixture
def task(cast: Cast) -> Task:
    return make_task(cast.northwind, owner=cast.tom)


def add(cast: Cast, task: Task, content: bytes = PNG, name: str = "proof.png", by: str = "tom") -> Evidence:
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return evidence.add_file(by=cast.actor(by), task=task, file=file, now=NOW)


@pytest.mark.django_db
class TestFiles:
    def test_names_are_ours_and_types_are_found(self, cast: Cast, task: Task) -> None:
        stored = add(cast, task, name="../../etc/pass\nwd.exe").file
        assert stored is not None
        assert stored.path.startswith("evidence/")
        assert stored.path.endswith(".png")
        assert (stored.original_name, stored.content_type) == ("passwd.png", "image/png")
        assert (stored.size, stored.organization_id, len(stored.sha256)) == (len(PNG), cast.northwind.pk, 64)
        with default_storage.open(stored.path) as file:
            assert file.read() == PNG

    @pytest.mark.parametrize(
        ("name", "content", "shown"),
        [("table.csv", b"a,b\n", "table.csv"), ("x" * 300, PNG, "x" * 190 + ".png"), ("", PNG, "file.png")],
    )
    def test_names_for_people(self, cast: Cast, task: Task, name: str, content: bytes, shown: str) -> None:
        file = SimpleUploadedFile("a", content)
        file._name = name  # type: ignore[attr-defined]
        made = evidence.add_file(by=cast.actor("tom"), task=task, file=file, now=NOW)
        assert made.file
        assert made.file.original_name == shown

    @pytest.mark.parametrize(
        ("content", "code"), [(b"", "empty"), (b"MZ\x90\0", "kind_not_taken"), (b"x" * 2000, "too_large")]
    )
    def test_what_is_not_taken(self, cast: Cast, task: Task, settings: Any, content: bytes, code: str) -> None:
        settings.EVIDENCE_MAX_BYTES = 1024
        with pytest.raises(DomainError) as caught:
            add(cast, task, content)
        assert (caught.value.field, caught.value.code) == ("file", code)
        assert not Evidence.objects.exists()


@pytest.mark.django_db
class TestWords:
    @pytest.mark.parametrize(
        "url",
        [
            "http://a.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "https://u:secret@a.example/",
            "https://a.example/\0",
            "https://a.example/" + "x" * 500,
            "",
        ],
    )
    def test_addresses_are_https(self, cast: Cast, task: Task, url: str) -> None:
        with pytest.raises(DomainError) as caught:
            evidence.add_link(by=cast.actor("tom"), task=task, url=url, now=NOW)
        assert caught.value.field == "url"

    def test_a_link_and_a_note(self, cast: Cast, task: Task) -> None:
        by = cast.actor("tom")
        link = evidence.add_link(by=by, task=task, url=" https://a.example/p?q=1 ", now=NOW)
        note = evidence.add_note(by=by, task=task, note="They\0 agreed", now=NOW)
        assert (link.url, note.note) == ("https://a.example/p?q=1", "They agreed")

    @pytest.mark.parametrize("note", ["", "\0 ", "é" * 5000])
    def test_notes_hold_words(self, cast: Cast, task: Task, note: str) -> None:
        with pytest.raises(DomainError) as caught:
            evidence.add_note(by=cast.actor("tom"), task=task, note=note, now=NOW)
        assert caught.value.field == "note"

    def test_there_is_an_end(self, cast: Cast, task: Task) -> None:
        for _ in range(evidence.MAX_PIECES):
            make_note(task)
        with pytest.raises(DomainError):
            evidence.add_note(by=cast.actor("tom"), task=task, note="One more", now=NOW)


@pytest.mark.django_db
class TestWhose:
    @pytest.mark.parametrize("name", ["sam", "otto", "max", "lena", "paul", "nora", "connie"])
    def test_others_add_nothing(self, cast: Cast, task: Task, name: str) -> None:
        with pytest.raises(NotAllowed):
            evidence.add_note(by=cast.actor(name), task=task, note="Me too", now=NOW)

    def test_a_contact_adds_to_what_is_theirs(self, cast: Cast) -> None:
        task = make_task(cast.northwind, is_shared=True, court="partner")
        made = add(cast, task, by="connie")
        assert made.added_by_id == cast.connie.pk
        assert evidence.remove(by=cast.actor("connie"), evidence=made, now=NOW).removed_at == NOW

    def test_a_contact_takes_nothing_of_ours_away(self, cast: Cast) -> None:
        task = make_task(cast.northwind, is_shared=True, court="partner")
        with pytest.raises(NotAllowed):
            evidence.remove(by=cast.actor("connie"), evidence=make_note(task, added_by=cast.tom), now=NOW)

    def test_what_a_task_was_settled_with_stays(self, cast: Cast) -> None:
        task = make_task(cast.northwind, owner=cast.tom, state="done", done_at=NOW, done_by=cast.tom)
        with pytest.raises(DomainError) as caught:
            evidence.remove(by=cast.actor("tom"), evidence=make_note(task, added_by=cast.tom), now=NOW)
        assert caught.value.code == "settled"

    def test_drafts(self, cast: Cast) -> None:
        review = make_review(cast.northwind)
        draft = Draft.objects.create(organization=cast.northwind, review=review, questionnaire="gate-3")
        made = evidence.add_note(by=cast.actor("petra"), draft=draft, field="beta", note="Report", now=NOW)
        assert (made.draft, made.field, made.task) == (draft, "beta", None)
        for name in ("connie", "sam", "max", "otto"):
            with pytest.raises(NotAllowed):
                evidence.add_note(by=cast.actor(name), draft=draft, field="beta", note="x", now=NOW)
        review.outcome, review.decided_at = "passed", NOW
        review.save()
        with pytest.raises(DomainError) as caught:
            evidence.remove(by=cast.actor("petra"), evidence=made, now=NOW)
        assert caught.value.code == "settled"

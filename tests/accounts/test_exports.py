"""Exports: written by a worker with the rights of that moment, for their maker alone, once, whatever dies."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

from accounts import exportables
from accounts.exportables import TABLES, Asked, Exportable, OpenedList
from accounts.models import Activity, Export, Notification, RoleGrant
from accounts.services import export_runs, exports
from common.errors import DomainError, Missing, NotAllowed
from common.export import ExportColumn
from common.models import StoredFile
from common.scope import Scope, current_scope
from tests.cast import Cast

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
COLUMNS = [ExportColumn(label="Number", value=lambda row: row), ExportColumn(label="Scope", value=lambda row: "one")]
Rows = Callable[[], Iterable[Any]]


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[Rows]:
    """A list called "numbers", whose rows a test may replace; Tom's scope shows one organization."""
    given: list[Rows] = [lambda: range(3)]

    def opened(asked: Asked) -> OpenedList:
        if asked.subject == "foreign":
            raise Missing("No such list.")
        return OpenedList(title="Numbers", stem="Numbers of", query=asked.query, columns=COLUMNS, rows=given[0])

    known = Exportable(what="numbers", formats=TABLES, open=opened, scope=lambda actor: Scope.of([7]))
    monkeypatch.setitem(exportables._known, "numbers", known)
    return given


def want(cast: Cast, name: str = "tom", **sent: Any) -> Export:
    return exports.want(by=cast.actor(name), now=NOW, **{"what": "numbers", "format": "csv", **sent})


def run(export: Export, now: datetime = NOW) -> bool:
    return export_runs.run(export_id=export.pk, clock=lambda: now)


def kept_files() -> set[str]:
    try:
        return set(default_storage.listdir(exports.FOLDER)[1])
    except FileNotFoundError:
        return set()


@pytest.mark.django_db
class TestWanting:
    @pytest.mark.parametrize(
        ("name", "sent", "refused", "code"),
        [
            ("sue", {}, NotAllowed, "not_allowed"),
            ("connie", {}, NotAllowed, "not_allowed"),
            ("nora", {}, NotAllowed, "not_allowed"),
            ("tom", {"what": "secrets"}, DomainError, "unknown_list"),
            ("tom", {"format": "pdf"}, DomainError, "unknown_format"),
            ("tom", {"format": ""}, DomainError, "unknown_format"),
            ("tom", {"query": "x" * 4_001}, DomainError, "too_long"),
            ("tom", {"subject": "foreign"}, Missing, "missing"),
        ],
    )
    def test_what_is_refused(
        self, cast: Cast, rows: list[Rows], name: str, sent: dict[str, str], refused: type[DomainError], code: str
    ) -> None:
        with pytest.raises(refused) as error:
            want(cast, name, **sent)
        assert error.value.code == code
        assert not Export.objects.exists()

    def test_the_same_is_written_once_and_nobody_fills_the_queue_or_the_disk(
        self, cast: Cast, rows: list[Rows], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = want(cast, query="a=1")
        assert want(cast, query="a=1").pk == first.pk
        others = [want(cast, query=f"a={number}") for number in range(2, 11)]
        with pytest.raises(DomainError) as error:
            want(cast, query="a=11")
        assert error.value.code == "too_many"
        assert want(cast, "max", query="a=1").pk not in {first.pk, *(one.pk for one in others)}
        run(first)
        assert want(cast, query="a=1").pk != first.pk
        exports.cancel(by=cast.actor("tom"), export=others[0], now=NOW)
        monkeypatch.setattr(exports, "MOST_KEPT", 1)
        with pytest.raises(DomainError, match="delete some of them first"):
            want(cast, query="a=12")
        exports.forget(by=cast.actor("tom"), export=first, now=NOW)
        assert want(cast, query="a=12")


@pytest.mark.django_db
class TestWriting:
    def test_a_file_is_written_told_recorded_and_fetched_by_its_maker(self, cast: Cast, rows: list[Rows]) -> None:
        seen = []
        rows[0] = lambda: [seen.append(current_scope().setting) or number for number in range(3)]
        export = want(cast, query="a=1")
        assert [run(export), run(export)] == [True, False]
        export.refresh_from_db()
        assert (export.state, export.rows, export.attempts) == ("done", 3, 1)
        assert set(seen) == {"{7}"}
        file = exports.fetch(by=cast.actor("tom"), export=export, now=NOW)
        assert file.original_name == "numbers-of-2026-03-02.csv"
        with default_storage.open(file.path) as stored:
            lines = list(csv.reader(io.StringIO(stored.read().decode("utf-8-sig"))))
        assert lines == [["Number", "Scope"], *[[str(number), "one"] for number in range(3)]]
        assert file.size == export.size > 0
        taken = Activity.objects.get(verb="list.exported")
        assert (taken.actor_id, taken.target_name, taken.reason) == (cast.tom.pk, "numbers", "a=1")
        assert taken.changes["rows"] == [None, 3]
        notice = Notification.objects.get(kind="exports")
        assert (notice.user_id, notice.title) == (cast.tom.pk, "Ready: Numbers")
        for name in ("otto", "max", "adam"):
            with pytest.raises(Missing):
                exports.fetch(by=cast.actor(name), export=export, now=NOW)
        with pytest.raises(DomainError, match="none any more"):
            exports.fetch(by=cast.actor("tom"), export=export, now=NOW + timedelta(days=7))
        RoleGrant.objects.filter(user=cast.tom).delete()
        with pytest.raises(NotAllowed):
            exports.fetch(by=cast.actor("tom"), export=export, now=NOW)

    def test_the_rights_are_those_of_the_moment(self, cast: Cast, rows: list[Rows]) -> None:
        """Who lost them, or is gone, gets nothing written."""
        rows[0] = lambda: pytest.fail("read")
        lost, gone = want(cast), want(cast, "max")
        RoleGrant.objects.filter(user=cast.tom).delete()
        type(cast.max).objects.filter(pk=cast.max.pk).update(is_active=False)
        for export in (lost, gone):
            assert not run(export)
            export.refresh_from_db()
            assert (export.state, export.file) == ("failed", None)
            assert "taking data out" in export.failure

    def test_a_worker_that_dies_is_followed_by_another_three_times_at_most(self, cast: Cast, rows: list[Rows]) -> None:
        def dies() -> Iterable[Any]:
            yield 1
            raise SystemExit

        export, before = want(cast), kept_files()
        rows[0] = dies
        for attempt in (1, 2, 3):
            at = NOW + timedelta(hours=attempt)
            with pytest.raises(SystemExit):
                run(export, at)
            assert export_runs.requeue(now=at + timedelta(minutes=4)) == 0
            assert export_runs.requeue(now=at + timedelta(minutes=6)) == (attempt < 3)
        export.refresh_from_db()
        assert (export.state, export.attempts) == ("failed", 3)
        assert kept_files() == before

    @pytest.mark.parametrize("ends", ["cancel", "forget", "passed over", "erased"])
    def test_what_a_dead_worker_has_stored_goes(
        self, cast: Cast, rows: list[Rows], django_capture_on_commit_callbacks: Any, ends: str
    ) -> None:
        """It died after it had stored the file and before it could say where."""
        export, before = want(cast), kept_files()
        Export.objects.filter(pk=export.pk).update(state="running", attempts=2, beat_at=NOW)
        export.refresh_from_db()
        default_storage.save(exports.path_of(export), ContentFile(b"half"))
        with django_capture_on_commit_callbacks(execute=True):
            if ends in ("cancel", "forget"):
                getattr(exports, ends)(by=cast.actor("tom"), export=export, now=NOW)
            elif ends == "erased":
                exports.forget_everybodys(now=NOW)
            else:
                export_runs.requeue(now=NOW + timedelta(minutes=6))
        assert kept_files() == before

    def test_what_cannot_be_written_says_so_and_the_next_is_written(self, cast: Cast, rows: list[Rows]) -> None:
        def too_long() -> Iterable[Any]:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 1")
                cursor.execute("SELECT pg_sleep(1)")
            yield 1

        second = want(cast, format="xlsx")
        for given, failure in ((lambda: [1 / 0], "tell an administrator"), (too_long, "Narrow the list")):
            rows[0], export = given, want(cast, query=failure)
            assert not run(export)
            export.refresh_from_db()
            assert export.state == "failed"
            assert failure in export.failure
        rows[0] = lambda: range(2)
        assert run(second)

    @pytest.mark.parametrize("ends", ["cancel", "forget", "passed over", "erased"])
    def test_who_is_not_at_turn_any_more_keeps_nothing(self, cast: Cast, rows: list[Rows], ends: str) -> None:
        export, before = want(cast), kept_files()

        def ended() -> Iterable[Any]:
            yield 1
            sent: Any = {"by": cast.actor("tom"), "export": export, "now": NOW}
            if ends in ("cancel", "forget"):
                getattr(exports, ends)(**sent)
            elif ends == "erased":
                exports.forget_everybodys(now=NOW)
            else:
                Export.objects.filter(pk=export.pk).update(attempts=2)

        rows[0] = ended
        assert not run(export)
        assert kept_files() == before
        assert not StoredFile.objects.filter(owner_id=cast.tom.pk).exists()
        assert [row.state for row in Export.objects.all()] == {
            "cancel": ["cancelled"], "forget": [], "passed over": ["running"], "erased": ["waiting"],
        }[ends]  # fmt: skip

    def test_one_person_has_one_worker_and_all_have_no_more_than_leaves_one_free(
        self, cast: Cast, rows: list[Rows], settings: Any
    ) -> None:
        settings.EXPORTS_AT_ONCE = 2
        mine, later, theirs, others = want(cast), want(cast, query="b"), want(cast, "max"), want(cast, "otto")
        Export.objects.filter(pk=mine.pk).update(state="running", beat_at=NOW)
        assert [run(later), run(theirs)] == [False, True]
        Export.objects.filter(pk=theirs.pk).update(state="running", beat_at=NOW)
        assert not run(others)
        Export.objects.filter(pk__in=(mine.pk, theirs.pk)).update(state="done")
        woken = []
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(export_runs, "enqueue_on_commit", lambda task, export_id: woken.append(export_id))
            assert [run(others), run(later)] == [True, True]
        assert woken == [later.pk]

    def test_what_is_erased_takes_finished_files_along(self, cast: Cast, rows: list[Rows]) -> None:
        exports.forget_everybodys(now=NOW)
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(hashtext('hub_exports'))")
                assert cursor.fetchone() == (False,), "a worker begins with what is about to be erased"
        finally:
            other.close()
        export = want(cast)
        run(export)
        export.refresh_from_db()
        exports.forget_everybodys(now=NOW)
        assert not Export.objects.exists()
        assert StoredFile.objects.get(pk=export.file_id).expires_at == NOW


@pytest.mark.django_db(transaction=True)
def test_it_is_seen_how_far_a_file_is_and_its_worker_hears_that_it_is_called_off(
    monkeypatch: pytest.MonkeyPatch, rows: list[Rows]
) -> None:
    """Through connections of their own: what reads is in the midst of a transaction."""
    from tests.cast import make_cast

    cast = make_cast()
    export, other = want(cast), connection.copy()
    monkeypatch.setattr(export_runs, "_EVERY", 0.0)
    monkeypatch.setattr("common.export_files.BATCH", 2)
    seen = []

    def told() -> Iterable[Any]:
        for number in range(100):
            if number == 5:
                with other.cursor() as cursor:
                    cursor.execute("SELECT state, rows FROM accounts_export")
                    seen.append(cursor.fetchone())
                    cursor.execute("UPDATE accounts_export SET state = 'cancelled'")
            yield number

    rows[0] = told
    try:
        assert not run(export)
    finally:
        other.close()
    assert seen == [("running", 4)]
    export.refresh_from_db()
    assert (export.state, export.rows) == ("cancelled", 4)


@pytest.mark.django_db
def test_pages_and_calls_are_for_the_maker(client: Client, cast: Cast, rows: list[Rows]) -> None:
    client.force_login(cast.tom)
    assert "No files yet" in client.get("/me/exports/").content.decode()
    answer = client.post("/me/exports/new/", {"what": "numbers", "format": "csv", "query": "a=1"}, follow=True)
    page = answer.content.decode()
    assert "Waiting" in page
    assert 'hx-trigger="every 2s"' in page
    export = Export.objects.get()
    assert "<html" not in client.get("/me/exports/", headers={"HX-Request": "true"}).content.decode()
    assert "There is no file" in client.get(f"/me/exports/{export.public_id}/file/", follow=True).content.decode()
    too_soon = client.get(f"/api/v1/exports/{export.public_id}/file/")
    assert (too_soon.status_code, too_soon.json()["code"]) == (400, "not_ready")
    export_runs.run(export_id=export.pk, clock=lambda: datetime.now(UTC))
    assert "every 2s" not in client.get("/me/exports/").content.decode()
    file = client.get(f"/me/exports/{export.public_id}/file/")
    assert b"".join(file.streaming_content).startswith("\ufeffNumber,Scope".encode())
    assert 'attachment; filename="numbers-of-' in file["Content-Disposition"]
    assert "not being written" in client.post(f"/me/exports/{export.public_id}/cancel/", follow=True).content.decode()
    assert "There is no such list" in client.post("/me/exports/new/", {"what": "x"}, follow=True).content.decode()
    found = client.get(f"/api/v1/exports/{export.public_id}/").json()
    assert (found["state"], found["rows"], found["is_ready"]) == ("done", 3, True)
    assert b"".join(client.get(f"/api/v1/exports/{export.public_id}/file/").streaming_content)
    sent = {"data": {"what": "numbers", "format": "xlsx"}, "content_type": "application/json"}
    made = [client.post("/api/v1/exports/", headers={"Idempotency-Key": "k"}, **sent).json()["id"] for _ in range(2)]
    assert made[0] == made[1]
    for name, status in (("otto", 404), ("adam", 404), ("sue", 404), ("connie", 404)):
        client.force_login(getattr(cast, name))
        for path in (f"/me/exports/{export.public_id}/file/", f"/api/v1/exports/{export.public_id}/"):
            assert client.get(path).status_code == status, (name, path)
        assert client.post(f"/me/exports/{export.public_id}/delete/").status_code == status, name
    client.force_login(cast.sue)
    assert client.post("/me/exports/new/", {"what": "numbers", "format": "csv"}).status_code == 403
    assert client.post("/api/v1/exports/", **sent).status_code == 403
    client.force_login(cast.tom)
    assert "Deleted" in client.post(f"/me/exports/{export.public_id}/delete/", follow=True).content.decode()
    assert client.delete(f"/api/v1/exports/{made[0]}/").status_code == 204
    assert not Export.objects.exists()

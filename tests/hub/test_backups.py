"""A backup is whole, a restore is compared, and whatever is wrong is said before anything is touched."""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.utils import timezone

from accounts.models import Activity
from common.models import StoredFile
from hub.backups import database as backup_database
from hub.backups.database import Target
from hub.backups.manifest import BackupError
from hub.backups.reading import read_archive
from hub.runtime import provision
from partners.models import Organization
from tests import database
from tests.factories.partners import make_contact, make_partner

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.services]


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.MEDIA_ROOT.mkdir()


@pytest.fixture
def world(settings: Any) -> Organization:
    """A partner with a name that tests encodings, a contact, and a stored file."""
    partner = make_partner("gate_3", name='Ünïcode "quoted"; \\ back\nslash')
    make_contact(partner, name="Zoë O'Neill", email="zoe@example.com")
    (settings.MEDIA_ROOT / "a1").mkdir()
    (settings.MEDIA_ROOT / "a1" / "b2").write_bytes(b"\x00content\xff")
    StoredFile.objects.create(path="a1/b2", original_name="list.csv", content_type="text/csv", size=9, sha256="0" * 64)
    return partner


@pytest.fixture
def empty_database() -> Iterator[str]:
    """An empty, prepared database on the same server; its address as the owner."""
    name = f"{database.clone_name()}_restored"
    with database._maintenance() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    with closing(psycopg2.connect(**database._owner_address(name))) as inside, inside.cursor() as cursor:
        for statement in provision.database_statements(name):
            cursor.execute(statement)
        inside.commit()
    _scheme, _, rest = os.environ["DATABASE_OWNER_URL"].partition("://")
    authority, _, tail = rest.partition("/")
    yield f"postgresql://{authority}/{name}?{tail.partition('?')[2]}"
    with database._maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run(command: str, *arguments: object) -> str:
    out = io.StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def rows_of(url: str, sql: str) -> list[Any]:
    with closing(Target.of_url(url).connect()) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[Any] = cursor.fetchall()
    return found


def test_what_was_backed_up_is_what_is_restored(world: Organization, empty_database: str, tmp_path: Path) -> None:
    said = run("backup", tmp_path / "hub.tar")
    assert "1 stored files" in said
    assert (tmp_path / "hub.tar").stat().st_mode & 0o077 == 0
    said = run("restore", tmp_path / "hub.tar", "--database-url", empty_database, "--files", tmp_path / "other")
    assert "restored and compared" in said
    assert rows_of(empty_database, "SELECT name FROM partners_organization") == [(world.name,)]
    assert (tmp_path / "other" / "a1" / "b2").read_bytes() == b"\x00content\xff"
    assert Activity.objects.filter(verb="backup.made").exists()


def test_a_restored_database_keeps_its_walls(world: Organization, empty_database: str, tmp_path: Path) -> None:
    run("backup", tmp_path / "hub.tar")
    run("restore", tmp_path / "hub.tar", "--database-url", empty_database, "--files", tmp_path / "other")
    rights = "SELECT has_table_privilege('hub_app', '{}', '{}')"
    assert rows_of(empty_database, rights.format("accounts_activity", "INSERT")) == [(True,)]
    for table in ("accounts_activity", "accounts_activityseal", "accounts_calendarversion"):
        for right in ("UPDATE", "DELETE"):
            assert rows_of(empty_database, rights.format(table, right)) == [(False,)], (table, right)
    assert rows_of(empty_database, rights.format("accounts_activity_default", "SELECT")) == [(False,)]
    secured = "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'partners_organization'"
    assert rows_of(empty_database, secured) == [(True, True)]


def test_a_database_with_anything_in_it_is_left_alone(world: Organization, empty_database: str, tmp_path: Path) -> None:
    run("backup", tmp_path / "hub.tar")
    with closing(Target.of_url(empty_database).connect()) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE mine (id int)")
        connection.commit()
    with pytest.raises(CommandError, match="not empty: it holds mine"):
        run("restore", tmp_path / "hub.tar", "--database-url", empty_database, "--files", tmp_path / "other")
    with pytest.raises(CommandError, match="not empty"):
        run("restore", tmp_path / "hub.tar", "--files", tmp_path / "third")
    assert Organization.objects.count() == 1


def test_a_file_in_the_way_is_not_overwritten(world: Organization, empty_database: str, tmp_path: Path) -> None:
    run("backup", tmp_path / "hub.tar")
    with pytest.raises(CommandError, match="already holds a1/b2"):
        run("restore", tmp_path / "hub.tar", "--database-url", empty_database)
    assert rows_of(empty_database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_an_archive_is_never_overwritten(world: Organization, tmp_path: Path) -> None:
    run("backup", tmp_path / "hub.tar")
    with pytest.raises(CommandError, match="there already"):
        run("backup", tmp_path / "hub.tar")
    with pytest.raises(CommandError, match="There is no folder"):
        run("backup", tmp_path / "nowhere" / "hub.tar")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".hub-backup")] == []


def test_the_role_that_row_security_holds_makes_no_backup(world: Organization) -> None:
    with (
        closing(Target(connections["default"].settings_dict).connect()) as connection,
        pytest.raises(BackupError, match="held by row security"),
    ):
        backup_database.check_role(connection)


def test_a_file_that_is_gone_is_reported(world: Organization, tmp_path: Path, settings: Any) -> None:
    (settings.MEDIA_ROOT / "a1" / "b2").unlink()
    StoredFile.objects.create(
        path="old",
        original_name="old.csv",
        content_type="text/csv",
        size=1,
        sha256="0" * 64,
        removed_at=timezone.now(),
    )
    said = run("backup", tmp_path / "hub.tar")
    assert "Not there, though the database names them: a1/b2\n" in said
    assert "whole" in run("restore", tmp_path / "hub.tar", "--check-only")


def test_a_row_lost_on_the_way_is_noticed(
    world: Organization, empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("backup", tmp_path / "hub.tar")
    whole = backup_database.table_sums

    def lossy(connection: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE partners_contact SET phone = '1'")
        return whole(connection)

    monkeypatch.setattr(backup_database, "table_sums", lossy)
    with pytest.raises(CommandError, match=r"the rows of partners_contact.*Do not use"):
        run("restore", tmp_path / "hub.tar", "--database-url", empty_database, "--files", tmp_path / "other")


def test_a_right_too_many_is_noticed(
    world: Organization, empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("backup", tmp_path / "hub.tar")
    monkeypatch.setattr("hub.backups.restoring.NO_DEFAULT_RIGHTS", ())
    with pytest.raises(CommandError, match="the rights of accounts_activity"):
        run("restore", tmp_path / "hub.tar", "--database-url", empty_database, "--files", tmp_path / "other")


def _repack(source: Path, destination: Path, change: Any) -> None:
    """The archive with its parts changed: `change(name, content)` gives the new content, None drops the part."""
    with tarfile.open(source) as old, tarfile.open(destination, "w") as new:
        for entry in old:
            file = old.extractfile(entry)
            content = change(entry.name, file.read() if file else b"")
            if content is not None:
                entry.size = len(content)
                new.addfile(entry, io.BytesIO(content))


def _manifest(**changes: Any) -> Any:
    """A change of the manifest alone."""
    return lambda name, content: (
        json.dumps({**json.loads(content), **changes}).encode() if name == "manifest.json" else content
    )


def _part(wanted: str, content: bytes | None) -> Any:
    """Another content of one part, None to leave it out."""
    return lambda name, old: content if name == wanted else old


DAMAGES: list[tuple[Any, str]] = [
    (_part("database.dump", b"something else"), "is damaged"),
    (_part("database.dump", None), "ends before database.dump"),
    (_part("files/a1/b2", b"\x00contenT\xff"), "files/a1/b2 of the archive is damaged"),
    (_part("manifest.json", None), "does not begin with a manifest"),
    (_part("manifest.json", b"{}"), "cannot be read"),
    (_manifest(format=9), "has format 9"),
    (_manifest(files={}), "which its manifest does not name"),
]


def test_a_damaged_archive_is_refused_before_anything_happens(
    world: Organization, empty_database: str, tmp_path: Path
) -> None:
    run("backup", tmp_path / "hub.tar")
    for change, words in DAMAGES:
        _repack(tmp_path / "hub.tar", tmp_path / "bad.tar", change)
        with pytest.raises(CommandError, match=words):
            run("restore", tmp_path / "bad.tar", "--database-url", empty_database, "--files", tmp_path / "other")
    assert rows_of(empty_database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_an_archive_of_a_newer_release_is_refused(world: Organization, empty_database: str, tmp_path: Path) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('partners', '9999_future', now())")
    run("backup", tmp_path / "hub.tar")
    with pytest.raises(CommandError, match=r"partners\.9999_future, unknown here"):
        run("restore", tmp_path / "hub.tar", "--database-url", empty_database, "--files", tmp_path / "other")
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name IN ('9999_future', '0002_chain_positions')")
    run("backup", tmp_path / "old.tar")
    assert "run `manage.py migrate` next" in run("restore", tmp_path / "old.tar", "--check-only")


def test_a_truncated_archive_and_other_files_are_refused(world: Organization, tmp_path: Path) -> None:
    run("backup", tmp_path / "hub.tar")
    content = (tmp_path / "hub.tar").read_bytes()
    for name, part in (("half.tar", content[: len(content) // 2]), ("text.tar", b"hello" * 200), ("none.tar", b"")):
        (tmp_path / name).write_bytes(part)
        with pytest.raises(BackupError):
            read_archive(tmp_path / name)
    with pytest.raises(BackupError, match="There is no file"):
        read_archive(tmp_path / "absent.tar")


def test_a_name_that_leads_out_of_the_folder_is_refused(world: Organization, tmp_path: Path) -> None:
    run("backup", tmp_path / "hub.tar")

    def escape(name: str, content: bytes) -> bytes:
        return content.replace(b'"a1/b2"', b'"../../b"') if name == "manifest.json" else content

    _repack(tmp_path / "hub.tar", tmp_path / "evil.tar", escape)
    with tarfile.open(tmp_path / "evil.tar") as old, tarfile.open(tmp_path / "worse.tar", "w") as new:
        for entry in old:
            file = old.extractfile(entry)
            entry.name = "files/../../b" if entry.name == "files/a1/b2" else entry.name
            new.addfile(entry, file)
    with pytest.raises(BackupError, match="leads out of the folder"):
        read_archive(tmp_path / "worse.tar", keep_files=tmp_path / "kept")
    assert not (tmp_path.parent / "b").exists()

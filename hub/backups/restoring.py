"""Restoring an archive into an empty database elsewhere, and checking that everything has arrived."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.db.migrations.loader import MigrationLoader

from hub.backups import database
from hub.backups.database import Target
from hub.backups.manifest import DUMP, BackupError, Manifest
from hub.backups.reading import read_archive
from hub.runtime.provision import NO_DEFAULT_RIGHTS


def _silent(_line: str) -> None:
    return None


def restore_backup(path: Path, *, target: Target, files: Path, say: Callable[[str], None] = _silent) -> Manifest:
    """Restore `path` into the empty database `target` and its files into `files`, and compare all with the manifest.

    Raises BackupError. Nothing is touched when the archive is damaged or of a newer release, the database not empty or
    a file in the way; after a failed comparison the database must not be used.
    """
    files.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".hub-restore-", dir=files.parent) as name:
        folder = Path(name)
        say("Checking the archive ...")
        manifest = read_archive(path, keep_dump=folder / DUMP, keep_files=folder / "files")
        _check_release(manifest)
        if taken := [name for name in manifest.files if (files / name).exists()]:
            raise BackupError(f"{files} already holds {taken[0]}. Restore into another folder: --files.")
        connection = target.connect()
        try:
            _prepare(connection, target, manifest)
            say("Restoring the database ...")
            _restore(target, folder / DUMP, major=database.server_major(connection))
            say("Comparing counts, sums and rights ...")
            _compare(connection, manifest)
        finally:
            connection.close()
        _move(folder / "files", files, manifest)
    return manifest


def missing_migrations(manifest: Manifest) -> list[str]:
    """The migrations of this release that the archive has not been through: `migrate` comes after the restore."""
    return sorted(_known_migrations() - set(manifest.migrations))


def _known_migrations() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def _check_release(manifest: Manifest) -> None:
    if unknown := sorted(set(manifest.migrations) - _known_migrations()):
        raise BackupError(
            f"The archive was made by release {manifest.app_version}, which has {unknown[0]}, unknown here. "
            "Restore it with that release or a newer one."
        )


def _prepare(connection: Any, target: Target, manifest: Manifest) -> None:
    database.check_role(connection)
    database.check_empty(connection, target.name)
    major = database.server_major(connection)
    if major < manifest.server_major:
        raise BackupError(
            f"The archive was made by PostgreSQL {manifest.server_major}; the target is PostgreSQL {major}. "
            "Restore into the same version or a newer one."
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = 'hub_app'")
        if cursor.fetchone() != (1,):
            raise BackupError("The server has no role hub_app. Prepare it first: manage.py provision.")
        for statement in NO_DEFAULT_RIGHTS:
            cursor.execute(statement)
    connection.commit()


def _restore(target: Target, dump: Path, *, major: int) -> None:
    command = [
        str(database.client_program("pg_restore", major=major)),
        *("--exit-on-error", "--single-transaction", "--no-owner", "--no-comments"),
        *target.arguments(),
        str(dump),
    ]
    environment = target.environment(os.environ)
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise BackupError(f"pg_restore failed, and took back what it had done:\n{done.stderr.strip()}")


def _compare(connection: Any, manifest: Manifest) -> None:
    for what, wanted, found in (
        ("rows", manifest.tables, database.table_sums(connection)),
        ("rights", manifest.rights, database.table_rights(connection)),
    ):
        if differing := _differing(wanted, found):
            raise BackupError(
                f"After the restore the {what} of {', '.join(differing[:5])} are not those of the archive "
                f"({len(differing)} in all). Do not use this database."
            )
    connection.rollback()


def _differing(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def _move(source: Path, destination: Path, manifest: Manifest) -> None:
    for name in manifest.files:
        place = destination / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source / name, place)

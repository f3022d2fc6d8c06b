"""Making an archive: counts, sums, dump and list of files all see one snapshot, while the hub goes on working."""

import hashlib
import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.backups import database
from hub.backups.database import Target
from hub.backups.manifest import DUMP, FILES, MANIFEST, BackupError, FileSum, Manifest

_CHUNK = 1 << 20


def _silent(_line: str) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is backed up: a database, as its owner role, and the folder of stored files."""

    database: Target
    files: Path
    app_version: str


def make_backup(destination: Path, *, source: Source, now: datetime, say: Callable[[str], None] = _silent) -> Manifest:
    """Write the archive to `destination` (a new file, readable by its owner only) and return what is in it.

    Raises BackupError; then there is no file at `destination`.
    """
    if destination.exists():
        raise BackupError(f"{destination} is there already.")
    if not destination.parent.is_dir():
        raise BackupError(f"There is no folder {destination.parent}.")
    connection = source.database.connect()
    try:
        database.check_role(connection)
        connection.rollback()
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        # Beside the archive: there is room for the dump there, or the archive would not fit either.
        with tempfile.TemporaryDirectory(prefix=".hub-backup-", dir=destination.parent) as name:
            folder = Path(name)
            manifest = _collect(connection, folder / DUMP, source, now, say)
            say("Writing the archive ...")
            _write(folder / "archive.tar", manifest, folder / DUMP, source.files)
            # A hard link fails where the name was taken meanwhile; a rename would overwrite.
            os.link(folder / "archive.tar", destination)
    finally:
        connection.close()
    return manifest


def _collect(connection: Any, dump: Path, source: Source, now: datetime, say: Callable[[str], None]) -> Manifest:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        cursor.execute("SELECT path FROM common_storedfile WHERE removed_at IS NULL ORDER BY path")
        paths = [row[0] for row in cursor.fetchall()]
    say("Dumping the database ...")
    major = database.server_major(connection)
    _dump(source.database, dump, snapshot, major=major)
    say("Counting and summing up every table ...")
    present = [path for path in paths if _inside(source.files, path).is_file()]
    return Manifest(
        made_at=now.isoformat(timespec="seconds"),
        app_version=source.app_version,
        server_major=major,
        migrations=database.migrations(connection),
        dump=file_sum(dump),
        tables=database.table_sums(connection),
        rights=database.table_rights(connection),
        files={path: file_sum(_inside(source.files, path)) for path in present},
        missing_files=tuple(sorted(set(paths) - set(present))),
    )


def _dump(source: Target, dump: Path, snapshot: str, *, major: int) -> None:
    command = [
        str(database.client_program("pg_dump", major=major)),
        # Comments on extensions belong to whoever made those, and cannot be restored by the owner of the tables.
        *("--format=custom", "--no-owner", "--no-comments", "--lock-wait-timeout=30s"),
        *(f"--snapshot={snapshot}", f"--file={dump}"),
        *source.arguments(),
    ]
    environment = source.environment(os.environ)
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise BackupError(f"pg_dump failed:\n{done.stderr.strip()}")


def _write(path: Path, manifest: Manifest, dump: Path, files: Path) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as raw, tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        content = manifest.to_json().encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(content), 0o600
        archive.addfile(entry, io.BytesIO(content))
        archive.add(dump, DUMP, recursive=False)
        for name in manifest.files:
            archive.add(_inside(files, name), f"{FILES}{name}", recursive=False)


def _inside(folder: Path, name: str) -> Path:
    """The file of this name below `folder`. Raises BackupError for a name that leads out of it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BackupError(f"The stored file {name} lies outside of {folder}.")
    return path


def file_sum(path: Path) -> FileSum:
    """Size and SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
    return FileSum(size=size, sha256=digest.hexdigest())

"""What an archive holds, and how it is checked: counts and sums of every table, rights, and a digest of every file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
FILES = "files/"


class BackupError(Exception):
    """A backup or a restore that cannot be done, in words for whoever runs it."""


@dataclass(frozen=True, kw_only=True)
class TableSum:
    """A table's rows and a sum over the digests of all its rows, which does not depend on their order."""

    rows: int
    sum: str


@dataclass(frozen=True, kw_only=True)
class FileSum:
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The contents of an archive. `missing_files` are named by the database but were not there when it was made."""

    made_at: str
    app_version: str
    server_major: int
    migrations: tuple[str, ...]
    dump: FileSum
    tables: Mapping[str, TableSum]
    rights: Mapping[str, str]
    files: Mapping[str, FileSum]
    missing_files: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(entry.rows for entry in self.tables.values())

    def to_json(self) -> str:
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True)


def read_manifest(text: str) -> Manifest:
    """Raises BackupError for anything that this version did not write."""
    try:
        found: dict[str, Any] = json.loads(text)
        if found["format"] != FORMAT:
            raise BackupError(f"The archive has format {found['format']}; this version reads format {FORMAT}.")
        return Manifest(
            made_at=found["made_at"],
            app_version=found["app_version"],
            server_major=int(found["server_major"]),
            migrations=tuple(found["migrations"]),
            dump=FileSum(**found["dump"]),
            tables={name: TableSum(**entry) for name, entry in found["tables"].items()},
            rights=dict(found["rights"]),
            files={name: FileSum(**entry) for name, entry in found["files"].items()},
            missing_files=tuple(found["missing_files"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError("The archive's manifest cannot be read: it is not a backup of the hub.") from error

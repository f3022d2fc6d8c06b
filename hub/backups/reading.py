"""Reading an archive: every part is compared with the manifest before anybody trusts it."""

import hashlib
import tarfile
from pathlib import Path
from typing import IO

from hub.backups.manifest import DUMP, FILES, MANIFEST, BackupError, FileSum, Manifest, read_manifest

_CHUNK = 1 << 20
_LARGEST_MANIFEST = 256 * 1024 * 1024


def read_archive(path: Path, *, keep_dump: Path | None = None, keep_files: Path | None = None) -> Manifest:
    """Check every part of an archive against its manifest; with `keep_...` also write the parts there.

    Raises BackupError that names the part which is missing, damaged or not announced.
    """
    try:
        with tarfile.open(path, mode="r:") as archive:
            return _read(archive, keep_dump, keep_files)
    except FileNotFoundError:
        raise BackupError(f"There is no file {path}.") from None
    except (tarfile.TarError, OSError, EOFError, UnicodeDecodeError) as error:
        raise BackupError(f"{path.name} cannot be read as an archive of the hub: {error}") from error


def _read(archive: tarfile.TarFile, keep_dump: Path | None, keep_files: Path | None) -> Manifest:
    first = archive.next()
    if first is None or first.name != MANIFEST or first.size > _LARGEST_MANIFEST:
        raise BackupError("The archive does not begin with a manifest: it is not a backup of the hub.")
    manifest = read_manifest(_open(archive, first).read().decode())
    waiting: dict[str, FileSum] = {DUMP: manifest.dump}
    waiting |= {f"{FILES}{name}": entry for name, entry in manifest.files.items()}
    while (entry := archive.next()) is not None:
        expected = waiting.pop(entry.name, None)
        if expected is None or not entry.isfile():
            raise BackupError(f"The archive holds {entry.name}, which its manifest does not name.")
        kept = keep_dump if entry.name == DUMP else _place(keep_files, entry.name)
        _copy(_open(archive, entry), kept, expected, entry.name)
    if waiting:
        raise BackupError(f"The archive ends before {min(waiting)}.")
    return manifest


def _open(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    found = archive.extractfile(entry)
    if found is None:
        raise BackupError(f"{entry.name} of the archive is not a file.")
    return found


def _place(folder: Path | None, name: str) -> Path | None:
    """Where a stored file goes; a name that leads out of the folder is refused."""
    if folder is None:
        return None
    path = (folder / name.removeprefix(FILES)).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BackupError(f"The archive holds {name}, which leads out of the folder of files.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _copy(source: IO[bytes], destination: Path | None, expected: FileSum, name: str) -> None:
    digest = hashlib.sha256()
    size = 0
    if destination is not None:
        destination.touch(mode=0o600, exist_ok=False)
    target = destination.open("wb") if destination is not None else None
    try:
        while piece := source.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
            if target is not None:
                target.write(piece)
    finally:
        if target is not None:
            target.close()
    if FileSum(size=size, sha256=digest.hexdigest()) != expected:
        raise BackupError(f"{name} of the archive is damaged: its digest is not the one in the manifest.")

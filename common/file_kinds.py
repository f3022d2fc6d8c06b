"""What a file really is, told by its content and not by its name or by what the sender says of it.

A closed list: documents and pictures that people pass on. Whatever else it is, it is not taken.
"""

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

_HEAD = 4096
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_MAX_NAMES = 10_000


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """A kind of file that is taken, with the ending under which it is stored."""

    content_type: str
    ending: str


TEXT = FileKind(content_type="text/plain", ending=".txt")
_BY_HEAD: tuple[tuple[Callable[[bytes], bool], FileKind], ...] = (
    (lambda head: head.startswith(b"%PDF-"), FileKind(content_type="application/pdf", ending=".pdf")),
    (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), FileKind(content_type="image/png", ending=".png")),
    (lambda head: head.startswith(b"\xff\xd8\xff"), FileKind(content_type="image/jpeg", ending=".jpg")),
    (lambda head: head[:6] in (b"GIF87a", b"GIF89a"), FileKind(content_type="image/gif", ending=".gif")),
    (
        lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
        FileKind(content_type="image/webp", ending=".webp"),
    ),
)
_BY_FOLDER: Mapping[str, FileKind] = {
    "word/": FileKind(content_type=f"{_OFFICE}wordprocessingml.document", ending=".docx"),
    "xl/": FileKind(content_type=f"{_OFFICE}spreadsheetml.sheet", ending=".xlsx"),
    "ppt/": FileKind(content_type=f"{_OFFICE}presentationml.presentation", ending=".pptx"),
}
_BY_MIMETYPE: Mapping[str, FileKind] = {
    f"{_OPEN}text": FileKind(content_type=f"{_OPEN}text", ending=".odt"),
    f"{_OPEN}spreadsheet": FileKind(content_type=f"{_OPEN}spreadsheet", ending=".ods"),
    f"{_OPEN}presentation": FileKind(content_type=f"{_OPEN}presentation", ending=".odp"),
}


def kind_of(file: IO[bytes]) -> FileKind | None:
    """The kind of a file by what is in it, or None for one that is not taken; its position is at the start again."""
    file.seek(0)
    head = file.read(_HEAD)
    try:
        if head.startswith(b"PK\x03\x04"):
            return _document(file)
        known = next((kind for is_it, kind in _BY_HEAD if is_it(head)), None)
        return known or (TEXT if _is_text(file) else None)
    finally:
        file.seek(0)


def _document(file: IO[bytes]) -> FileKind | None:
    """An office document is an archive with a table of contents; any other archive may hold anything."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if len(names) > _MAX_NAMES or any(name.lower().endswith("vbaproject.bin") for name in names):
                return None
            if names[:1] == ["mimetype"] and archive.getinfo("mimetype").file_size < _HEAD:
                return _BY_MIMETYPE.get(archive.read("mimetype").decode("ascii", "replace").strip())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for folder, kind in _BY_FOLDER.items() if any(name.startswith(folder) for name in names)), None)


def _is_text(file: IO[bytes]) -> bool:
    """UTF-8 without control characters; a page of HTML counts as text and is never served as anything else."""
    file.seek(0)
    content = file.read()
    if not content:
        return False
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(ord(letter) < 32 and letter not in "\t\r\n\f" for letter in text)

"""Files that people and mails bring: told by their content, kept under names of our own (security.md 11)."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.file_kinds import FileKind, kind_of
from common.models import StoredFile

_MEGABYTE = 1024 * 1024


@contextmanager
def kept(
    *,
    file: File,
    folder: str,
    most_bytes: int,
    owner_id: int | None,
    organization_id: int | None,
    field: str = "file",
    expires_at: datetime | None = None,
) -> Iterator[StoredFile]:
    """Keep a file; what fails within the block takes it from the disk again.

    Raises DomainError (`field`): too large, empty, or of a kind that is not taken.
    """
    kind = checked_kind(file, most_bytes=most_bytes, field=field)
    path = default_storage.save(f"{folder}/{uuid4().hex}{kind.ending}", file)
    try:
        yield StoredFile.objects.create(
            path=path,
            original_name=shown_name(file.name or "", kind),
            content_type=kind.content_type,
            size=default_storage.size(path),
            sha256=digest(path),
            owner_id=owner_id,
            organization_id=organization_id,
            expires_at=expires_at,
        )
    except BaseException:
        default_storage.delete(path)
        raise


def checked_kind(file: File, *, most_bytes: int, field: str = "file") -> FileKind:
    """What the file is. Raises DomainError for one that is not taken."""
    size = file.size or 0
    if size > most_bytes:
        words = {"size": -(-size // _MEGABYTE), "limit": most_bytes // _MEGABYTE}
        message = _("This file has %(size)s MB; up to %(limit)s MB are taken.") % words
        raise DomainError(message, field=field, code="too_large")
    if not size:
        raise DomainError(_("This file is empty."), field=field, code="empty")
    kind = kind_of(file.file) if file.file is not None else None
    if kind is None:
        message = _("Take a PDF, a picture (PNG, JPEG, GIF, WebP), an office document without macros, or plain text.")
        raise DomainError(message, field=field, code="kind_not_taken")
    return kind


def shown_name(name: str, kind: FileKind) -> str:
    """The last part of the name it was sent under, without what no name holds, with the ending of what it is."""
    plain = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable()).strip(" .")
    stem, dot, _ending = plain.rpartition(".")
    if plain.lower().endswith((".csv", ".md", ".jpeg", ".txt")) and kind.ending in (".txt", ".jpg"):
        return plain[-200:]
    return f"{(stem if dot else plain)[:190] or 'file'}{kind.ending}"


def digest(path: str) -> str:
    """SHA-256 of a stored file."""
    found = hashlib.sha256()
    with default_storage.open(path) as file:
        for chunk in file.chunks():
            found.update(chunk)
    return found.hexdigest()

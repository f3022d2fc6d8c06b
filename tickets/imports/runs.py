"""Use cases of an import of tickets as a person drives it: a file with its options, check, apply, undo. Workers do it.

Runs are those of all imports (common.models.ImportRun); their kinds begin with "tickets_".
"""

import gzip
import hashlib
import zlib
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, TextIO
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed
from common.jobs import enqueue_on_commit
from common.models import ImportRun, ImportState, StoredFile
from common.models.imports import OPEN, TICKETS, WORKING
from partners.imports.runs import shown_name
from tickets.imports.options import Options
from tickets.imports.sources import SOURCES
from tickets.permissions import can_manage_support

TASK = "tickets.run_import"
_PART = 1024 * 1024


def require_right(by: Actor) -> None:
    """Those who look after support bring tickets in. Raises NotAllowed."""
    if not can_manage_support(by):
        raise NotAllowed(_("Your roles do not include importing tickets."))


@transaction.atomic
def start(*, by: Actor, source: str, content: Any, name: str, options: Options, now: datetime) -> ImportRun:
    """Keep a file with how it is to be read. Raises NotAllowed, DomainError (`field` "file" or "source")."""
    require_right(by)
    if source not in SOURCES:
        raise DomainError(_("Choose where the file comes from."), field="source")
    suffix, shown = SOURCES[source].suffixes[0], shown_name(name)
    with _unpacked(content) as text:
        stored = _stored(text, suffix=suffix, name=shown, owner_id=by.user_id)
    run: ImportRun = ImportRun.objects.create(
        kind=f"{TICKETS}{source}", actor_id=by.user_id, file=stored, encoding="utf-8", mapping=options.as_data()
    )
    activity.record(
        verb="import.started",
        target=run,
        target_name=stored.original_name,
        now=now,
        actor_id=by.user_id,
        actor_name=by.name,
    )
    return run


@contextmanager
def _unpacked(content: Any) -> Iterator[IO[bytes]]:
    """What is in a file, of a gzip file what is packed in it, as UTF-8 on disk: a part of it at a time is in memory.

    Raises DomainError with `field` "file".
    """
    is_packed = content.read(2) == b"\x1f\x8b"
    content.seek(0)
    with TemporaryFile() as kept:
        try:
            _copy(gzip.GzipFile(fileobj=content) if is_packed else content, kept)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DomainError(_("This gzip file cannot be read."), field="file") from error
        except UnicodeDecodeError as error:
            raise DomainError(_("The file is not in UTF-8."), field="file") from error
        kept.seek(0)
        yield kept


def _copy(source: Any, kept: IO[bytes]) -> None:
    limit, size, is_blank = settings.IMPORT_MAX_BYTES, 0, True
    decoder = getincrementaldecoder("utf-8-sig")()
    while part := source.read(_PART):
        size += len(part)
        if size > limit:
            words = {"limit": limit // _PART}
            raise DomainError(_("Up to %(limit)s MB are taken. Split the file.") % words, field="file")
        text = decoder.decode(part)
        is_blank = is_blank and not text.strip()
        if "\0" in text:
            is_blank = True
            break
        kept.write(text.encode())
    else:
        decoder.decode(b"", final=True)
    if is_blank:
        raise DomainError(_("The file is empty, or holds characters that no text has."), field="file")


def _stored(text: IO[bytes], *, suffix: str, name: str, owner_id: int | None) -> StoredFile:
    digest = hashlib.sha256()
    while part := text.read(_PART):
        digest.update(part)
    size = text.tell()
    text.seek(0)
    path = default_storage.save(f"imports/{uuid4().hex}{suffix}", File(text, name=name))
    stored: StoredFile = StoredFile.objects.create(
        path=path,
        original_name=name,
        content_type="text/csv" if suffix == ".csv" else "application/json",
        size=size,
        sha256=digest.hexdigest(),
        owner_id=owner_id,
    )
    return stored


@contextmanager
def opened(run: ImportRun) -> Iterator[TextIO]:
    """The file of a run as text. Raises DomainError if it is gone."""
    path = Path(default_storage.path(run.file.path))
    try:
        file = path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise DomainError(_("The file of this import is gone. Upload it again.")) from error
    with file:
        yield file


@transaction.atomic
def queue(*, by: Actor, run: ImportRun, apply: bool, skip_bad_rows: bool, now: datetime) -> ImportRun:
    """Let a worker check the file, or check and apply it. Raises NotAllowed, Missing, DomainError "working", "done"."""
    require_right(by)
    found = locked(run.pk)
    if found.state in WORKING:
        raise DomainError(_("A worker is at this import. Wait until it is done."), code="working")
    if found.state not in OPEN:
        raise DomainError(_("This import has run already. Upload the file again to import it once more."), code="done")
    found.skip_bad_rows = skip_bad_rows
    return _handed_over(found, ImportState.RUNNING if apply else ImportState.CHECKING, by, now)


@transaction.atomic
def queue_undo(*, by: Actor, run: ImportRun, now: datetime) -> ImportRun:
    """Let a worker take an applied run back; what was worked on since stays. Raises NotAllowed, DomainError."""
    require_right(by)
    found = locked(run.pk)
    if found.state != ImportState.DONE:
        raise DomainError(_("Only an import that was applied can be undone."), code="not_done")
    return _handed_over(found, ImportState.UNDOING, by, now)


def locked(run_id: int) -> ImportRun:
    """The run, locked to the end of the transaction. Raises Missing."""
    rows = ImportRun.objects.select_for_update(of=("self",)).select_related("file").filter(kind__startswith=TICKETS)
    found: ImportRun | None = rows.filter(pk=run_id).first()
    if found is None:
        raise Missing(_("There is no such import."))
    return found


def _handed_over(run: ImportRun, state: str, by: Actor, now: datetime) -> ImportRun:
    run.state, run.started_at, run.attempts, run.message, run.actor_id = state, now, 0, "", by.user_id
    run.save(update_fields=["state", "started_at", "attempts", "message", "skip_bad_rows", "actor_id"])
    enqueue_on_commit(TASK, run_id=run.pk)
    return run

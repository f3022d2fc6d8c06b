"""Use cases of an import of tickets as a person drives it: a file with its options, check, apply, undo. Workers do it.

Runs are those of all imports (common.models.ImportRun); their kinds begin with "tickets_".
"""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
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
    data = _unpacked(content)
    stored = _stored(data, suffix=SOURCES[source].suffixes[0], name=shown_name(name), owner_id=by.user_id)
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


def _unpacked(content: Any) -> bytes:
    """The bytes of a file, of a gzip file what is in it, up to the limit. Raises DomainError with `field` "file"."""
    limit = settings.IMPORT_MAX_BYTES
    data: bytes = content.read(limit + 1)
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(limit + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise DomainError(_("This gzip file cannot be read."), field="file") from error
    if len(data) > limit:
        words = {"limit": limit // _PART}
        raise DomainError(_("Up to %(limit)s MB are taken. Split the file.") % words, field="file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DomainError(_("The file is not in UTF-8."), field="file") from error
    if "\0" in text or not text.strip():
        raise DomainError(_("The file is empty, or holds characters that no text has."), field="file")
    return text.encode()


def _stored(data: bytes, *, suffix: str, name: str, owner_id: int | None) -> StoredFile:
    path = default_storage.save(f"imports/{uuid4().hex}{suffix}", ContentFile(data))
    stored: StoredFile = StoredFile.objects.create(
        path=path,
        original_name=name,
        content_type="text/csv" if suffix == ".csv" else "application/json",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
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

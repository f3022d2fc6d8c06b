"""What a worker does with an export: takes its turn, reads the list as its maker sees it now, writes, keeps the file.

The turn, the reading and the keeping are a transaction each. A worker that dies leaves an export whose pulse has
stopped: `requeue` lets another begin anew, and what the first may still do changes nothing, since its turn is over.
"""

import logging
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Case, When
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from accounts.actors import actor_for
from accounts.export_choices import ExportFormat, ExportState
from accounts.exportables import Asked, Exportable, OpenedList, exportable_of
from accounts.models import Export, User
from accounts.notices import EXPORTS
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.exports import CAPABILITY, TASK, hold_turns, leave_half, path_of
from accounts.services.notifications import notify
from common.errors import DomainError, NotAllowed
from common.export_files import CsvFile, RowFile, WorkbookFile, Written, pour
from common.jobs import enqueue_on_commit
from common.models import StoredFile
from common.pdf import render_pdf
from common.scope import Scope, scoped, set_scope
from common.services.stored_files import digest

logger = logging.getLogger(__name__)
KEPT = timedelta(days=7)
MOST_ATTEMPTS = 3
STUCK_AFTER = timedelta(minutes=5)
"""Longer than any worker is silent: while a workbook is closed or a PDF is laid out, nothing is told."""
LOST_AFTER = timedelta(minutes=1)
_EVERY = 1.0
_STATEMENT_TIMEOUT = "600s"
# All rows are read: a plan that gives the first ones soon is none.
_PATIENTLY = "SELECT set_config('statement_timeout', %s, true), set_config('cursor_tuple_fraction', '1', true)"
_FILES: dict[str, Callable[[BinaryIO, Any], RowFile]] = {ExportFormat.CSV: CsvFile, ExportFormat.XLSX: WorkbookFile}
Clock = Callable[[], datetime]


class Stopped(Exception):
    """Called off, thrown away, or given to another worker."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """An export in the hands of the one worker whose turn it is."""

    export: Export
    user: User
    attempt: int


def run(*, export_id: int, clock: Clock) -> bool:
    """Write one that waits. False where it is not its turn, was called off, or could not be written."""
    turn = _begin(export_id, clock())
    if turn is None:
        return False
    with translation.override(turn.export.language), timezone.override(ZoneInfo(turn.user.timezone)):
        try:
            _write(turn, clock)
        except Stopped:
            return False
        except DomainError as error:
            return _fail(turn, error.message, clock())
        except SoftTimeLimitExceeded:
            return _fail(turn, _too_long(), clock())
        except Exception as error:
            if isinstance(error, QueryCanceled) or isinstance(error.__cause__, QueryCanceled):
                return _fail(turn, _too_long(), clock())
            logger.exception("export %s could not be written", turn.export.public_id)
            return _fail(turn, _("It could not be written. Ask for it again, or tell an administrator."), clock())
        finally:
            _wake_next(turn)
    return True


@transaction.atomic
def requeue(*, now: datetime) -> int:
    """Queue those again whose worker or message was lost; one that was begun too often is given up."""
    stuck = Export.objects.filter(state=ExportState.RUNNING, beat_at__lt=now - STUCK_AFTER)
    for export in stuck.select_for_update(skip_locked=True).select_related(None)[:100]:
        leave_half(export)
        if export.attempts >= MOST_ATTEMPTS:
            with translation.override(export.language):
                _end(export, ExportState.FAILED, now, failure=_too_long())
        else:
            export.state = ExportState.WAITING
            export.save(update_fields=["state"])
    waiting = Export.objects.filter(state=ExportState.WAITING, created_at__lt=now - LOST_AFTER).order_by("pk")[:100]
    for pk in waiting.values_list("pk", flat=True):
        enqueue_on_commit(TASK, export_id=pk)
    return len(waiting)


@transaction.atomic
def _begin(export_id: int, now: datetime) -> Turn | None:
    """Take the turn; the attempt outlives a worker that dies.

    One person's files are written one after the other, and of all no more at once than leaves workers for other work.
    """
    hold_turns()
    rows = Export.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    found = rows.filter(pk=export_id, state=ExportState.WAITING).first()
    if found is None:
        return None
    at_it = list(Export.objects.filter(state=ExportState.RUNNING).values_list("user_id", flat=True))
    if found.user_id in at_it or len(at_it) >= settings.EXPORTS_AT_ONCE:
        return None
    found.state, found.attempts, found.rows, found.beat_at = ExportState.RUNNING, found.attempts + 1, 0, now
    found.save(update_fields=["state", "attempts", "rows", "beat_at"])
    return Turn(export=found, user=found.user, attempt=found.attempts)


def _write(turn: Turn, clock: Clock) -> None:
    export = turn.export
    exportable = exportable_of(export.what, export.format)
    with ExitStack() as stack:
        file: Any = stack.enter_context(tempfile.TemporaryFile())
        pulse = stack.enter_context(Pulse(turn, clock))
        actor, opened, written, finish = _read(turn, exportable, file, pulse, clock())
        pulse(written.rows)
        finish()
        file.seek(0)
        _keep(turn, actor, opened, written, file, clock())


def _read(
    turn: Turn, exportable: Exportable, file: BinaryIO, pulse: "Pulse", now: datetime
) -> tuple[Actor, OpenedList, Written, Callable[[], None]]:
    """Everything that is read, in one transaction that sees what the maker sees; and how the file is finished."""
    export = turn.export
    with scoped(Scope.none()):
        with connection.cursor() as cursor:
            cursor.execute(_PATIENTLY, [_STATEMENT_TIMEOUT])
        actor = actor_for(turn.user)
        if not actor.has(CAPABILITY):
            raise NotAllowed(_("Your roles do not include taking data out of the hub."))
        set_scope(exportable.scope(actor))
        opened = exportable.open(Asked(actor=actor, subject=export.subject, query=export.query, now=now))
        if export.format == ExportFormat.PDF:
            if opened.document is None:
                raise DomainError(_("This list cannot be had in this format."), code="unknown_format")
            document = opened.document()
            return actor, opened, Written(rows=0, is_cut=False), lambda: _into(file, render_pdf(document))
        rows = _FILES[export.format](file, opened.columns)
        if isinstance(rows, CsvFile) and opened.copy is not None:
            written = rows.take(opened.copy, pulse=pulse)
        else:
            written = pour(rows, opened.rows(), pulse=pulse)
    return actor, opened, written, lambda: rows.close(cut_at=written.rows if written.is_cut else 0)


def _into(file: BinaryIO, content: bytes) -> None:
    file.write(content)


def _keep(turn: Turn, actor: Actor, opened: OpenedList, written: Written, file: BinaryIO, now: datetime) -> None:
    """The file among those that are kept, the maker told, and the record of what was taken."""
    format = turn.export.format
    path = default_storage.save(path_of(turn.export), File(file))
    try:
        with scoped(Scope.all()):
            export = _mine(turn)
            export.file = StoredFile.objects.create(
                path=path,
                original_name=f"{slugify(opened.stem)[:150] or 'export'}-{now:%Y-%m-%d}.{format}",
                content_type=_TYPES[format],
                size=default_storage.size(path),
                sha256=digest(path),
                owner_id=export.user_id,
                organization_id=None,
                expires_at=now + KEPT,
            )
            export.rows, export.size, export.is_cut = written.rows, export.file.size, written.is_cut
            export.expires_at = export.file.expires_at
            _record(actor, export, opened, now)
            _end(export, ExportState.DONE, now)
    except BaseException:
        default_storage.delete(path)
        raise


_TYPES: dict[str, str] = {
    ExportFormat.CSV: CsvFile.content_type,
    ExportFormat.XLSX: WorkbookFile.content_type,
    ExportFormat.PDF: "application/pdf",
}


def _mine(turn: Turn) -> Export:
    """The export, locked. Raises Stopped where the turn is over."""
    rows = Export.objects.select_for_update().filter(pk=turn.export.pk, state=ExportState.RUNNING)
    found: Export | None = rows.filter(attempts=turn.attempt).first()
    if found is None:
        raise Stopped
    return found


def _too_long() -> str:
    return _("It took too long. Narrow the list, or take CSV.")


def _fail(turn: Turn, why: str, now: datetime) -> bool:
    with scoped(Scope.all()), suppress(Stopped):
        _end(_mine(turn), ExportState.FAILED, now, failure=why)
    return False


def _end(export: Export, state: ExportState, now: datetime, *, failure: str = "") -> None:
    """Over, one way or the other; its maker is told."""
    export.state, export.failure, export.finished_at = state, failure[:300], now
    export.save()
    title = _("Ready: %(title)s") if state == ExportState.DONE else _("Could not be written: %(title)s")
    notify(
        user_ids=[export.user_id],
        kind=EXPORTS,
        title=(title % {"title": export.title})[:200],
        body=failure[:500],
        key=f"export:{export.pk}",
        now=now,
        target_type="export",
        target_id=export.pk,
    )


def _record(actor: Actor, export: Export, opened: OpenedList, now: datetime) -> None:
    """As accounts.services.list_files does for files that are written at once."""
    columns = [column.label for column in opened.columns]
    activity.record(
        actor_id=actor.user_id,
        actor_name=actor.name,
        verb="list.exported",
        target=None,
        target_type="list",
        target_name=" ".join(part for part in (export.what, export.subject) if part),
        organization_id=opened.organization_id,
        changes={"rows": [None, export.rows], "columns": [None, columns], "format": [None, export.format]},
        reason=export.query,
        now=now,
    )


@transaction.atomic
def _wake_next(turn: Turn) -> None:
    """What waits longest, of others first; of nobody who has a worker."""
    at_it = Export.objects.filter(state=ExportState.RUNNING).values("user_id")
    waiting = Export.objects.filter(state=ExportState.WAITING).exclude(user_id__in=at_it)
    is_own = Case(When(user_id=turn.user.pk, then=1), default=0)
    if (pk := waiting.order_by(is_own, "pk").values_list("pk", flat=True).first()) is not None:
        enqueue_on_commit(TASK, export_id=pk)


class Pulse:
    """Tells how far a worker is, through a connection of its own: the one that reads is in the midst of a transaction.

    Raises Stopped where the turn is over.
    """

    def __init__(self, turn: Turn, clock: Clock) -> None:
        self._turn, self._clock = turn, clock
        self._told_at = monotonic()
        self._connection = connection.copy()

    def __enter__(self) -> "Pulse":
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def __call__(self, rows: int) -> None:
        if monotonic() - self._told_at < _EVERY:
            return
        self._told_at = monotonic()
        with self._connection.cursor() as cursor:
            cursor.execute(_BEAT, [rows, self._clock(), self._turn.export.pk, ExportState.RUNNING, self._turn.attempt])
            if cursor.rowcount == 0:
                raise Stopped


_BEAT = "UPDATE accounts_export SET rows = %s, beat_at = %s WHERE id = %s AND state = %s AND attempts = %s"

"""Use cases of a file of samples as a person drives it: upload, mapping, check, apply. Workers do it.

Runs are those of all imports (common.models.ImportRun) of the kind "samples". Samples are added and never changed: a
run cannot be undone, and its page says so before.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import actor_for
from accounts.models import User
from accounts.rules.access import Actor, Right, visibility_terms
from accounts.services import activity
from common.csvio import CsvError, CsvShape, read_known_shape, read_shape
from common.errors import DomainError, Missing, NotAllowed
from common.jobs import enqueue_on_commit
from common.models import ImportRun, ImportState, StoredFile
from common.models.imports import OPEN, SAMPLES, WORKING
from common.scope import Scope, scoped
from health.choices import SourceKind
from health.imports.sample_files import Cell, SampleMapping, cells_of, faults_csv, guessed, mapping_of
from health.models import SampleSource
from health.services.ingest import ingest, known_metrics
from health.services.naming import homes_by_key
from health.services.sources import source_named

TASK = "health.run_sample_import"
SHOWN_ERRORS = 500
MAX_ATTEMPTS = 6
STUCK_AFTER = timedelta(minutes=3)
_BATCH = 10_000
_MEGABYTE = 1024 * 1024


class _OnlyChecked(Exception):
    """Rolls the work of a check back."""


def may_bring(by: Actor) -> bool:
    return by.is_staff and not visibility_terms(by, Right.WORK).is_empty


def require_right(by: Actor) -> None:
    """Whoever works on some organization may bring its samples. Raises NotAllowed."""
    if not may_bring(by):
        raise NotAllowed(_("Samples are brought by those who work on organizations."))


@transaction.atomic
def start(*, by: Actor, content: Any, name: str, now: datetime, mapping: Mapping[str, Any] | None = None) -> ImportRun:
    """Keep a file, find out its shape and guess its mapping. Raises NotAllowed, DomainError with `field`."""
    require_right(by)
    if content.size > settings.IMPORT_MAX_BYTES:
        words = {"limit": settings.IMPORT_MAX_BYTES // _MEGABYTE}
        raise DomainError(_("Up to %(limit)s MB are taken. Split the file.") % words, field="file")
    path = default_storage.save(f"imports/{uuid4().hex}.csv", content)
    place = Path(default_storage.path(path))
    try:
        shape = read_shape(place)
        found = _mapping(mapping, shape) if mapping is not None else guessed(shape.columns, known_metrics())
    except (CsvError, DomainError) as error:
        default_storage.delete(path)
        if isinstance(error, DomainError):
            raise
        raise DomainError(error.message, field="file") from error
    with place.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    stored = StoredFile.objects.create(
        path=path,
        original_name=name.replace("\0", "")[-200:] or "samples.csv",
        content_type="text/csv",
        size=default_storage.size(path),
        sha256=digest,
        owner_id=by.user_id,
    )
    run: ImportRun = ImportRun.objects.create(
        kind=SAMPLES,
        actor_id=by.user_id,
        file=stored,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        mapping=found.as_data(),
    )
    _record(run, "import.started", by, {}, now)
    return run


def shape_of(run: ImportRun) -> CsvShape:
    """Raises DomainError where the file is gone."""
    try:
        return read_known_shape(path_of(run), encoding=run.encoding, delimiter=run.delimiter)
    except CsvError as error:
        raise DomainError(error.message) from error


def path_of(run: ImportRun) -> Path:
    return Path(default_storage.path(run.file.path))


def _mapping(data: Mapping[str, Any], shape: CsvShape) -> SampleMapping:
    return mapping_of(data, columns=shape.columns, metrics=known_metrics())


@transaction.atomic
def queue(
    *, by: Actor, run: ImportRun, mapping: Mapping[str, Any], apply: bool, skip_bad_rows: bool, now: datetime
) -> ImportRun:
    """Let a worker check the file, or check and apply it. Raises NotAllowed, Missing, DomainError."""
    require_right(by)
    found = _locked(run.pk)
    if found.state in WORKING:
        raise DomainError(_("A worker is at this import. Wait until it is done."), code="working")
    if found.state not in OPEN:
        raise DomainError(_("This import has run already. Upload the file again to import it once more."), code="done")
    found.mapping = _mapping(mapping, shape_of(found)).as_data()
    found.skip_bad_rows, found.actor_id = skip_bad_rows, by.user_id
    found.state = ImportState.RUNNING if apply else ImportState.CHECKING
    found.started_at, found.attempts, found.message = now, 0, ""
    found.save()
    enqueue_on_commit(TASK, run_id=found.pk)
    return found


def run_queued(*, run_id: int, now: datetime) -> None:
    """A worker's turn at a queued run, with the rights that its person has now. Running it twice changes nothing."""
    with transaction.atomic():
        rows = ImportRun.objects.select_for_update(skip_locked=True).filter(kind=SAMPLES, state__in=WORKING)
        run = rows.filter(pk=run_id).first()
        if run is None:
            return
        if run.attempts >= MAX_ATTEMPTS:
            _failed(run, _("The import did not get to its end. Nothing was written."), now)
            return
        run.attempts, run.started_at = run.attempts + 1, now
        run.save(update_fields=["attempts", "started_at"])
    with scoped(Scope.all()):
        person = User.objects.active().filter(pk=run.actor_id or 0).first()
        if person is None:
            _failed(_locked(run_id), _("Who asked for this import is no longer here."), now)
            return
        with translation.override(person.language):
            execute(run_id=run_id, by=actor_for(person), now=now)


@transaction.atomic
def requeue_stuck(*, now: datetime) -> int:
    """Wake workers for runs that were queued a while ago and that nobody is at; returns how many."""
    stuck = ImportRun.objects.filter(kind=SAMPLES, state__in=WORKING, started_at__lte=now - STUCK_AFTER)
    rows = list(stuck.order_by("started_at").select_for_update(skip_locked=True)[:50])
    for run in rows:
        run.started_at = now
        run.save(update_fields=["started_at"])
        enqueue_on_commit(TASK, run_id=run.pk)
    return len(rows)


@transaction.atomic
def execute(
    *, run_id: int, by: Actor, now: datetime, kind: str = SourceKind.CSV, may_collect: bool = False
) -> ImportRun:
    """Do what a queued run asks for, all of it or nothing of it; with leave to skip bad rows, the good ones."""
    with scoped(Scope.all()):
        run = _locked(run_id)
        if run.state not in WORKING:
            return run
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '600s'")
        try:
            require_right(by)
            mapping = _mapping(run.mapping, shape_of(run))
            source = source_named(_source_of(mapping, kind), kind)
            _work(run, mapping, source, by, now, may_collect=may_collect)
        except (DomainError, CsvError) as error:
            return _failed(run, error.message, now)
    return run


def _source_of(mapping: SampleMapping, kind: str) -> str:
    """Files of pages and of the command are different sources, of whatever tool."""
    if kind == SourceKind.CSV:
        return f"{mapping.source}.file" if mapping.source else "file"
    return mapping.source or "import"


def _work(
    run: ImportRun, mapping: SampleMapping, source: SampleSource, by: Actor, now: datetime, *, may_collect: bool
) -> None:
    faults: list[dict[str, Any]] = []
    counts = {"accepted": 0, "unchanged": 0, "total": 0}
    is_real, homes = run.state == ImportState.RUNNING, homes_by_key("organization", by, source=mapping.source)
    try:
        with transaction.atomic():
            for batch in _batches(run, mapping):
                counts["total"] += len(batch)
                faults += [_fault(cell.row, "", "", cell.problem) for cell in batch if cell.problem]
                good = [cell for cell in batch if not cell.problem]
                rows = [cell.said for cell in good]
                more: dict[str, Any] = {"homes": homes, "named_by": "organization", "may_collect": may_collect}
                found = ingest(rows, source=source, now=now, by=by, skip_bad=True, **more)
                counts["accepted"] += found.accepted
                counts["unchanged"] += found.unchanged
                for one in found.rejected:
                    cell = good[one.row - 1]
                    column = cell.places.get(one.field, one.field)
                    faults.append(_fault(cell.row, column, one.found, one.expected))
            if not is_real or (faults and not run.skip_bad_rows):
                raise _OnlyChecked
    except _OnlyChecked:
        pass
    _note(run, counts, faults, is_real=is_real, by=by, now=now)


def _batches(run: ImportRun, mapping: SampleMapping) -> Any:
    batch: list[Cell] = []
    for cell in cells_of(path_of(run), shape_of(run), mapping):
        batch.append(cell)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _fault(row: int, column: str, found: str, expected: str) -> dict[str, Any]:
    return {"row": row, "column": column, "field": "", "found": found, "expected": expected}


def _note(
    run: ImportRun,
    counts: Mapping[str, int],
    faults: Sequence[dict[str, Any]],
    *,
    is_real: bool,
    by: Actor,
    now: datetime,
) -> None:
    refused = is_real and bool(faults) and not run.skip_bad_rows
    run.state = ImportState.DONE if is_real and not refused else ImportState.CHECKED
    run.rows_total, run.rows_created, run.rows_unchanged = counts["total"], counts["accepted"], counts["unchanged"]
    run.rows_rejected, run.errors = len(faults), list(faults[:SHOWN_ERRORS])
    run.rejected_file = _faults_file(run, faults) if faults else None
    run.message = _("Nothing was written: the file has faults.") if refused else ""
    run.finished_at = now
    run.save()
    if run.state == ImportState.DONE:
        _record(run, "import.applied", by, {"created": [None, run.rows_created]}, now)


def _failed(run: ImportRun, message: str, now: datetime) -> ImportRun:
    run.state, run.message, run.finished_at = ImportState.FAILED, message[:500], now
    run.save(update_fields=["state", "message", "finished_at"])
    return run


def _faults_file(run: ImportRun, faults: Sequence[Mapping[str, Any]]) -> StoredFile:
    data = faults_csv(faults).encode()
    stored: StoredFile = StoredFile.objects.create(
        path=default_storage.save(f"imports/{run.public_id}-rejected.csv", ContentFile(data)),
        original_name=f"rejected-{run.file.original_name}"[:200],
        content_type="text/csv",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        owner_id=run.actor_id,
    )
    return stored


def _locked(run_id: int) -> ImportRun:
    rows = ImportRun.objects.select_for_update(of=("self",)).select_related("file").filter(kind=SAMPLES)
    found: ImportRun | None = rows.filter(pk=run_id).first()
    if found is None:
        raise Missing(_("There is no such import."))
    return found


def _record(run: ImportRun, verb: str, by: Actor, changes: dict[str, Any], now: datetime) -> None:
    activity.record(
        verb=verb,
        target=run,
        target_name=run.file.original_name,
        changes=changes,
        now=now,
        actor_id=by.user_id,
        actor_name=by.name,
    )

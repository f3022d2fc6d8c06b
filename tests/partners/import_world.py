"""Imports for tests: upload, check and apply as a person and a worker do it."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.rules.access import Actor
from common.models import ImportRun
from partners.imports import execution, runs

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CUSTOMERS = {"kind": "customer", "source": "crm"}


def table(header: Sequence[str], *rows: Sequence[object]) -> bytes:
    """A CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def uploaded(by: Actor, kind: str, content: bytes, *, name: str = "file.csv", now: datetime = NOW) -> ImportRun:
    return runs.start(by=by, kind=kind, content=ContentFile(content), name=name, now=now)


def checked(by: Actor, kind: str, content: bytes, **options: Any) -> ImportRun:
    return ran(by, uploaded(by, kind, content), apply=False, **options)


def applied(by: Actor, kind: str, content: bytes, **options: Any) -> ImportRun:
    return ran(by, uploaded(by, kind, content), apply=True, **options)


def ran(
    by: Actor,
    run: ImportRun,
    *,
    apply: bool,
    mapping: Mapping[str, Any] | None = None,
    constants: Mapping[str, str] | None = None,
    skip: bool = False,
    now: datetime = NOW,
) -> ImportRun:
    """Queue the run with the guessed mapping (and `constants`) or the given one, and be the worker."""
    wanted = dict(mapping) if mapping is not None else {**run.mapping, "constants": dict(constants or {})}
    runs.queue(by=by, run=run, mapping=wanted, skip_bad_rows=skip, apply=apply, now=now)
    return execution.execute_run(run_id=run.pk, by=by, now=now)


def faults(run: ImportRun) -> list[tuple[int, str, str]]:
    """(row, column or field, found) of the faults."""
    return [(error["row"], error["column"] or error["field"], error["found"]) for error in run.errors]


def rejected(run: ImportRun) -> bytes:
    """The file of the rejected rows."""
    assert run.rejected_file is not None
    return Path(default_storage.path(run.rejected_file.path)).read_bytes()

"""`manage.py import_tickets SOURCE FILE`: tickets of another tool with their past, as on the page of the desk."""

import io
import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError
from common.models import ImportRun, ImportState
from common.scope import Scope, scoped
from tickets.imports import execution, runs
from tickets.imports.options import KINDS, options_of, read_mapping
from tickets.imports.sources import SOURCES
from tickets.imports.zendesk import merged

_SHOWN = 50


class Command(BaseCommand):
    help = "Import tickets with their histories. A second run of the same file changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", choices=sorted(SOURCES))
        parser.add_argument("file", type=Path, help="also .gz; for zendesk a folder of answers of its API too")
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the person who imports")
        parser.add_argument("--zone", default="UTC", help="time zone of times without an offset")
        parser.add_argument("--create", default="", help=f"make unknown names, of: {','.join(KINDS)}")
        parser.add_argument("--mapping", type=Path, help="YAML: what names of the file are here")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
        parser.add_argument("--skip-bad-rows", action="store_true", help="leave rows with faults out")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            run = self._run(options)
        except DomainError as error:
            raise CommandError(error.message) from error
        self._report(run, time.monotonic() - begun)
        if run.state == ImportState.FAILED or (run.rows_rejected and not run.skip_bad_rows):
            raise CommandError(run.message or "Rows have faults; nothing was written. See --skip-bad-rows.")

    def _run(self, options: dict[str, Any]) -> ImportRun:
        actor, path = _actor(options["email"]), options["file"]
        known = read_mapping(_text(options["mapping"])) if options["mapping"] else {}
        create = [kind for kind in options["create"].split(",") if kind]
        how = options_of({"zone": options["zone"], "create": create, "known": known})
        with scoped(Scope.all()), _content(path, options["source"]) as content:
            now = timezone.now()
            run = runs.start(by=actor, source=options["source"], content=content, name=path.name, options=how, now=now)
            run.skip_bad_rows = options["skip_bad_rows"]
            run.state = ImportState.CHECKING if options["dry_run"] else ImportState.RUNNING
            run.started_at = now
            run.save(update_fields=["skip_bad_rows", "state", "started_at"])
            return execution.execute_run(run_id=run.pk, by=actor, now=now)

    def _report(self, run: ImportRun, took: float) -> None:
        self.stdout.write(
            f"{run.rows_total} rows: {run.rows_created} new tickets, {run.rows_unchanged} here already, "
            f"{run.rows_rejected} rows with faults ({run.state}, {took:.1f} s)"
        )
        for fault in run.errors[:_SHOWN]:
            found, expected = fault["found"], fault["expected"]
            self.stderr.write(f"row {fault['row']}, {fault['column']}: found {found!r}, expected {expected}")
        if len(run.errors) > _SHOWN:
            self.stderr.write(f"... and {len(run.errors) - _SHOWN} more; the page of the import has them.")


def _actor(email: str) -> Actor:
    user = User.objects.active().filter(email=email.lower()).first()
    if user is None:
        raise CommandError(f"There is no active user {email}.")
    return actor_for(user)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path.name}: {error}") from error


def _content(path: Path, source: str) -> BinaryIO:
    """The file, or the answers of a folder as one export."""
    if path.is_file():
        return path.open("rb")
    if source != "zendesk" or not path.is_dir():
        raise CommandError(f"{path} is no file.")
    payloads = []
    for part in sorted(path.rglob("*.json")):
        try:
            payloads.append(json.loads(_text(part)))
        except ValueError as error:
            raise CommandError(f"{part.name}: {error}") from error
    return io.BytesIO(json.dumps(merged(payloads)).encode())

"""`manage.py import_samples FILE --mapping MAPPING --as EMAIL`: samples from a file, long or wide."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from common.errors import DomainError
from common.models import ImportRun, ImportState
from common.scope import Scope, scoped
from health.choices import SourceKind
from health.imports import runs
from health.imports.sample_files import read_mapping

_SHOWN = 20


class Command(BaseCommand):
    help = "Add samples from a CSV file. They are never changed: there is no undo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, help="YAML: see docs/mappings; guessed without it")
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the person who imports")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
        parser.add_argument("--skip-bad-rows", action="store_true", help="leave rows with faults out")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            run = self._run(options)
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{run.rows_total} samples: {run.rows_created} new, {run.rows_unchanged} here already, "
            f"{run.rows_rejected} with faults ({run.state}, {time.monotonic() - begun:.1f} s)"
        )
        for fault in run.errors[:_SHOWN]:
            place = f"row {fault['row']}, {fault['column']}"
            self.stderr.write(f"{place}: found {fault['found']!r}, expected {fault['expected']}")
        if run.state == ImportState.FAILED or (run.rows_rejected and not run.skip_bad_rows):
            raise CommandError(run.message or "Rows have faults; nothing was written. See --skip-bad-rows.")

    def _run(self, options: dict[str, Any]) -> ImportRun:
        user = User.objects.active().filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError(f"There is no active user {options['email']}.")
        by, path, now = actor_for(user), options["file"], timezone.now()
        mapping = read_mapping(options["mapping"].read_text(encoding="utf-8")) if options["mapping"] else None
        with scoped(Scope.all()), path.open("rb") as file:
            run = runs.start(by=by, content=File(file), name=path.name, mapping=mapping, now=now)
            run.skip_bad_rows = options["skip_bad_rows"]
            run.state = ImportState.CHECKING if options["dry_run"] else ImportState.RUNNING
            run.save(update_fields=["skip_bad_rows", "state"])
            # What the hub computes itself may come with the past of another world.
            return runs.execute(run_id=run.pk, by=by, now=now, kind=SourceKind.IMPORT, may_collect=True)

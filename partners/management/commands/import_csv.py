"""`manage.py import_csv KIND FILE --mapping MAPPING.yaml`: the import of the pages, for files that are at hand."""

import gzip
import tempfile
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from common.errors import DomainError
from common.models import ImportRun, ImportState
from common.scope import Scope, scoped
from partners.imports import execution, runs
from partners.imports.kinds import KINDS


class Command(BaseCommand):
    help = "Import a CSV file (or .csv.gz) with a mapping file: organizations, people, owners, growth, interactions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping",
            type=Path,
            help="YAML: columns, constants, templates, values, factors; without it columns are taken by their names",
        )
        parser.add_argument("--beside", type=Path, help="a second file that says more of each row of the first")
        parser.add_argument("--on", default="", help="column by which they belong together, or deal_id=id")
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the person who imports")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
        parser.add_argument("--skip-bad-rows", action="store_true", help="leave rows with faults out")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = self._run(options)
        except DomainError as error:
            raise CommandError(error.message) from error
        self._report(run)
        if run.state == ImportState.FAILED or (run.rows_rejected and not run.skip_bad_rows):
            raise CommandError(run.message or "Rows have faults; nothing was written. See --skip-bad-rows.")

    def _run(self, options: dict[str, Any]) -> ImportRun:
        user = User.objects.active().filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError(f"There is no active user {options['email']}.")
        actor, mapping = actor_for(user), _mapping(options["mapping"])
        with tempfile.TemporaryDirectory() as folder, scoped(Scope.all()):
            with ExitStack() as files:
                content = files.enter_context(_plain(options["file"], Path(folder)).open("rb"))
                run = runs.start(
                    by=actor,
                    kind=options["kind"],
                    content=File(content),
                    name=options["file"].name,
                    beside=_beside(options, Path(folder), files),
                    now=timezone.now(),
                )
            if mapping:
                run.mapping = runs.mapping_of(run, mapping).as_data()
            run.skip_bad_rows = options["skip_bad_rows"]
            run.state = ImportState.CHECKING if options["dry_run"] else ImportState.RUNNING
            run.started_at = timezone.now()
            run.save(update_fields=["mapping", "skip_bad_rows", "state", "started_at"])
            return execution.execute_run(run_id=run.pk, by=actor, now=timezone.now())

    def _report(self, run: ImportRun) -> None:
        self.stdout.write(
            f"{run.rows_total} rows: {run.rows_created} new, {run.rows_updated} changed, "
            f"{run.rows_unchanged} unchanged, {run.rows_rejected} with faults ({run.state})"
        )
        for error in run.errors[:50]:
            place = error["column"] or error["field"] or "the row"
            self.stderr.write(f"row {error['row']}, {place}: found {error['found']!r}, expected {error['expected']}")
        if len(run.errors) > 50:
            self.stderr.write(f"... and {len(run.errors) - 50} more; the page of the import has them.")


def _beside(options: dict[str, Any], folder: Path, files: ExitStack) -> runs.Beside | None:
    path: Path | None = options.get("beside")
    if path is None:
        return None
    content = files.enter_context(_plain(path, folder).open("rb"))
    return runs.Beside(content=File(content), name=path.name, on=options.get("on") or "")


def _mapping(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise CommandError(f"{path.name}: {error}") from error
    if not isinstance(found, dict):
        raise CommandError(f"{path.name}: expected columns, constants, templates, values or factors")
    return found


def _plain(path: Path, folder: Path) -> Path:
    """The file itself, or a .gz unpacked within the size limit. Whoever types this command has the files already."""
    if not path.is_file():
        raise CommandError(f"{path} is no file.")
    if path.suffix != ".gz":
        if path.stat().st_size > settings.IMPORT_MAX_BYTES:
            raise CommandError(f"{path.name} is larger than IMPORT_MAX_BYTES ({settings.IMPORT_MAX_BYTES}).")
        return path
    target = folder / path.stem
    with gzip.open(path) as packed, target.open("wb") as plain:
        while chunk := packed.read(1024 * 1024):
            plain.write(chunk)
            if plain.tell() > settings.IMPORT_MAX_BYTES:
                raise CommandError(f"{path.name} is larger than IMPORT_MAX_BYTES when unpacked.")
    return target

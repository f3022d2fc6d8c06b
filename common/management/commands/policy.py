"""`manage.py policy load|diff|export DIR`: policy packs between YAML files and the database (ADR 0014)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.models import PolicyVersion
from common.pack_diff import Change, ChangeKind
from common.pack_files import ENDING, PackFileError, check_pack_dir, dump_pack
from common.packs import PackError, PackSource
from common.scope import Scope, scoped
from common.services import policies
from common.services.policies import PlannedPack

INPUT_ERROR = 2
MARKS = {ChangeKind.ADDED: "+", ChangeKind.REMOVED: "-", ChangeKind.CHANGED: "~", ChangeKind.REORDERED: "~"}
MAX_SHOWN = 100


class Command(BaseCommand):
    help = "Load policy packs from a directory of YAML files, show what loading would change, or write them out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="load|diff|export")
        load = actions.add_parser("load", help="make new versions of the packs that changed, and put them in force")
        load.add_argument("--dry-run", action="store_true", help="check everything and show the changes; write nothing")
        load.add_argument("--note", default="", help="why, in a sentence; kept with the versions")
        diff = actions.add_parser("diff", help="show what loading would change")
        export = actions.add_parser("export", help="write the packs in force as files")
        export.add_argument("--overwrite", action="store_true", help="replace files that are there")
        for action in (load, diff, export):
            action.add_argument("directory", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        directory: Path = options["directory"]
        with scoped(Scope.all()):
            if options["action"] == "export":
                self._export(directory, overwrite=options["overwrite"])
            elif options["action"] == "diff" or options["dry_run"]:
                self._show(policies.plan_packs(_checked(directory)))
            else:
                sources = _checked(directory)
                plan = policies.load_packs(sources=sources, now=timezone.now(), note=options["note"])
                self._report(plan)

    def _show(self, plan: list[PlannedPack]) -> None:
        for pack in plan:
            if pack.changes is None:
                self.stdout.write(f"{pack.source.name}: unchanged, version {pack.in_force}")
                continue
            if pack.in_force is None:
                self.stdout.write(f"{pack.source.name}: would be the first version")
                continue
            self.stdout.write(f"{pack.source.name}: differs from version {pack.in_force}")
            for line in _lines(pack.changes):
                self.stdout.write(f"  {line}")

    def _report(self, plan: list[PlannedPack]) -> None:
        in_force = PolicyVersion.objects.filter(is_active=True).values_list("name", "version")
        versions = dict(in_force)
        for pack in plan:
            state = "in force" if pack.is_new else "unchanged"
            self.stdout.write(f"{pack.source.name}: version {versions[pack.source.name]} {state}")

    def _export(self, directory: Path, *, overwrite: bool) -> None:
        texts = {}
        for row in PolicyVersion.objects.filter(is_active=True).order_by("name"):
            try:
                texts[directory / f"{row.name}{ENDING}"] = f"# Version {row.version}\n{dump_pack(row.kind, row.body)}"
            except PackError as error:
                raise CommandError(f"{row.name}: {error}", returncode=INPUT_ERROR) from error
        there = [path for path in texts if path.exists()]
        if there and not overwrite:
            raise CommandError(f"{there[0]} is there already; --overwrite replaces it", returncode=INPUT_ERROR)
        try:
            directory.mkdir(parents=True, exist_ok=True)
            for path, text in texts.items():
                path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"cannot write: {error}", returncode=INPUT_ERROR) from error
        for path in texts:
            self.stdout.write(str(path))


def _checked(directory: Path) -> list[PackSource]:
    """The packs of a directory, all of them good; else every error, each on its line, and exit code 2."""
    try:
        sources, errors = check_pack_dir(directory)
    except PackFileError as error:
        sources, errors = [], [error]
    if errors:
        raise CommandError("\n".join(str(error) for error in errors), returncode=INPUT_ERROR)
    return sources


def _lines(changes: tuple[Change, ...]) -> Iterator[str]:
    for change in changes:
        values = [_shown(value) for value in (change.old, change.new) if value is not None]
        yield f"{MARKS[change.kind]} {change.path}: {' -> '.join(values)}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 3]}..."

"""`manage.py restore FILE`: an archive into an empty database elsewhere, compared with what it was made from."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from hub.backups.database import Target
from hub.backups.manifest import BackupError, Manifest
from hub.backups.reading import read_archive
from hub.backups.restoring import missing_migrations, restore_backup


class Command(BaseCommand):
    help = "Restore an archive of `manage.py backup` into an empty database and check counts, sums and rights."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="an archive of `manage.py backup`")
        parser.add_argument(
            "--database-url", default="", help="an empty database, as its owner role; default: DATABASE_OWNER_URL"
        )
        parser.add_argument("--files", type=Path, help="the folder of stored files; default: that of the settings")
        parser.add_argument("--check-only", action="store_true", help="check the archive; restore nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = self._run(**options)
        except BackupError as error:
            raise CommandError(str(error)) from error
        done = "whole" if options["check_only"] else "restored and compared"
        size = f"{len(manifest.tables)} tables, {manifest.rows} rows, {len(manifest.files)} stored files"
        self.stdout.write(f"{options['file']}: {done}: {size}, made {manifest.made_at}")
        if waiting := missing_migrations(manifest):
            self.stdout.write(f"It is of an older release: run `manage.py migrate` next ({len(waiting)} migrations).")

    def _run(self, **options: Any) -> Manifest:
        if options["check_only"]:
            return read_archive(options["file"])
        url = options["database_url"]
        return restore_backup(
            options["file"],
            target=Target.of_url(url) if url else Target(connections["owner"].settings_dict),
            files=options["files"] or Path(settings.MEDIA_ROOT),
            say=self.stderr.write,
        )

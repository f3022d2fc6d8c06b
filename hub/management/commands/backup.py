"""`manage.py backup [FILE]`: the whole hub in one archive, from one snapshot, while it goes on working."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from accounts.services import activity
from common.scope import Scope, scoped
from hub.backups.database import Target
from hub.backups.making import Source, make_backup
from hub.backups.manifest import BackupError, Manifest


class Command(BaseCommand):
    help = "Write database and stored files into one archive, with counts and sums to check it by."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a new file; default: in backups/ of the data folder")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        path: Path = options["file"] or _default(now.strftime("%Y%m%dT%H%M%SZ"))
        source = Source(
            database=Target(connections["owner"].settings_dict),
            files=Path(settings.MEDIA_ROOT),
            app_version=settings.APP_VERSION,
        )
        try:
            manifest = make_backup(path, source=source, now=now, say=self.stderr.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        with scoped(Scope.all()):
            changes = {"rows": [None, manifest.rows], "files": [None, len(manifest.files)]}
            activity.record(verb="backup.made", target=None, target_type="backup", now=now, changes=changes)
        self._tell(path, manifest)

    def _tell(self, path: Path, manifest: Manifest) -> None:
        if gone := manifest.missing_files:
            more = f" and {len(gone) - 5} more" if len(gone) > 5 else ""
            self.stderr.write(f"Not there, though the database names them: {', '.join(gone[:5])}{more}")
        self.stdout.write(
            f"{path}: {len(manifest.tables)} tables, {manifest.rows} rows, {len(manifest.files)} stored files"
        )


def _default(stamp: str) -> Path:
    folder = Path(settings.DATA_DIR) / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"hub-{stamp}.tar"

"""`manage.py import_articles FILE.jsonl`: articles of another help center, one text a line; all of them or none."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from common.scope import Scope, scoped
from tickets.article_choices import ArticleAudience, ArticleLanguage
from tickets.rules.article_files import ArticleFile, parse_file
from tickets.services.article_import import import_articles

MOST_BYTES = 64 * 1024 * 1024
MOST_FAULTS = 50


class Command(BaseCommand):
    help = "Publish the articles of FILE.jsonl. Running it again brings what has changed since."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.jsonl")
        parser.add_argument("--source", default="", help="what the file is called from now on; its name by default")
        parser.add_argument("--audience", choices=ArticleAudience.values, default=ArticleAudience.PUBLIC.value)
        parser.add_argument("--owner", default="", metavar="E-MAIL", help="who looks the articles over")
        parser.add_argument("--dry-run", action="store_true", help="read the file and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        found = self._read(options["file"])
        for fault in found.faults[:MOST_FAULTS]:
            self.stderr.write(f"line {fault.line}: {fault.message}")
        if found.faults:
            raise CommandError(f"{len(found.faults)} lines have faults; nothing was written.")
        if options["dry_run"]:
            self.stdout.write(f"{len(found.texts)} texts can be read; nothing was written.")
            return
        source = (options["source"] or options["file"].stem)[:40]
        with scoped(Scope.all()):
            done = import_articles(
                texts=found.texts,
                source=source,
                audience=options["audience"],
                owner=self._owner(options["owner"]),
                now=timezone.now(),
            )
        self.stdout.write(f"{done.articles} new articles, {done.texts} new texts, {done.unchanged} unchanged")

    def _read(self, path: Path) -> ArticleFile:
        try:
            if path.stat().st_size > MOST_BYTES:
                raise CommandError(f"{path.name} is larger than 64 MiB.")
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}") from error
        return parse_file(lines, languages=ArticleLanguage.values)

    def _owner(self, email: str) -> User | None:
        if not email:
            return None
        found = User.objects.active().staff().filter(email=email.lower()).first()
        if found is None:
            raise CommandError(f"There is no active colleague {email}.")
        return found

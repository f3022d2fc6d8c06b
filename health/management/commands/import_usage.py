"""`manage.py import_usage FILE --mapping MAPPING --as EMAIL`: events of a product from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from common.errors import DomainError
from common.scope import Scope, scoped
from health.choices import SourceKind
from health.imports.usage_files import read_mapping, rows_of
from health.services import usage
from health.services.naming import homes_by_key
from health.services.sources import source_named

_SHOWN = 20


class Command(BaseCommand):
    help = "Count events of a product: uses of features by week, active users, use of the product."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="YAML: see docs/mappings")
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the person who imports")
        parser.add_argument("--source", default="", help="name of the source; without it that of the mapping")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
        parser.add_argument("--skip-bad-rows", action="store_true", help="leave rows with faults out")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.active().filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError(f"There is no active user {options['email']}.")
        try:
            found = self._taken(actor_for(user), options)
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(str(error)) from error
        self._report(found)
        if found.rejected and not options["skip_bad_rows"]:
            raise CommandError("Rows have faults; nothing was written. See --skip-bad-rows.")

    def _taken(self, by: Any, options: dict[str, Any]) -> usage.UsageResult:
        mapping = read_mapping(options["mapping"].read_text(encoding="utf-8"))
        name = options["source"] or (f"{mapping.source}_events" if mapping.source else "events")
        with scoped(Scope.all()):
            return usage.take(
                list(rows_of(options["file"], mapping)),
                source=source_named(name, SourceKind.IMPORT),
                now=timezone.now(),
                by=by,
                features=mapping.features or None,
                homes=homes_by_key("organization", by, source=mapping.source),
                named_by="organization",
                skip_bad=options["skip_bad_rows"],
                only_check=options["dry_run"],
            )

    def _report(self, found: usage.UsageResult) -> None:
        self.stdout.write(
            f"{found.accepted} events in {found.weeks} weeks of organizations, {found.unchanged} here already, "
            f"{len(found.rejected)} faults"
        )
        if found.unknown_events:
            self.stdout.write(f"of no feature: {', '.join(found.unknown_events)}")
        for one in found.rejected[:_SHOWN]:
            self.stderr.write(f"row {one.row}, {one.field}: found {one.found!r}, expected {one.expected}")
        if len(found.rejected) > _SHOWN:
            self.stderr.write(f"... and {len(found.rejected) - _SHOWN} more")

"""`manage.py import_survey FILE --mapping MAPPING --as EMAIL`: a wave of a survey that another house has asked."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from common.errors import DomainError
from common.scope import Scope, scoped
from reports.imports.survey_files import BadRows, import_file
from reports.selectors.external_surveys import question_lines

_SHOWN = 20


class Command(BaseCommand):
    help = "Keep a wave of a survey from a CSV file: how many gave each score. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="YAML: see docs/importing-surveys.md")
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the person who imports")
        parser.add_argument("--replace", action="store_true", help="in place of the same wave from another file")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.active().filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError(f"There is no active user {options['email']}.")
        try:
            self._take(user, options)
        except BadRows as error:
            for fault in error.faults[:_SHOWN]:
                place = f"row {fault.row}, {fault.column}"
                self.stderr.write(f"{place}: found {fault.found!r}, expected {fault.expected}")
            if len(error.faults) > _SHOWN:
                self.stderr.write(f"... and {len(error.faults) - _SHOWN} more")
            raise CommandError(error.message) from error
        except DomainError as error:
            raise CommandError(error.message) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error

    def _take(self, user: User, options: dict[str, Any]) -> None:
        path, mapping = options["file"], options["mapping"].read_text(encoding="utf-8")
        with scoped(Scope.all()):
            survey, is_new = import_file(
                path,
                name=path.name,
                mapping_text=mapping,
                by=actor_for(user),
                now=timezone.now(),
                replace=options["replace"],
            )
        self.stdout.write(f"{survey}: {survey.rows} rows{'' if is_new else ', here already'}")
        for line in question_lines(survey):
            self.stdout.write(f"  {line.key}: {line.value} of {line.answers} answers, {line.left_out} left out")

"""`manage.py worktime FILE.json`: answer questions about business time from a file (spec/cases)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.reading import MalformedInput, read_json
from common.worktime_parse import parse_question_file
from common.worktime_replay import answer_all

INPUT_ERROR = 2


class Command(BaseCommand):
    """Pure: reads the file, prints one JSON object, touches neither database nor clock."""

    help = "Answer the questions of a file {calendars, cases} about business time, as one JSON object by case id."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.json")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            answers = answer_all(parse_question_file(read_json(path)))
        except MalformedInput as error:
            raise CommandError(f"{path}: {error}", returncode=INPUT_ERROR) from error
        self.stdout.write(json.dumps(answers, indent=1))

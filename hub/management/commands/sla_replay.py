"""`manage.py sla_replay FILE.json`: the clocks and escalations of tickets whose story is in a file (spec/cases)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.reading import MalformedInput, read_json
from tickets.rules.sla_parse import parse_story_file
from tickets.rules.sla_replay import answer_all

INPUT_ERROR = 2


class Command(BaseCommand):
    """Pure: reads the file, prints one JSON object, touches neither database nor clock."""

    help = "Replay the tickets of a file {calendars, policies, cases, escalation_cases}, as one JSON object."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.json")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            answers = answer_all(parse_story_file(read_json(path)))
        except MalformedInput as error:
            raise CommandError(f"{path}: {error}", returncode=INPUT_ERROR) from error
        self.stdout.write(json.dumps(answers, indent=1))

"""`manage.py audit verify|seal|export`: the chain of the audit trail, checked, prolonged and written out."""

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.rules.chain import Broken, Fault
from accounts.services import audit, audit_export
from accounts.services.audit import Report

BROKEN = 1
WORDS = {
    Fault.GAP: "a link before it is gone",
    Fault.MISSING: "its row is gone, or was moved to another moment",
    Fault.CHANGED: "its row is not the one that was sealed",
}


class Command(BaseCommand):
    help = "Check the hash chain of the audit trail, seal what waits, or write the trail out with its chain."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="verify|seal|export")
        verify = actions.add_parser(
            "verify", help="follow the chain; exit status 1 and the first row that does not fit"
        )
        verify.add_argument("--digest", default="", help="a digest that was kept elsewhere: it must be in the chain")
        actions.add_parser("seal", help="seal now what the worker seals every minute")
        export = actions.add_parser("export", help="write the rows as JSON Lines, each with its link of the chain")
        export.add_argument("file", type=Path, help="a file that does not exist yet, or - for the output")
        export.add_argument("--since", default="", help="first day, like 2026-03-01 (UTC)")
        export.add_argument("--until", default="", help="last day, like 2026-03-31 (UTC)")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["action"]:
            case "seal":
                self.stdout.write(f"{audit.seal(holder='command', everything=True)} rows sealed")
            case "verify":
                self._tell(audit.verify(digest=options["digest"].strip().lower()), now=timezone.now())
            case "export":
                self._export(options["file"], options["since"], options["until"])

    def _tell(self, report: Report, *, now: datetime) -> None:
        if report.broken is not None:
            raise CommandError(self._fault(report, report.broken), returncode=BROKEN)
        self.stdout.write(f"The chain holds: {report.sealed} rows, digest {report.digest}")
        if report.unsealed and report.oldest_at is not None:
            age = int((now - report.oldest_at).total_seconds())
            self.stdout.write(f"Not sealed yet: {report.unsealed} rows at the end, the oldest {age} s old")
        else:
            self.stdout.write("Not sealed yet: none")
        if report.knows_digest is False:
            raise CommandError("The digest you kept is not in the chain: the chain was made anew.", returncode=BROKEN)

    @staticmethod
    def _fault(report: Report, broken: Broken) -> str:
        lines = [
            f"The chain is broken at link {broken.link.position}, activity {broken.link.activity_id}: "
            f"{WORDS[broken.fault]}.",
            f"Before it {report.sealed} rows hold, up to digest {report.digest}.",
        ]
        if (row := report.broken_row) is not None:
            lines.append(
                f"The row now: {row.at.isoformat()} {row.verb} {row.target_type} {row.target_id} {row.public_id}"
            )
        return "\n".join(lines)

    def _export(self, path: Path, since: str, until: str) -> None:
        first, last = (_day(text) for text in (since, until))
        if str(path) == "-":
            written = self._write(cast(TextIO, self.stdout._out), since=first, until=last)
        else:
            if path.exists():
                raise CommandError(f"{path} is there already.")
            with path.open("x", encoding="utf-8") as file:
                written = self._write(file, since=first, until=last)
        self.stderr.write(f"{written} rows written")

    @staticmethod
    def _write(file: TextIO, **range_: Any) -> int:
        count = 0
        for line in audit_export.lines(now=timezone.now(), **range_):
            file.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
            count += 1
        return count


def _day(text: str) -> Any:
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{text} is not a day like 2026-03-01.")
    return found

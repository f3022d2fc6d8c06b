"""`manage.py person export|erase`: what is kept of one contact, handed out or made neutral."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from common.errors import DomainError
from common.scope import Scope, scoped
from partners.services.erasure import Erased, erase_person
from partners.services.person_records import export_person, find_person


class Command(BaseCommand):
    help = "Hand out or erase what is kept of one contact of an organization, portal account included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="export|erase")
        export = actions.add_parser("export", help="write everything as JSON")
        export.add_argument("--out", type=Path, required=True, metavar="FILE", help="a file that does not exist yet")
        erase = actions.add_parser("erase", help="replace what identifies them and end their access, for ever")
        erase.add_argument("--reason", required=True, help="why; it is kept, so do not name the person in it")
        erase.add_argument("--yes", action="store_true", help="do not ask")
        for action in (export, erase):
            action.add_argument("who", metavar="EMAIL|ID", help="e-mail address, or the id of the contact")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["action"] == "export":
                self._export(options["who"], options["out"])
            else:
                self._erase(options["who"], options["reason"], is_sure=options["yes"])
        except DomainError as error:
            raise CommandError(error.message) from error

    def _export(self, who: str, path: Path) -> None:
        with scoped(Scope.all()):
            found = export_person(person=find_person(who), now=timezone.now())
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(found, file, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        except FileExistsError:
            raise CommandError(f"{path} is there already.") from None
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}") from error
        counts = ", ".join(f"{len(part)} {name}" for name, part in found.items() if isinstance(part, list))
        self.stdout.write(f"{path}: {counts}")

    def _erase(self, who: str, reason: str, *, is_sure: bool) -> None:
        # Asked outside of a transaction: whoever thinks about the answer holds no locks.
        with scoped(Scope.all()):
            label = find_person(who).label
        if not is_sure and not self._confirmed(label):
            raise CommandError("Nothing was changed.")
        with scoped(Scope.all()):
            done = erase_person(person=find_person(who), reason=reason, now=timezone.now())
        self._tell(done)

    def _confirmed(self, label: str) -> bool:
        self.stdout.write(f"Erase {label}? This cannot be undone. Type the word erase to go on:")
        try:
            return input().strip().lower() == "erase"
        except EOFError:
            return False

    def _tell(self, done: Erased) -> None:
        account = "and their portal account" if done.had_account else "without a portal account"
        self.stdout.write(
            f"Erased: {done.contacts} contacts {account}, {done.texts} texts, {done.invitations} invitations. "
            f"{done.files} imported files are deleted with the next run of retention."
        )
        if done.reviews:
            self.stdout.write(f"{done.reviews} presented reviews named them; each says that words were taken out.")
        if done.trail:
            self.stdout.write(f"{done.trail} lines of the audit trail name them and stay: the trail is never changed.")
        if done.signed:
            self.stdout.write(f"{done.signed} submissions of gates name them and stay as they were signed.")

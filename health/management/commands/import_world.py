"""`manage.py import_world NAME --from DIR --as ADMIN`: a whole world of another tool, by the ways of its parts."""

import csv
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from common.reading import MalformedInput
from common.scope import Scope, scoped
from health.rules.world_files import World, read_world
from health.services import runs, worlds

MAPPINGS = Path(settings.BASE_DIR) / "docs" / "mappings"


class Command(BaseCommand):
    help = (
        "Bring in organizations, tickets, losses and usage of a world, such as saas_saasguard. Twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("world", help="its mapping is docs/mappings/WORLD_world.yaml")
        parser.add_argument("--from", dest="folder", type=Path, required=True, help="the folder of its files")
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the person who imports")
        parser.add_argument("--mapping", type=Path, help="another mapping file")
        parser.add_argument("--without-tickets", action="store_true", help="leave the tickets out")
        parser.add_argument("--score", type=date.fromisoformat, nargs="*", default=[], help="compute these days after")
        parser.add_argument("--rejected", type=Path, help="write the rows that were rejected to this CSV file")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["mapping"] or MAPPINGS / f"{options['world']}_world.yaml"
        world, folder, email = _world(path), options["folder"], options["email"]
        user = User.objects.active().filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"There is no active user {email}.")
        source = world.tickets.get("source", world.name)
        with scoped(Scope.all()):
            actor = actor_for(user)
        self._organizations(world, folder, email)
        if world.tickets and not options["without_tickets"]:
            self._tickets(world, folder, email)
        now, listed = timezone.now(), []
        if world.losses:
            begun = time.monotonic()
            losses = worlds.bring_losses(by=actor, folder=folder, said=world.losses, source=source, now=now)
            listed += self._told("losses", losses, begun)
        begun = time.monotonic()
        samples, uses = worlds.bring_usage(folder=folder, usage=world.usage, source=source, now=now)
        listed += self._told("usage", samples, begun)
        self.stdout.write(f"uses of features: {uses.taken} new, {uses.unchanged} here already")
        if options["rejected"]:
            _write(options["rejected"], listed)
        for day in options["score"]:
            self._score(day)

    def _score(self, day: date) -> None:
        """Compute a day as it stood at its end, and tell the bands with who was lost within 90 days of it."""
        begun, now = time.monotonic(), timezone.now()
        with scoped(Scope.all()):
            runs.run_day(day=day, now=now)
            bands = worlds.bands_on(day)
        self.stdout.write(f"health of {day} ({time.monotonic() - begun:.1f} s):")
        for one in bands:
            self.stdout.write(
                f"  {one.card}, {one.band}: {one.many}, score {one.score}, coverage {one.coverage} %, "
                f"lost within 90 days: {one.lost}"
            )

    def _organizations(self, world: World, folder: Path, email: str) -> None:
        self.stdout.write("organizations:")
        file, mapping = folder / world.organizations["file"], MAPPINGS / world.organizations["mapping"]
        call_command(
            "import_csv",
            "organizations",
            str(file),
            "--mapping",
            str(mapping),
            "--as",
            email,
            "--skip-bad-rows",
            stdout=self.stdout,
            stderr=self.stderr,
        )

    def _tickets(self, world: World, folder: Path, email: str) -> None:
        self.stdout.write("tickets:")
        file, source = folder / world.tickets["file"], world.tickets["source"]
        call_command(
            "import_tickets",
            source,
            str(file),
            "--as",
            email,
            "--skip-bad-rows",
            stdout=self.stdout,
            stderr=self.stderr,
        )

    def _told(self, part: str, brought: worlds.Brought, begun: float) -> list[tuple[str, int, str, str]]:
        took = time.monotonic() - begun
        self.stdout.write(
            f"{part}: {brought.read} rows read, {brought.taken} new, {brought.unchanged} here already, "
            f"{brought.rejected} rejected ({took:.1f} s)"
        )
        for line in worlds.counts_in_words(brought.rejects.counts):
            self.stdout.write(f"  {line}")
        return brought.rejects.listed


def _world(path: Path) -> World:
    try:
        return read_world(yaml.safe_load(path.read_text(encoding="utf-8")), path.stem.removesuffix("_world"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError, MalformedInput) as error:
        raise CommandError(f"{path.name}: {error}") from error


def _write(path: Path, listed: list[tuple[str, int, str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "row", "why", "found"])
        writer.writerows(listed)

"""`manage.py health_replay`: computes snapshots once more from their receipts and says how many agree to the digit."""

from argparse import ArgumentParser
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import IntegerField, Value
from django.db.models.expressions import RawSQL

from common.scope import Scope, scoped
from health.models import Snapshot
from health.selectors.replaying import replay_all


class Command(BaseCommand):
    help = "Replay snapshots of an organization, of days, or a share of all. Ends with an error if one differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", type=UUID, metavar="ID", help="those of one organization")
        parser.add_argument("--from", type=date.fromisoformat, dest="start", metavar="DAY", help="from this day on")
        parser.add_argument("--to", type=date.fromisoformat, dest="end", metavar="DAY", help="up to this day")
        parser.add_argument("--percent", type=int, default=100, help="of them about so many, the same every time")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["percent"] <= 100:
            raise CommandError("--percent is from 1 to 100.")
        rows = Snapshot.objects.order_by("organization_id", "card", "day", "occasion")
        if options["organization"]:
            rows = rows.filter(organization__public_id=options["organization"])
        if options["start"]:
            rows = rows.filter(day__gte=options["start"])
        if options["end"]:
            rows = rows.filter(day__lte=options["end"])
        if options["percent"] < 100:
            # By what is in them: the same ones every time, and no more of one organization than of another.
            share = RawSQL("hashtext(inputs_hash) & 127", [], output_field=IntegerField())
            rows = rows.annotate(share=share).filter(share__lt=Value(options["percent"] * 128 / 100))
        with scoped(Scope.all()):
            found = replay_all(rows.iterator(chunk_size=500))
        for line in found.named:
            self.stderr.write(line)
        self.stdout.write(f"{found.same} of {found.total} snapshots agree to the digit.")
        if found.other:
            raise CommandError(f"{found.other} differ.")

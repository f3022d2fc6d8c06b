"""`manage.py health_train KIND`: the training of the week now, in this process; its page then shows what it found."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.scope import Scope, scoped
from health.models import Prediction, Training
from health.prediction_choices import TrainingState
from health.services import training
from health.services.fitting import CODE_VERSION
from partners.choices import OrganizationKind


class Command(BaseCommand):
    help = "Learn what precedes a loss from the past of a kind of organization, and predict."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=OrganizationKind.values, nargs="?", default="customer")
        parser.add_argument("--day", type=date.fromisoformat, help="predict as of this day; today without it")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if Training.objects.filter(kind=options["kind"], state=TrainingState.RUNNING).exists():
            raise CommandError("A training of this kind is under way.")
        made = Training.objects.create(
            kind=options["kind"], horizon_days=90, code_version=CODE_VERSION, started_at=now, touched_at=now
        )
        done = training.execute(training_id=made.pk, now=now, day=options["day"])
        if done is None:
            raise CommandError("Another worker has taken it.")
        with scoped(Scope.all()):
            many = Prediction.objects.filter(training=done).count()
        auc = f"{done.auc:.3f}" if done.auc is not None else "-"
        self.stdout.write(f"{done.get_verdict_display()}: AUC {auc}, {many} predictions")

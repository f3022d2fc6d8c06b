"""`manage.py health_backtest KIND`: predict the past, and print each cut-off with what came of it. Writes nothing."""

import resource
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from health.rules.calibration import LEAST_AUC, Figures, bins
from health.services import backtests
from health.services.backtests import Backtest
from health.services.training import today_here
from partners.choices import OrganizationKind

WORDS = {
    "speaks": "speaks: it beats the base rate",
    "no_signal": "no signal: it does not beat the base rate",
    "too_few": "not enough history",
}


class Command(BaseCommand):
    help = "Predict the past of a kind of organization from its own past: AUC and Brier score at each cut-off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=OrganizationKind.values, nargs="?", default="customer")
        parser.add_argument("--until", type=date.fromisoformat, help="know no outcome after this day")

    def handle(self, *args: Any, **options: Any) -> None:
        begun, now = time.monotonic(), timezone.now()
        test = backtests.run(options["kind"], until=options["until"] or today_here(now), now=now)
        self.stdout.write(f"features: {', '.join(test.names)}")
        self.stdout.write(f"{'cut-off':<12}{'at risk':>8}{'lost':>6}{'AUC':>8}{'Brier':>9}{'base':>9}  form")
        for one in test.slices:
            self._line(test, one.day, len(one.ids), int(one.lost.sum()))
        self._whole(test)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        self.stdout.write(f"verdict: {WORDS[test.verdict]} ({time.monotonic() - begun:.1f} s, {most} MB at most)")

    def _line(self, test: Backtest, day: date, many: int, lost: int) -> None:
        found = test.by_cutoff.get(day)
        if found is None:
            self.stdout.write(f"{day.isoformat():<12}{many:>8}{lost:>6}  learned from alone")
            return
        self.stdout.write(f"{day.isoformat():<12}{many:>8}{lost:>6}{_figures(found)}  {test.forms[day]}")

    def _whole(self, test: Backtest) -> None:
        if test.figures is None:
            return
        self.stdout.write(f"{'all':<12}{test.figures.n:>8}{test.figures.losses:>6}{_figures(test.figures)}")
        if test.bounds is not None:
            found = test.bounds
            self.stdout.write(
                f"95 % intervals: AUC {found.auc_low:.3f} to {found.auc_high:.3f} (needs more than {LEAST_AUC}), "
                f"gain on the base rate's Brier {found.gain_low:+.4f} to {found.gain_high:+.4f} (needs more than 0)"
            )
        for one in bins(test.told):
            share = one.losses / one.n
            self.stdout.write(
                f"said {one.low:.2f} to {one.high:.2f}: {one.n:>7}, mean {one.mean:.3f}, lost {share:.3f}"
            )


def _figures(found: Figures) -> str:
    auc = f"{found.auc:.3f}" if found.auc is not None else "-"
    return f"{auc:>8}{found.brier:>9.4f}{found.base_brier:>9.4f}"

"""Trainings: learn what precedes a loss from the past of a kind of organization, and say how well it would have told.

A training is claimed once; its parts are transactions of their own, so that progress is seen. One whose worker was lost
is marked as broken off and begun anew. Verdict and figures stay with it; predictions are those of the latest one.
"""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import NotAllowed
from common.jobs import enqueue_on_commit
from health.models import Training
from health.prediction_choices import TrainingState, Verdict
from health.rules.calibration import bins
from health.rules.prediction import to_json
from health.selectors.prediction_inputs import HORIZON_DAYS
from health.services import backtests, predicting
from health.services.backtests import Backtest
from health.services.fitting import CODE_VERSION
from partners.choices import OrganizationKind

CAPABILITY = "replay_jobs"
EVERY = timedelta(days=7)
LOST_AFTER = timedelta(minutes=20)
TASK = "health.train"


def may_train(actor: Actor) -> bool:
    """Those who look after background work."""
    return actor.has(CAPABILITY)


@transaction.atomic
def start(*, by: Actor, kind: str, now: datetime) -> Training:
    """Begin a training by hand; the one that is under way, if there is one. Raises NotAllowed."""
    if not may_train(by):
        raise NotAllowed(_("Trainings are begun by those who look after background work."))
    training, is_new = _begin(OrganizationKind(kind), now, by=by)
    if is_new:
        activity.record(
            actor_id=by.user_id, actor_name=by.name, verb="training.started", target=training, target_name=kind, now=now
        )
    return training


@transaction.atomic
def keep_going(*, now: datetime) -> int:
    """Begin the trainings of the week, and anew those whose worker was lost; else predict the day. How many begun."""
    lost = Training.objects.filter(state=TrainingState.RUNNING, touched_at__lt=now - LOST_AFTER)
    lost.update(state=TrainingState.FAILED, ended_at=now, figures={"broken": "lost"})
    begun = 0
    for kind in OrganizationKind:
        last = Training.objects.filter(kind=kind, state=TrainingState.DONE).order_by("-ended_at").first()
        if last is None or last.started_at < now - EVERY:
            begun += _begin(kind, now, by=None)[1]
        elif last.verdict == Verdict.SPEAKS:
            predicting.predict(training=last, day=today_here(now), now=now)
    return begun


def _begin(kind: OrganizationKind, now: datetime, *, by: Actor | None) -> tuple[Training, bool]:
    found, is_new = Training.objects.get_or_create(
        kind=kind,
        state=TrainingState.RUNNING,
        defaults={
            "horizon_days": HORIZON_DAYS,
            "code_version": CODE_VERSION,
            "started_by_id": by.user_id if by else None,
            "started_at": now,
            "touched_at": now,
        },
    )
    enqueue_on_commit(TASK, training_id=found.pk)
    return found, is_new


def execute(*, training_id: int, now: datetime, day: date | None = None) -> Training | None:
    """A worker's turn: claim, learn, write. None for one that is taken or over. `day` is predicted from, else today."""
    claimed = Training.objects.filter(pk=training_id, state=TrainingState.RUNNING, total=0).update(
        total=1, touched_at=now
    )
    if not claimed:
        return None
    training = Training.objects.get(pk=training_id)

    def progress(done: int, total: int) -> None:
        Training.objects.filter(pk=training_id).update(done=done, total=total, touched_at=timezone.now())

    today = day or today_here(now)
    try:
        test = backtests.run(training.kind, until=today, now=now, progress=progress)
    except Exception:
        Training.objects.filter(pk=training_id).update(
            state=TrainingState.FAILED, ended_at=now, figures={"broken": "error"}
        )
        raise
    return finish(training=training, test=test, day=today, now=now)


@transaction.atomic
def finish(*, training: Training, test: Backtest, day: date, now: datetime) -> Training:
    """Write what a backtest has found, and predict where it speaks."""
    training.verdict = Verdict.SPEAKS if test.model is not None else _silence(test)
    training.state, training.ended_at, training.touched_at = TrainingState.DONE, now, now
    training.features = list(test.names)
    training.organizations = len({one.organization_id for one in test.told})
    training.losses = len({one.organization_id for one in test.told if one.lost})
    if test.slices:
        training.as_of = test.slices[-1].over_on
    if test.figures is not None:
        training.auc, training.brier, training.base_brier = (
            test.figures.auc,
            test.figures.brier,
            test.figures.base_brier,
        )
    training.figures = figures_of(test)
    training.model = to_json(test.model) if test.model is not None else {}
    training.done = training.total
    training.save()
    predicting.predict(training=training, day=day, now=now)
    return training


def _silence(test: Backtest) -> Verdict:
    return Verdict(test.verdict) if test.verdict != Verdict.SPEAKS else Verdict.NO_SIGNAL


def figures_of(test: Backtest) -> dict[str, Any]:
    """What the page shows: cut-offs, bins, intervals."""
    return {
        "cutoffs": [
            {"day": day.isoformat(), "form": test.forms[day], **asdict(found)} for day, found in test.by_cutoff.items()
        ],
        "slices": [
            {"day": one.day.isoformat(), "n": len(one.ids), "losses": int(one.lost.sum())} for one in test.slices
        ],
        "bins": [asdict(one) for one in bins(test.told)],
        "bounds": asdict(test.bounds) if test.bounds else None,
        "n": test.figures.n if test.figures else 0,
        "form": test.form,
    }


def today_here(now: datetime) -> date:
    """Today in the installation's zone."""
    return timezone.localdate(now, timezone.get_default_timezone())

"""Runs that forecast every organization: started nightly or by hand, done in parts, gone on with after a lost worker.

Each part is one transaction that moves the run's place on; its message names the place it expects, so that a second
message for the same part does nothing. A run has no more parts than `PARTS`, and one more for the calibration.
"""

from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import NotAllowed
from common.jobs import enqueue_on_commit
from partners.models import ForecastRun
from partners.rules.calibration import Calibration, backtest
from partners.rules.lives import past_journeys
from partners.selectors.forecast_history import Known, Way, known_on, ways_in_force
from partners.services.forecasts import ROW, store, under_way

PARTS = 16
# Progress is to be seen, and a part is what is done again if its worker is lost.
LEAST_PART = 500
# What the calibration asks of each kind: the latest launches, so that its time does not grow with the years.
LATEST_LAUNCHES = 500
# With fewer stages known there was no history to forecast from.
LEAST_KNOWN = 20
_TASK = "partners.forecast_all"


def may_run(actor: Actor) -> bool:
    """Those who see everything have everything computed."""
    return bool(actor.active_roles & actor.policy.see_all)


@transaction.atomic
def start(*, by: Actor, now: datetime) -> ForecastRun:
    """Begin a run by hand; the one that is under way, if there is one. Raises NotAllowed."""
    if not may_run(by):
        raise NotAllowed(_("Forecasts of all organizations are computed by those who see all of them."))
    under_way_now = ForecastRun.objects.filter(as_of=now.date(), finished_at__isnull=True).first()
    if under_way_now is not None:
        _wake(under_way_now)
        return under_way_now
    run = _begin(now, by=by)
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="forecast_run.started",
        target=run,
        changes={"organizations": [None, run.total]},
        now=now,
    )
    return run


@transaction.atomic
def keep_going(*, now: datetime) -> ForecastRun | None:
    """Begin the run of the day if there was none yet, and go on with one whose worker or message was lost."""
    lost = ForecastRun.objects.filter(as_of=now.date(), finished_at__isnull=True).first()
    if lost is not None:
        _wake(lost)
        return lost
    if ForecastRun.objects.filter(as_of=now.date()).exists() or not ways_in_force():
        return None
    return _begin(now, by=None)


def _begin(now: datetime, *, by: Actor | None) -> ForecastRun:
    # What an earlier day left behind has been overtaken.
    ForecastRun.objects.filter(as_of__lt=now.date(), finished_at__isnull=True).update(finished_at=now)
    run = ForecastRun.objects.create(
        as_of=now.date(),
        total=under_way(ways_in_force()).count(),
        asked_by_id=by.user_id if by else None,
        started_at=now,
    )
    _wake(run)
    return run


def _wake(run: ForecastRun) -> None:
    enqueue_on_commit(_TASK, run_id=run.pk, after=run.last_id)


@transaction.atomic
def go_on(*, run_id: int, after: int, now: datetime) -> bool:
    """Do the part of a run that begins after the organization `after`; whether it did any.

    False where the run has ended, or where somebody else is at this part or has done it.
    """
    runs = ForecastRun.objects.select_for_update(skip_locked=True)
    run = runs.filter(pk=run_id, last_id=after, finished_at__isnull=True).first()
    if run is None:
        return False
    size = max(LEAST_PART, -(-run.total // PARTS))
    rows = list(under_way(ways_in_force()).filter(pk__gt=after).order_by("pk").values(*ROW)[:size])
    known = _past_of(run.public_id, run.as_of, run.started_at)
    if rows:
        store(rows, known, now=now)
        run.done, run.last_id = run.done + len(rows), rows[-1]["pk"]
        run.save(update_fields=["done", "last_id"])
        _wake(run)
    else:
        run.finished_at, run.total = now, run.done
        run.calibration = calibration_of(known)
        run.save(update_fields=["finished_at", "total", "calibration"])
        _past_of.cache_clear()
    return True


@lru_cache(maxsize=1)
def _past_of(_run: UUID, today: date, until: datetime) -> Known:
    """The past that all parts of a run see: a worker reads it once, so that a run's time follows its organizations."""
    return known_on(today, until=until)


def calibration_of(known: Known) -> dict[str, Any]:
    """How well launches of the past were foreseen, by kind and by the stage that was entered then."""
    return {kind: found for kind, way in known.ways.items() if (found := _of_kind(known, way))}


def _of_kind(known: Known, way: Way) -> dict[str, Any]:
    past = past_journeys((life for life in known.lives.values() if life.kind == way.kind), way.stages)
    latest = past[-LATEST_LAUNCHES:]
    if not latest:
        return {}
    found = backtest(
        latest,
        journey=way.stages,
        launch_stage=way.launch_stage,
        fallback_days=way.fallback_days,
        least_known=LEAST_KNOWN,
    )
    return {
        "launches": len(latest),
        "from": latest[0].launched_on.isoformat(),
        "until": latest[-1].launched_on.isoformat(),
        "stages": {stage: _as_data(one) for stage, one in found.items()},
    }


def _as_data(one: Calibration) -> dict[str, Any]:
    return {"p50": asdict(one.within_p50), "p80": asdict(one.within_p80)}

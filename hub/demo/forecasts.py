"""What is foreseen of the demo world: computed by the use cases themselves, as a worker would in the first minutes."""

from datetime import datetime

from partners.models import ForecastRun
from partners.services import forecast_runs


def foresee(*, now: datetime) -> ForecastRun | None:
    """All parts of a run, one after the other; None while no journey is loaded."""
    run = forecast_runs.keep_going(now=now)
    while run is not None and forecast_runs.go_on(run_id=run.pk, after=run.last_id, now=now):
        run.refresh_from_db()
    return run

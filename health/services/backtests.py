"""The past predicted from its own past: at each cut-off by what had been learned from cut-offs that were over by then.

Which form a model has, and how it is calibrated, is chosen at each cut-off by the predictions before it alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from common.scope import Scope, scoped
from health.rules.calibration import Bounds, Figures, Told, bounds, figures, verdict
from health.rules.features_asof import feature_names
from health.rules.prediction import Model, probability_of
from health.selectors.prediction_inputs import HORIZON_DAYS, at_risk, cases, living_months, metrics_to_learn_from
from health.services.fitting import FORMS, LEAST_LOSSES, Form, calibrated, fit, raw_scores, table

MOST_CUTOFFS = 24
# Memory: so many rows of features are held at a time.
MOST_ROWS = 120_000
# A month in which fewer were heard of, in percent of those at risk, is not of the history.
_LEAST_ALIVE = 30
_LEAST_CASES = 20
_EVER = date.max

Metrics = dict[str, tuple[int, str]]
Progress = Callable[[int, int], None]


@dataclass(kw_only=True)
class Slice:
    """A cut-off: who was at risk, their features as an array, who was lost within the horizon."""

    day: date
    ids: list[int]
    rows: Any
    lost: Any

    @property
    def over_on(self) -> date:
        """From this day on its outcome is known."""
        return self.day + timedelta(days=HORIZON_DAYS)


@dataclass(kw_only=True)
class Backtest:
    """`told` are the predictions of the form that was chosen at each cut-off; `model` is what all of it teaches."""

    kind: str
    metrics: Metrics
    names: tuple[str, ...]
    slices: list[Slice]
    told: list[Told] = field(default_factory=list)
    by_cutoff: dict[date, Figures] = field(default_factory=dict)
    forms: dict[date, str] = field(default_factory=dict)
    figures: Figures | None = None
    bounds: Bounds | None = None
    verdict: str = "too_few"
    model: Model | None = None
    form: str = ""


@dataclass(kw_only=True)
class _Trial:
    """One form through the past: its raw scores and outcomes by cut-off, and its predictions."""

    form: Form
    raws: dict[date, tuple[list[float], list[bool]]] = field(default_factory=dict)
    told: dict[date, list[Told]] = field(default_factory=dict)

    def before(self, day: date) -> tuple[list[float], list[bool]]:
        """What had been predicted and had come true by a day: raw scores and outcomes."""
        last = day - timedelta(days=HORIZON_DAYS)
        over = [found for cutoff, found in self.raws.items() if cutoff <= last]
        return [raw for raws, _lost in over for raw in raws], [one for _raws, lost in over for one in lost]

    def brier(self, day: date) -> float:
        """Of the predictions whose outcome was known by a day; 1 where there are none."""
        over = [
            one for cutoff, told in self.told.items() if cutoff + timedelta(days=HORIZON_DAYS) <= day for one in told
        ]
        return figures(over).brier if over else 1.0


def run(kind: str, *, until: date, now: datetime, progress: Progress = lambda done, total: None) -> Backtest:
    """Predict the past of a kind up to `until`; transactions of its own, one a cut-off."""
    with scoped(Scope.all()):
        metrics = metrics_to_learn_from(kind)
        days = cutoff_days(kind, metrics, until=until, now=now)
    names = feature_names({key: combine for key, (_pk, combine) in metrics.items()})
    test = Backtest(kind=kind, metrics=metrics, names=names, slices=[])
    for number, day in enumerate(days):
        with scoped(Scope.all()):
            test.slices.append(_slice(kind, day, metrics, names))
        progress(number + 1, 2 * len(days))
    trials = [_Trial(form=form) for form in FORMS]
    for number, here in enumerate(test.slices):
        _step(test, trials, here)
        progress(len(days) + number + 1, 2 * len(days))
    _conclude(test, trials)
    return test


def cutoff_days(kind: str, metrics: Metrics, *, until: date, now: datetime) -> list[date]:
    """The first days of months through whose horizon organizations were heard of, oldest first."""
    months = living_months(kind, [pk for pk, _combine in metrics.values()], now=now) if metrics else {}
    sizes = {month: len(at_risk(kind, month)) for month in months}
    alive = {month: last for month, (many, last) in months.items() if many * 100 >= max(1, sizes[month]) * _LEAST_ALIVE}
    if not alive:
        return []
    known_until = min(until, max(alive.values()).date())
    found = [day for day in alive if _lives_on(day, alive) and day + timedelta(days=HORIZON_DAYS) <= known_until]
    most = max(4, min(MOST_CUTOFFS, MOST_ROWS // max(1, *sizes.values())))
    return sorted(day for day in found if sizes[day] >= _LEAST_CASES)[-most:]


def _lives_on(day: date, alive: dict[date, datetime]) -> bool:
    """The month before, and each up to the end of the horizon."""
    month, end = (day - timedelta(days=1)).replace(day=1), day + timedelta(days=HORIZON_DAYS - 1)
    while month <= end:
        if month not in alive:
            return False
        month = (month + timedelta(days=32)).replace(day=1)
    return True


def _slice(kind: str, day: date, metrics: Metrics, names: Sequence[str]) -> Slice:
    import numpy as np

    found = cases(kind, day, metrics)
    return Slice(
        day=day,
        ids=[case.organization_id for case in found],
        rows=table([case.values for case in found], width=len(names)),
        lost=np.fromiter((case.lost for case in found), dtype=bool, count=len(found)),
    )


def _step(test: Backtest, trials: list[_Trial], here: Slice) -> None:
    """Predict one cut-off by each form, and keep the predictions of the one that was best before."""
    known = [one for one in test.slices if one.over_on <= here.day]
    if sum(int(one.lost.sum()) for one in known) < LEAST_LOSSES:
        return
    # By the past alone: how each did before is asked before it predicts here.
    best = min(trials, key=lambda trial: (trial.brier(here.day), FORMS.index(trial.form)))
    for trial in trials:
        model = _learned(known, test.names, trial.form)
        if model is None:
            return
        raws, outcomes = trial.before(here.day)
        model = calibrated(model, raws, outcomes)
        scores = raw_scores(model, here.rows, test.names)
        trial.raws[here.day] = ([float(raw) for raw in scores], [bool(one) for one in here.lost])
        chances = (probability_of(model.slope * float(raw) + model.shift) for raw in scores)
        trial.told[here.day] = [
            Told(organization_id, here.day.toordinal(), chance, bool(lost))
            for organization_id, chance, lost in zip(here.ids, chances, here.lost, strict=True)
        ]
    chosen = best.told[here.day]
    test.told += chosen
    test.forms[here.day] = best.form.name
    test.by_cutoff[here.day] = figures(chosen)


def _learned(slices: Sequence[Slice], names: Sequence[str], form: Form) -> Model | None:
    import numpy as np

    try:
        return fit(np.vstack([one.rows for one in slices]), np.concatenate([one.lost for one in slices]), names, form)
    except ValueError:
        return None


def _conclude(test: Backtest, trials: list[_Trial]) -> None:
    if not test.told:
        return
    test.figures = figures(test.told)
    test.bounds = bounds(test.told) if test.figures.losses else None
    test.verdict = verdict(test.told, test.bounds)
    if test.verdict != "speaks":
        return
    best = min(trials, key=lambda trial: (trial.brier(_EVER), FORMS.index(trial.form)))
    model = _learned(test.slices, test.names, best.form)
    if model is None:
        return
    raws, lost = best.before(_EVER)
    test.model, test.form = calibrated(model, raws, lost), best.form.name

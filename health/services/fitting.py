"""Learning a prediction: scikit-learn finds the numbers, a model of plain numbers comes out (ADR 0028).

The only room that knows scikit-learn; it is imported when something is learned, so that no other process carries it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from health.rules.prediction import Curve, Model

CODE_VERSION = "prediction 1"
# Fewer losses than this teach nothing, and calibrate nothing.
LEAST_LOSSES = 20
_LEAST_KNOWN = 0.3
_MISSING_TELLS = 0.005


@dataclass(frozen=True, kw_only=True)
class Form:
    """How bendable the curves are: where their points lie (shares of the values), and how strongly they are held."""

    name: str
    places: tuple[float, ...]
    strength: float


FORMS = (
    Form(name="straight", places=(0.03, 0.97), strength=0.3),
    Form(name="bent", places=(0.02, 0.25, 0.5, 0.75, 0.98), strength=0.3),
    Form(name="held", places=(0.02, 0.25, 0.5, 0.75, 0.98), strength=0.03),
)


def table(rows: Sequence[Sequence[float | None]], *, width: int) -> Any:
    """Rows of features as an array of 32-bit numbers; what is not known is not a number."""
    import numpy as np

    empty = float("nan")
    flat = (empty if value is None else value for row in rows for value in row)
    return np.fromiter(flat, dtype=np.float32, count=len(rows) * width).reshape(len(rows), width)


def fit(rows: Any, lost: Any, names: Sequence[str], form: Form) -> Model:
    """Learn from rows (an array, one row a case) and what became of them. Raises ValueError where nothing differs."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    parts, shapes = [], []
    for place, name in enumerate(names):
        found = _shape(rows[:, place], form)
        if found is not None:
            knots, tells_missing = found
            block = _block(rows[:, place], knots, tells_missing)
            parts.append(block)
            shapes.append((place, name, knots, tells_missing, block.shape[1]))
    if not parts or lost.all() or not lost.any():
        raise ValueError("nothing differs")
    wide = np.hstack(parts)
    scale = wide.std(axis=0)
    scale[scale == 0] = 1.0
    # Threads of a small problem wait for each other, and for those who share the machine.
    with threadpool_limits(1):
        learned = LogisticRegression(C=form.strength, max_iter=1_000).fit(wide / scale, lost)
    weights = learned.coef_[0] / scale
    curves, at = [], 0
    for (_place, name, knots, tells_missing, width), block in zip(shapes, parts, strict=True):
        own = weights[at : at + width]
        at += width
        curves.append(
            Curve(
                feature=name,
                points=tuple((float(x), float(y)) for x, y in zip(knots, own, strict=False)),
                missing=float(own[-1]) if tells_missing else 0.0,
                mean=float((block @ own).mean()),
            )
        )
    return Model(intercept=float(learned.intercept_[0]), curves=tuple(curves))


def calibrated(model: Model, raws: Sequence[float], lost: Sequence[bool]) -> Model:
    """The model with slope and shift by what became of its earlier predictions; unchanged where few of them were lost.

    A slope below zero would turn the model around: then it stays as it is.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    if sum(lost) < LEAST_LOSSES or all(lost):
        return model
    column = np.asarray(raws, dtype=np.float64).reshape(-1, 1)
    learned = LogisticRegression(C=1e6, max_iter=1_000).fit(column, np.asarray(lost, dtype=bool))
    slope = float(learned.coef_[0][0])
    return replace(model, slope=slope, shift=float(learned.intercept_[0])) if slope > 0 else model


def raw_scores(model: Model, rows: Any, names: Sequence[str]) -> Any:
    """`Model.raw` of many rows at once."""
    import numpy as np

    found = np.full(len(rows), model.intercept)
    places = {name: place for place, name in enumerate(names)}
    for curve in model.curves:
        column = rows[:, places[curve.feature]].astype(np.float64)
        x, y = zip(*curve.points, strict=True)
        found += np.where(np.isnan(column), curve.missing, np.interp(column, x, y))
    return found


def _shape(column: Any, form: Form) -> tuple[list[float], bool] | None:
    """The points of a feature, and whether its absence is told; None for one that is hardly known or never differs."""
    import numpy as np

    known = column[~np.isnan(column)]
    if len(known) < len(column) * _LEAST_KNOWN:
        return None
    knots = np.unique(np.quantile(known, form.places).astype(np.float64))
    if len(knots) < 2:
        # Nearly all the same: what lies between the ends still differs.
        knots = np.unique([known.min(), known.max()]).astype(np.float64)
    if len(knots) < 2:
        return None
    share = 1 - len(known) / len(column)
    return [float(knot) for knot in knots], share > _MISSING_TELLS


def _block(column: Any, knots: list[float], tells_missing: bool) -> Any:
    """One column for each point: how near a value lies to it; and one for what is not known."""
    import numpy as np

    is_missing = np.isnan(column)
    filled = np.where(is_missing, knots[0], column).astype(np.float64)
    eye = np.eye(len(knots))
    hats = np.stack([np.interp(filled, knots, eye[place]) for place in range(len(knots))], axis=1)
    hats[is_missing] = 0.0
    return np.hstack([hats, is_missing[:, None].astype(np.float64)]) if tells_missing else hats

"""Predictions of today by what was learned: one for each organization of which there is something to go by."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction

from common.scope import Scope, scoped
from health.models import Prediction, Training
from health.prediction_choices import Verdict
from health.rules.features_asof import feature_names
from health.rules.prediction import Model, from_json, reasons
from health.selectors.prediction_inputs import Case, cases, metrics_to_learn_from

# With nothing heard for so long there is nothing to go by.
MOST_QUIET_DAYS = 60
_PLACES = Decimal("0.00001")
_BATCH = 1_000


@transaction.atomic
def predict(*, training: Training, day: date, now: datetime) -> int:
    """Predict as of the morning of `day`; how many there are now. A silent training takes those of its kind away."""
    with scoped(Scope.all()):
        of_kind = Prediction.objects.filter(organization__kind=training.kind)
        if training.verdict != Verdict.SPEAKS:
            of_kind.delete()
            return 0
        model = from_json(training.model)
        metrics = metrics_to_learn_from(training.kind)
        names = feature_names({key: combine for key, (_pk, combine) in metrics.items()})
        rows = [
            _row(case, model, names, training, day, now)
            for case in cases(training.kind, day, metrics)
            if case.quiet_days <= MOST_QUIET_DAYS
        ]
        fields = ["training", "probability", "reasons", "as_of", "made_at"]
        Prediction.objects.bulk_create(
            rows, batch_size=_BATCH, update_conflicts=True, unique_fields=["organization"], update_fields=fields
        )
        of_kind.exclude(pk__in=[row.pk for row in rows]).delete()
        return len(rows)


def _row(case: Case, model: Model, names: tuple[str, ...], training: Training, day: date, now: datetime) -> Prediction:
    known = dict(zip(names, case.values, strict=True))
    values = [known.get(curve.feature) for curve in model.curves]
    return Prediction(
        organization_id=case.organization_id,
        training=training,
        probability=Decimal(model.probability(values)).quantize(_PLACES, ROUND_HALF_UP),
        reasons=[_reason(feature=one.feature, value=one.value, push=one.push) for one in reasons(model, values)],
        as_of=day,
        made_at=now,
    )


def _reason(*, feature: str, value: float | None, push: float) -> dict[str, Any]:
    return {"feature": feature, "value": None if value is None else round(value, 4), "push": round(push, 3)}

"""Trainings and predictions, written directly: learning is for the tests that are about it."""

from datetime import date
from decimal import Decimal
from typing import Any

from health.models import Prediction, Training
from partners.models import Organization
from tests.factories.partners import NOW

CUTOFF = {"day": "2025-12-01", "form": "bent", "n": 40, "losses": 4, "brier": 0.05, "base_brier": 0.09, "auc": 0.9}
BINS = [
    {"low": 0.0, "high": 0.02, "n": 30, "losses": 0, "mean": 0.01},
    {"low": 0.4, "high": 0.6, "n": 10, "losses": 4, "mean": 0.5},
]
BOUNDS = {"auc_low": 0.8, "auc_high": 0.95, "gain_low": 0.01, "gain_high": 0.05}
REASONS = [
    {"feature": "usage_events.trend", "value": -0.6, "push": 1.4},
    {"feature": "tickets.urgent", "value": 0.2, "push": -0.3},
    {"feature": "gone_metric.quiet", "value": None, "push": 0.2},
]


def make_training(**values: Any) -> Training:
    """One that is done and speaks."""
    start: dict[str, Any] = {
        "kind": "partner",
        "state": "done",
        "verdict": "speaks",
        "horizon_days": 90,
        "auc": 0.9,
        "brier": 0.05,
        "base_brier": 0.09,
        "organizations": 40,
        "losses": 4,
        "figures": {"cutoffs": [CUTOFF], "bins": BINS, "bounds": BOUNDS, "n": 40},
        "code_version": "prediction 1",
        "started_at": NOW,
        "touched_at": NOW,
        "ended_at": NOW,
        "as_of": date(2026, 3, 1),
    }
    return Training.objects.create(**start | values)


def make_prediction(organization: Organization) -> Prediction:
    """By the training of its kind that is there, or a new one."""
    training = Training.objects.filter(kind=organization.kind).first() or make_training(kind=organization.kind)
    values = {"probability": Decimal("0.41500"), "reasons": REASONS, "as_of": date(2026, 3, 2), "made_at": NOW}
    return Prediction.objects.create(organization=organization, training=training, **values)

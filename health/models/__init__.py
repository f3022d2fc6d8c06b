"""Metrics with their samples, features, and the health that is computed from them."""

from health.models.features import Feature, FeatureUse
from health.models.metrics import Entitlement, Metric, MetricHead, Sample, SampleSource
from health.models.scores import (
    DAILY,
    BandOverride,
    HealthRun,
    HealthState,
    Pulse,
    RecomputeMark,
    Snapshot,
)

__all__ = [
    "DAILY",
    "BandOverride",
    "Entitlement",
    "Feature",
    "FeatureUse",
    "HealthRun",
    "HealthState",
    "Metric",
    "MetricHead",
    "Pulse",
    "RecomputeMark",
    "Sample",
    "SampleSource",
    "Snapshot",
]

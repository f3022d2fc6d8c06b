"""Metrics with their samples, features, and the health that is computed from them."""

from health.models.alerts import (
    AlertWatch,
    Episode,
    EpisodeEntry,
    EpisodeSignal,
    PlayEffect,
    RuleStanding,
)
from health.models.features import Feature, FeatureUse
from health.models.hooks import AlertCall, AlertHook
from health.models.lab import LabReplay, LabShadow
from health.models.metrics import Entitlement, Metric, MetricHead, Sample, SampleSource
from health.models.predictions import Prediction, Training
from health.models.runs import RunPart
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
    "AlertCall",
    "AlertHook",
    "AlertWatch",
    "BandOverride",
    "Entitlement",
    "Episode",
    "EpisodeEntry",
    "EpisodeSignal",
    "Feature",
    "FeatureUse",
    "HealthRun",
    "HealthState",
    "LabReplay",
    "LabShadow",
    "Metric",
    "MetricHead",
    "PlayEffect",
    "Prediction",
    "Pulse",
    "RecomputeMark",
    "RuleStanding",
    "RunPart",
    "Sample",
    "SampleSource",
    "Snapshot",
    "Training",
]

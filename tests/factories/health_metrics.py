"""Metrics of a policy for tests."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from common.packs import PackSource
from common.services.policies import load_packs


def metric(
    key: str, *, unit: str = "count", direction: str = "more", combine: str = "mean", **more: Any
) -> dict[str, Any]:
    """One metric as the pack says it, with a sample a day."""
    label = key.replace("_", " ").capitalize()
    said = {"id": key, "label": {"en": label, "de": label}, "unit": unit, "direction": direction, "combine": combine}
    return said | {"rhythm_days": 1} | more


def load_metrics(*metrics: dict[str, Any], now: datetime) -> None:
    """Put a policy of these metrics in force; their rows are made by it."""
    body = {"metrics": list(metrics)}
    source = PackSource(name="metrics", kind="metrics", body=body, checksum=uuid4().hex, path="metrics.yaml", lines={})
    load_packs(sources=[source], now=now)

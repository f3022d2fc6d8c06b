"""The kinds of policy packs that health reads, made known to the loader."""

from common.packs import register_pack_kind
from health.rules import alert_packs, metric_packs, scorecard_packs


def register() -> None:
    """Called once, when the app is ready."""
    register_pack_kind("metrics", metric_packs.parse_metrics, keys=metric_packs.KEYS)
    register_pack_kind("scorecard", scorecard_packs.parse_scorecard, keys=scorecard_packs.KEYS)
    register_pack_kind("alerts", alert_packs.parse_alerts, keys=alert_packs.KEYS)

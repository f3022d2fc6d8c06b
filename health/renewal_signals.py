"""What health knows that a verdict on a renewal asks for, and who judges anew when a band turned."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from health.collectors import adoption, support
from health.collectors.registry import Collector
from health.services.scores import Outcome, on_band_change
from partners.renewal_signals import Reader, register_signal
from partners.services.renewal_verdicts import queue_judging

# The facts of the pack "renewals" by the metrics that measure them.
_SIGNALS: tuple[tuple[str, Collector, str], ...] = (
    ("adoption", adoption.adoption, "feature_adoption"),
    ("open_criticals", support.criticals, "open_criticals"),
)


def offer() -> None:
    """Called once, when the app is ready."""
    for fact, collector, metric in _SIGNALS:
        register_signal(fact, _reader(collector, metric))
    on_band_change(_judge)


def _reader(collector: Collector, metric: str) -> Reader:
    """The metric as it is now, computed as health computes it: not the sample of last night."""

    def read(organization_ids: Collection[int], now: datetime) -> dict[int, Decimal]:
        rows = collector.collect(sorted(organization_ids), at=now)
        return {pk: Decimal(value) for pk, key, value in rows if key == metric}

    return read


def _judge(turns: Sequence[Outcome], now: datetime) -> None:
    queue_judging(turn.organization_id for turn in turns)

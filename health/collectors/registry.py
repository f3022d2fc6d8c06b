"""Collectors: metrics that the hub computes from what its modules know (health.md). Modules register theirs.

A collector answers for all organizations of a chunk at once. It gives no row where nothing is known: never used is not
zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


class Collect(Protocol):
    """Values of these organizations as they were at an instant: (organization's key, metric, value)."""

    def __call__(self, ids: Sequence[int], *, at: datetime) -> Iterable[tuple[int, str, Decimal]]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Collector:
    """What computes these metrics. `is_daily`: a figure of a whole day, taken once a day and not in between."""

    key: str
    metrics: tuple[str, ...]
    collect: Collect
    is_daily: bool = False


_collectors: dict[str, Collector] = {}


def register(collector: Collector) -> Collector:
    """Make a collector known; called in AppConfig.ready() of the app whose facts it reads."""
    _collectors[collector.key] = collector
    return collector


def unregister(key: str) -> None:
    """Forget a collector. Raises KeyError."""
    del _collectors[key]


def collectors() -> tuple[Collector, ...]:
    """All of them, by name."""
    return tuple(_collectors[key] for key in sorted(_collectors))


def collector(
    key: str, *metrics: str, is_daily: bool = False
) -> Callable[[Callable[[Sequence[int], datetime], Iterable[tuple[int, str, Decimal]]]], Collector]:
    """A function of (ids, at) as a registered collector."""

    def decorate(function: Callable[[Sequence[int], datetime], Iterable[tuple[int, str, Decimal]]]) -> Collector:
        def collect(ids: Sequence[int], *, at: datetime) -> Iterable[tuple[int, str, Decimal]]:
            return function(ids, at)

        return register(Collector(key=key, metrics=metrics, collect=collect, is_daily=is_daily))

    return decorate

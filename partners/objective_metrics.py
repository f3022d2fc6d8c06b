"""What objectives are measured by: upper floors register where the latest values of their metrics come from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

Pair = tuple[int, str]
"""An organization's id and a metric."""


@dataclass(frozen=True, kw_only=True)
class ObjectiveMetric:
    """One metric as forms name it, in the reader's language."""

    key: str
    label: str
    unit: str
    direction: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """`values` answers for many pairs at once; it leaves out what is not known, and never takes that for zero."""

    metrics: Callable[[], Sequence[ObjectiveMetric]]
    values: Callable[[Sequence[Pair]], Mapping[Pair, Decimal]]


_sources: list[Source] = []


def register(source: Source) -> Source:
    """Make a source known; called in AppConfig.ready() of the app that has the values."""
    _sources.append(source)
    return source


def unregister(source: Source) -> None:
    """Forget a source. Raises ValueError."""
    _sources.remove(source)


def known_metrics() -> dict[str, ObjectiveMetric]:
    """All of them by key."""
    return {metric.key: metric for source in _sources for metric in source.metrics()}


def latest(pairs: Sequence[Pair]) -> dict[Pair, Decimal]:
    """The latest known values; a pair of which nothing is known is not there."""
    found: dict[Pair, Decimal] = {}
    for source in _sources if pairs else ():
        found.update(source.values(pairs))
    return found

"""Figures for Prometheus: how long requests take, and how background work stands.

Requests are counted by each web process on its own and added up when somebody asks: gunicorn's processes keep their
figures in files (hub/runtime/gunicorn_conf.py). What lies in the database and the broker is read at that moment.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from django.http import HttpRequest, HttpResponseBase
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from hub.background import imports_working, outbox_state, queue_length

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
UNMATCHED = "unmatched"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

# Named by route, never by path: paths are without number, and hold ids.
REQUESTS = Histogram(
    "hub_request_seconds",
    "Time to answer a request, the end of its transaction included",
    labelnames=("route", "status"),
    buckets=_BUCKETS,
    registry=None,
)


def metrics_middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Measure every request that is not a probe or a static file."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = get_response(request)
        REQUESTS.labels(route=_route(request), status=f"{response.status_code // 100}xx").observe(
            time.perf_counter() - began
        )
        return response

    return middleware


def _route(request: HttpRequest) -> str:
    match = getattr(request, "resolver_match", None)
    return (match.view_name or UNMATCHED) if match is not None else UNMATCHED


class BackgroundCollector(Collector):
    """What the database and the broker say now."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        outbox = outbox_state()
        yield _gauge("hub_outbox_waiting", "Effects in the outbox that are not done yet", outbox.waiting)
        oldest = outbox.oldest_age(self.now)
        yield _gauge("hub_outbox_oldest_seconds", "How long the oldest of them has been due", oldest)
        yield _gauge("hub_outbox_set_aside", "Effects given up after six tries", outbox.set_aside)
        yield _gauge("hub_imports_working", "Import runs that are being checked, run or undone", imports_working())
        length = queue_length()
        yield _gauge("hub_broker_up", "Whether the broker answers", int(length is not None))
        if length is not None:
            yield _gauge("hub_broker_queue", "Messages that wait in the broker", length)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def exposition(*, now: datetime) -> bytes:
    """All figures in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER_VARIABLE):
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
    registry.register(BackgroundCollector(now=now))
    return generate_latest(registry)

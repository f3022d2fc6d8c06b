"""/metrics: who may read it, what it says, and that the processes of the web server count together."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.models import ImportRun, Outbox, StoredFile
from hub.runtime import paths
from tests.cast import Cast

pytestmark = pytest.mark.services


def figures(text: str) -> dict[str, float]:
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


@pytest.fixture
def read(client: Client, settings: Any) -> Any:
    settings.METRICS_TOKEN = "for-the-monitoring"

    def get() -> dict[str, float]:
        response = client.get("/metrics", headers={"Authorization": "Bearer for-the-monitoring"})
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain")
        return figures(response.content.decode())

    return get


@pytest.mark.django_db
@pytest.mark.parametrize("header", [None, "", "Bearer ", "Bearer wrong", "Basic for-the-monitoring", "Bearer für"])
def test_without_the_token_nobody_reads_it(client: Client, settings: Any, header: str | None) -> None:
    settings.METRICS_TOKEN = "for-the-monitoring"
    response = client.get("/metrics", headers={"Authorization": header} if header is not None else {})
    assert response.status_code == 401
    assert b"hub_" not in response.content


@pytest.mark.django_db
def test_an_administrator_needs_the_token_too(cast: Cast, client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "for-the-monitoring"
    client.force_login(cast.adam)
    assert client.get("/metrics").status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize(("environment", "status"), [("prod", 404), ("test", 404), ("dev", 200)])
def test_without_a_token_set_it_is_there_on_ones_own_machine_only(
    client: Client, settings: Any, environment: str, status: int
) -> None:
    settings.METRICS_TOKEN, settings.ENVIRONMENT = "", environment
    assert client.get("/metrics").status_code == status


@pytest.mark.django_db
def test_it_says_how_background_work_stands(read: Any) -> None:
    before = read()
    now = timezone.now()
    Outbox.objects.create(topic="test.slow", available_at=now - timedelta(minutes=10))
    Outbox.objects.create(topic="test.new", available_at=now)
    Outbox.objects.create(topic="test.done", available_at=now - timedelta(days=1), done_at=now)
    Outbox.objects.create(topic="test.given_up", available_at=now - timedelta(days=2), set_aside_at=now)
    file = StoredFile.objects.create(path="x", original_name="x", content_type="text/csv", size=1, sha256="0" * 64)
    for state in ("running", "undoing", "done"):
        ImportRun.objects.create(kind="contacts", file=file, state=state)
    after = read()
    assert after["hub_outbox_waiting"] == before["hub_outbox_waiting"] + 2
    assert 600 <= after["hub_outbox_oldest_seconds"] < 660
    assert after["hub_outbox_set_aside"] == 1
    assert after["hub_imports_working"] == 2
    assert after["hub_broker_up"] == 1
    assert after["hub_broker_queue"] >= 0


@pytest.mark.django_db
def test_a_broker_that_is_gone_is_said_and_breaks_nothing(read: Any, settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/broker.sock?db=0"
    found = read()
    assert found["hub_broker_up"] == 0
    assert "hub_broker_queue" not in found


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_kind_of_answer(cast: Cast, client: Client, read: Any) -> None:
    def count(route: str, status: str) -> float:
        return read().get(f'hub_request_seconds_count{{route="{route}",status="{status}"}}', 0.0)

    before = count("hub:why", "3xx"), count("unmatched", "4xx")
    client.get("/why/?q=secret")
    client.get("/nothing/of-the-kind/")
    client.get("/healthz")
    assert (count("hub:why", "3xx"), count("unmatched", "4xx")) == (before[0] + 1, before[1] + 1)
    assert not [name for name in read() if "secret" in name or "kind" in name or "healthz" in name]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": "localhost", "Connection": "close"})
    response = connection.getresponse()
    return response.status, response.read().decode()


@pytest.mark.django_db(transaction=True)
def test_processes_of_the_web_server_count_together(tmp_path: Path) -> None:
    """Two processes of gunicorn with the product's configuration; whoever is asked answers for both."""
    port = free_port()
    stale = tmp_path / "metrics" / os.uname().nodename / "histogram_1.db"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"of a run before")
    env = {**os.environ, "HUB_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hub.settings.dev"}
    env.pop("PROMETHEUS_MULTIPROC_DIR", None)
    command = ["-m", "gunicorn", "hub.wsgi:application", "--config", "python:hub.runtime.gunicorn_conf"]
    options = ["--workers", "2", "--worker-class", "gthread", "--no-control-socket", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen([sys.executable, *command, *options], cwd=paths.ROOT, env=env)
    try:
        deadline = time.monotonic() + 60
        while len(list(stale.parent.glob("histogram_*.db"))) < 2 or stale.exists():
            assert time.monotonic() < deadline, "both processes should have answered by now"
            try:
                get(port, "/why/")
            except OSError:
                time.sleep(0.2)
        totals = []
        for _round in range(6):
            status, text = get(port, "/metrics")
            assert status == 200
            found = re.search(r'hub_request_seconds_count{route="hub:why",status="3xx"} (\S+)', text)
            assert found is not None
            totals.append(float(found.group(1)))
        assert len(set(totals)) == 1
        assert totals[0] >= 2
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)

"""Monitors call: their alerts become samples and incidents, each once."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from common.errors import DomainError, NotAllowed
from health.models import AlertCall, AlertHook, Sample
from health.rules.datadog import ALERT, OK, WARN, NoAlert, read, tags_of
from health.services import alert_hooks
from partners.models import Organization
from tests.cast import Cast
from tests.factories.tickets import make_desk
from tickets.models import Incident, IncidentEntry

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
STAMP = str(int(datetime(2026, 3, 9, 8, 0, tzinfo=UTC).timestamp() * 1000))
FIXTURE = Path(__file__).parents[3] / "shared/data/api_fixtures/datadog_keep_MIT/datadog_raw_alerts.jsonl"
PAYLOAD = {
    "id": "787",
    "monitor_id": "16",
    "alert_transition": "Triggered",
    "alert_type": "error",
    "title": "[Triggered] Orders are slow",
    "date": STAMP,
    "tags": "monitor,partner:nw,service:api",
    "scopes": "service:api",
    "url": "https://app.datadoghq.com/event/event?id=787",
}
VALUES = {
    "name": "Monitors",
    "tag": "partner",
    "metric": "uptime",
    "when_alert": Decimal(0),
    "when_warn": None,
    "when_ok": Decimal(100),
    "declares": True,
    "severity": "s2",
}


@pytest.fixture
def world(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    Organization.objects.filter(pk=cast.northwind.pk).update(external_key="nw")
    cast.northwind.stage_periods.update(entered_at=datetime(2026, 1, 1, tzinfo=UTC))
    make_desk(cast.sue, is_default=True)
    return cast


def send(token: str, payload: Any) -> Any:
    body = payload if isinstance(payload, (str, bytes)) else json.dumps(payload)
    return Client().post(f"/hooks/datadog/{token}/", body, content_type="application/json")


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"alert_transition": "Re-Triggered"}, ALERT),
        ({"alert_transition": "No Data"}, WARN),
        ({"alert_transition": "Recovered"}, OK),
        ({"alert_transition": "", "alert_type": "warning"}, WARN),
    ],
)
def test_what_an_alert_says(more: dict[str, Any], state: str) -> None:
    assert read(PAYLOAD | more).state == state


def test_scopes_and_tags_come_as_lists_and_texts() -> None:
    assert tags_of(["a:1", "b"], "a:2,c:3") == {"a": "1", "b": "", "c": "3"}
    assert read(PAYLOAD | {"scopes": ["host:x", "y"]}).thing == "16:host:x,y"


@pytest.mark.skipif(not FIXTURE.exists(), reason="the recorded alerts are not here")
def test_recorded_alerts_are_read() -> None:
    lines = [line for line in FIXTURE.read_text().splitlines() if line.startswith("{")]
    found = [read(json.loads(line)) for line in lines]
    assert len(found) > 40
    assert {alert.state for alert in found} == {ALERT, WARN, OK}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"id": None, "monitor_id": ""}, "id"),
        ({"alert_transition": "Danced", "alert_type": "x"}, "alert_transition"),
        ({"date": "yesterday", "last_updated": None}, "date"),
        ({"date": True}, "date"),
        ({"date": "9" * 16}, "date"),
    ],
)
def test_what_is_no_alert_is_told_what_was_expected(more: dict[str, Any], field: str) -> None:
    with pytest.raises(NoAlert) as caught:
        read(PAYLOAD | more)
    assert caught.value.field == field


def test_an_alert_is_a_sample_and_an_incident_once(world: Cast) -> None:
    hook, token = alert_hooks.add(by=world.actor("adam"), values=VALUES, now=NOW)
    assert token not in hook.token_digest
    first, again = send(token, PAYLOAD).json(), send(token, PAYLOAD).json()
    assert (first["heard"], again["heard"]) == (True, False)
    incident = Incident.objects.get()
    assert (incident.severity, incident.started_at.hour, incident.source) == ("s2", 8, "datadog")
    assert list(incident.affected.values_list("organization_id", flat=True)) == [world.northwind.pk]
    made = Sample.objects.get()
    assert (made.value, made.organization_id, made.source.kind) == (0, world.northwind.pk, "webhook")
    later = str(int(STAMP) + 60_000)
    over = {"id": "788", "alert_transition": "Recovered", "title": "[Recovered] Orders", "date": later}
    assert send(token, PAYLOAD | over).json()["came_to"] == "a sample of uptime; added to the incident"
    assert Incident.objects.count() == 1
    assert IncidentEntry.objects.filter(incident=incident, body__contains="[Recovered]").exists()
    assert list(Sample.objects.order_by("at").values_list("value", flat=True)) == [0, 100]
    nobody = send(token, PAYLOAD | {"id": "789", "tags": "partner:unheard", "scopes": "x"}).json()
    assert "names no organization" in nobody["came_to"]


def test_who_is_no_monitor_of_ours_gets_nowhere(world: Cast) -> None:
    hook, token = alert_hooks.add(by=world.actor("adam"), values=VALUES, now=NOW)
    assert send("x" * 43, PAYLOAD).status_code == 404
    assert Client().get(f"/hooks/datadog/{token}/").status_code == 405
    for wrong, status in (
        ("{", 400),
        ("[]", 400),
        ("NaN", 400),
        ("[" * 100_000, 400),
        (b"\xff", 400),
        (" " * 300_000, 413),
        ({}, 400),
    ):
        assert send(token, wrong).status_code == status
    alert_hooks.remove(by=world.actor("adam"), hook=hook, now=NOW)
    assert send(token, PAYLOAD).status_code == 404
    assert not AlertCall.objects.exists()


def test_administrators_make_addresses_and_see_them_once(world: Cast) -> None:
    adam, tom = Client(), Client()
    adam.force_login(world.adam)
    tom.force_login(world.tom)
    sent = {"name": "Monitors", "tag": "partner", "metric": "uptime", "when_alert": "0"}
    assert tom.post("/health/monitors/new/", sent).status_code == 403
    assert adam.post("/health/monitors/new/", sent | {"when_alert": ""}).status_code == 422
    shown = adam.post("/health/monitors/new/", sent)
    assert "/hooks/datadog/" in shown.content.decode()
    assert "/hooks/datadog/" not in adam.get("/health/monitors/").content.decode()
    hook = AlertHook.objects.get()
    assert adam.post(f"/health/monitors/{hook.public_id}/remove/").status_code == 302
    for wrong, field in (
        ({"name": " "}, "name"),
        ({"severity": "s9"}, "severity"),
        ({"metric": "unheard_of"}, "metric"),
        ({"metric": "", "declares": False}, "metric"),
        ({"when_alert": None, "when_ok": None}, "when_alert"),
    ):
        with pytest.raises(DomainError) as caught:
            alert_hooks.add(by=world.actor("adam"), values=VALUES | wrong, now=NOW)
        assert caught.value.field == field, wrong
    with pytest.raises(NotAllowed):
        alert_hooks.add(by=world.actor("max"), values=VALUES, now=NOW)

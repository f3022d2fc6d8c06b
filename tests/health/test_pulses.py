"""Pulses of owners: who gives one, what it does, whom it tells."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Activity, Notification
from common.errors import DomainError, NotAllowed
from health.models import MetricHead, Pulse, RecomputeMark, Sample
from health.services import pulses
from partners.models import TimelineEntry
from tests.cast import Cast
from tests.factories.partners import NOW

pytestmark = pytest.mark.django_db


def give(cast: Cast, who: str, value: str = "green", note: str = "", **more: Any) -> Pulse:
    return pulses.give(organization=cast.northwind, value=value, note=note, by=cast.actor(who), now=NOW, **more)


@pytest.mark.parametrize("who", ["tom", "petra", "ana", "ines"])
def test_owners_who_work_there_give_one(cast: Cast, who: str) -> None:
    assert give(cast, who).given_by == getattr(cast, who)


@pytest.mark.parametrize("who", ["carl", "max", "adam", "lena", "sam", "sue", "otto", "paul"])
def test_nobody_else_does(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        give(cast, who)
    assert not Pulse.objects.exists()


@pytest.mark.parametrize(
    ("value", "note", "field"),
    [("purple", "x", "value"), ("red", " ", "note"), ("yellow", "", "note"), ("red", "x" * 4_001, "note")],
)
def test_what_is_missing_is_said_at_its_field(cast: Cast, value: str, note: str, field: str) -> None:
    with pytest.raises(DomainError) as caught:
        give(cast, "tom", value, note)
    assert caught.value.field == field


def test_an_archived_organization_gets_none(cast: Cast) -> None:
    cast.northwind.archived_at = NOW
    cast.northwind.save(update_fields=["archived_at"])
    with pytest.raises(DomainError) as caught:
        give(cast, "tom")
    assert caught.value.code == "archived"


def test_a_pulse_is_a_sample_at_once_and_has_the_organization_computed(cast: Cast) -> None:
    give(cast, "tom", "yellow", "They wait for a feature")
    sample = Sample.objects.get(organization=cast.northwind, metric__key="owner_pulse")
    assert (sample.value, sample.at, sample.source.key) == (50, NOW, "hub")
    assert MetricHead.objects.get(organization=cast.northwind, metric__key="owner_pulse").last_value == 50
    assert RecomputeMark.objects.get(organization=cast.northwind).since == NOW


def test_it_leaves_a_trace_and_a_red_one_tells_the_other_owners(cast: Cast) -> None:
    give(cast, "tom")
    assert not Notification.objects.filter(kind="health_pulses").exists()
    pulses.give(
        organization=cast.northwind,
        value="red",
        note="Their sponsor left",
        by=cast.actor("tom"),
        now=NOW + timedelta(hours=1),
    )
    assert list(Activity.objects.filter(verb="health.pulse").order_by("id").values_list("changes", flat=True)) == [
        {"value": [None, "green"]},
        {"value": ["green", "red"]},
    ]
    titles = TimelineEntry.objects.filter(kind="health").order_by("id").values_list("title", flat=True)
    assert list(titles) == ["Pulse: Good", "Pulse: At risk"]
    told = set(Notification.objects.filter(kind="health_pulses").values_list("user__email", flat=True))
    assert "ana@vendor.example" in told
    assert not told & {"tom@vendor.example", "sam@vendor.example", "paul@vendor.example"}


def test_the_page_takes_one_and_gives_it_back_with_what_is_wrong(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.tom)
    url = f"/organizations/{cast.northwind.public_id}/health/"
    assert 'name="value"' in client.get(url).content.decode()
    refused = client.post(f"{url}pulse/", {"value": "red", "note": ""})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert client.post(f"{url}pulse/", {"value": "red", "note": "Their sponsor left"}).status_code == 302
    assert "Their sponsor left" in client.get(url).content.decode()
    client.force_login(cast.max)
    assert 'name="value"' not in client.get(url).content.decode()
    assert client.post(f"{url}pulse/", {"value": "green"}).status_code == 403
    client.force_login(cast.otto)
    assert client.post(f"{url}pulse/", {"value": "green"}).status_code == 404

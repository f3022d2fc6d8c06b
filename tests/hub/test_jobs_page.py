"""The page of background work: who sees it, what it says, and trying again."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from common import outbox
from common.leases import lease
from common.models import Occurrence, Outbox
from health.models import HealthRun
from hub import background
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.adam)
    return client


def given_up(topic: str = "test.mail", **fields: Any) -> Outbox:
    now = timezone.now()
    values = {"available_at": now - timedelta(hours=1), "set_aside_at": now, "attempts": 6} | fields
    return Outbox.objects.create(topic=topic, last_error="SMTPRefused: mailbox full", **values)


def test_only_who_may_replay_sees_it(cast: Cast, client: Client) -> None:
    row = given_up()
    pages = [reverse("hub:jobs")]
    posts = [reverse("hub:job_replay", args=[row.public_id]), reverse("hub:job_replay_all")]
    for name, status in [(name, 403) for name in cast.staff if name != "adam"] + [("connie", 404)]:
        client.force_login(getattr(cast, name))
        assert {client.get(page).status_code for page in pages} == {status}, name
        assert {client.post(page).status_code for page in posts} == {status}, name
    row.refresh_from_db()
    assert row.set_aside_at is not None


def test_it_says_how_work_stands(admin: Client) -> None:
    given_up()
    with lease("test.nightly", "worker-1", 60):
        Occurrence.objects.create(job="accounts.digest:7", slot="2026-03-01")
        Occurrence.objects.create(job="accounts.digest:8", slot="2026-03-01")
        Occurrence.objects.create(job="test.hourly", slot="9")
        began = timezone.now()
        HealthRun.objects.create(
            day="2026-03-01", occasion="daily", total=90, done=30, started_at=began, touched_at=began
        )
        response = admin.get(reverse("hub:jobs"))
        text = response.content.decode()
    assert response.status_code == 200
    for words in (
        "test.mail",
        "SMTPRefused: mailbox full",
        "test.nightly",
        "worker-1",
        "accounts.digest",
        "30 of 90 organizations",
        "test.hourly",
    ):
        assert words in text
    assert text.count("accounts.digest<") == 1


def test_it_is_whole_without_any_work_and_without_a_broker(admin: Client, settings: Any) -> None:
    Outbox.objects.all().delete()
    settings.REDIS_URL = "unix:///nowhere/broker.sock?db=0"
    text = admin.get(reverse("hub:jobs")).content.decode()
    assert "Nothing was given up" in text
    assert "No answer" in text


def test_one_is_tried_again_and_done(admin: Client, cast: Cast) -> None:
    seen: list[Any] = []
    outbox.handler("test.mended")(lambda payload, key, now: seen.append(key))
    row, other = given_up("test.mended"), given_up("test.other")
    response = admin.post(reverse("hub:job_replay", args=[row.public_id]))
    assert response["Location"] == reverse("hub:jobs")
    row.refresh_from_db()
    assert (row.set_aside_at, row.attempts) == (None, 0)
    assert outbox.deliver(outbox_id=row.pk, now=timezone.now())
    assert seen == [row.public_id]
    other.refresh_from_db()
    assert other.set_aside_at is not None
    line = Activity.objects.get(verb="outbox.replayed")
    assert (line.actor_id, line.target_id, line.target_name) == (cast.adam.pk, row.pk, "test.mended")


def test_trying_again_what_is_not_set_aside_is_404(admin: Client) -> None:
    waiting = Outbox.objects.create(topic="test.waits", available_at=timezone.now())
    for public_id in (waiting.public_id, uuid4()):
        assert admin.post(reverse("hub:job_replay", args=[public_id])).status_code == 404
    assert admin.get(reverse("hub:job_replay", args=[waiting.public_id])).status_code == 405


def test_all_are_tried_again_in_bounds(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "MAX_REPLAYED", 2)
    for _number in range(3):
        given_up()
    admin.post(reverse("hub:job_replay_all"))
    assert background.outbox_state().set_aside == 1
    admin.post(reverse("hub:job_replay_all"))
    assert background.outbox_state().set_aside == 0


def test_the_navigation_leads_there(admin: Client) -> None:
    assert f'href="{reverse("hub:jobs")}"' in admin.get("/").content.decode()

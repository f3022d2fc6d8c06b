"""Every record says by which door, from which address and under which request it came; nobody inherits another's."""

from typing import Any

import pytest
from celery import shared_task
from django.test import Client
from django.utils import timezone

from accounts.models import Activity
from accounts.services import activity
from accounts.services.activity import Origin, current_origin, set_origin
from hub.celery import app
from tests.cast import Cast


@pytest.mark.django_db
def test_a_page_notes_the_web_and_the_address(cast: Cast, client: Client) -> None:
    client.force_login(cast.adam)
    client.get("/why/", {"q": "Northwind", "person": cast.tom.pk}, REMOTE_ADDR="203.0.113.9")
    row = Activity.objects.get(verb="access.explained_for_other")
    assert (row.via, row.address) == ("web", "203.0.113.9")
    assert row.request_id
    assert current_origin() == Origin()


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "expected"), [(0, "10.0.0.7"), (1, "203.0.113.9")])
def test_a_proxy_is_believed_only_where_there_is_one(
    cast: Cast, client: Client, settings: Any, proxies: int, expected: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    client.force_login(cast.adam)
    client.get(
        "/why/",
        {"q": "Northwind", "person": cast.tom.pk},
        REMOTE_ADDR="10.0.0.7",
        HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9",
    )
    assert Activity.objects.get(verb="access.explained_for_other").address == expected


@shared_task(name="hub.test_note_origin")
def note_origin() -> None:
    activity.record(verb="test.done", target=None, target_type="test", now=timezone.now())


@pytest.mark.django_db
def test_a_task_notes_itself_and_leaves_nothing_behind(settings: Any) -> None:
    app.conf.task_always_eager = True
    try:
        done = note_origin.delay()
    finally:
        app.conf.task_always_eager = False
    row = Activity.objects.get(verb="test.done")
    assert (row.via, row.request_id) == ("task", done.id)
    assert current_origin() == Origin()


def test_an_origin_can_be_taken_back() -> None:
    token = set_origin(Origin(via="import"))
    assert current_origin().via == "import"
    activity.reset_origin(token)
    assert current_origin().via == "command"

"""A band set by hand: by whom, for how long, with which reason, and how it ends."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, Notification
from common.errors import DomainError, NotAllowed
from health.models import BandOverride, RecomputeMark
from health.services import overrides
from partners.models import TimelineEntry
from tests.cast import Cast
from tests.factories.health import make_health
from tests.factories.partners import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=10)


def put(cast: Cast, who: str = "tom", **more: Any) -> BandOverride:
    sent = {"band": "green", "reason": "The outage was ours", "until": LATER, "now": NOW} | more
    return overrides.set_band(organization=cast.northwind, by=cast.actor(who), **sent)


@pytest.mark.parametrize("who", ["tom", "petra", "max", "adam"])
def test_owners_who_work_there_managers_and_admins_set_it(cast: Cast, who: str) -> None:
    assert put(cast, who).set_by == getattr(cast, who)


@pytest.mark.parametrize("who", ["carl", "lena", "sam", "sue", "otto", "paul"])
def test_nobody_else_does(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        put(cast, who)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"band": "grey"}, "band"),
        ({"band": ""}, "band"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 4_001}, "reason"),
        ({"until": NOW}, "until"),
        ({"until": NOW - timedelta(days=1)}, "until"),
        ({"until": NOW + timedelta(days=30, seconds=1)}, "until"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(cast: Cast, sent: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as caught:
        put(cast, **sent)
    assert caught.value.field == field
    assert not BandOverride.objects.exists()


def test_another_one_takes_over_and_one_is_taken_back(cast: Cast) -> None:
    first = put(cast)
    second = put(cast, "max", band="red", until=NOW + timedelta(days=30), now=NOW + timedelta(hours=1))
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by) == (NOW + timedelta(hours=1), cast.max)
    overrides.end(organization=cast.northwind, by=cast.actor("tom"), now=NOW + timedelta(hours=2))
    second.refresh_from_db()
    assert second.ended_by == cast.tom
    with pytest.raises(DomainError) as caught:
        overrides.end(organization=cast.northwind, by=cast.actor("tom"), now=NOW + timedelta(hours=3))
    assert caught.value.code == "over"
    verbs = Activity.objects.filter(verb__startswith="health.override").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["health.override_set", "health.override_set", "health.override_ended"]


def test_it_ends_by_itself_once(cast: Cast) -> None:
    made = put(cast)
    RecomputeMark.objects.all().delete()
    assert overrides.end_overdue(now=LATER - timedelta(seconds=1)) == 0
    assert overrides.end_overdue(now=LATER) == 1
    assert overrides.end_overdue(now=LATER + timedelta(days=1)) == 0
    made.refresh_from_db()
    assert (made.ended_at, made.ended_by) == (LATER, None)
    assert RecomputeMark.objects.get().reason == f"override:{made.pk}"
    assert TimelineEntry.objects.filter(title="The band set by hand has run out").count() == 1


def test_the_other_owners_hear_of_it(cast: Cast) -> None:
    put(cast)
    told = set(Notification.objects.filter(kind="health_overrides").values_list("user__email", flat=True))
    assert "petra@vendor.example" in told
    assert not told & {"tom@vendor.example", "sam@vendor.example", "paul@vendor.example"}


def test_the_page_sets_it_and_takes_it_back(cast: Cast) -> None:
    client, url = Client(), f"/organizations/{cast.northwind.public_id}/health/"
    client.force_login(cast.tom)
    make_health(cast.northwind)
    today = timezone.localdate()
    sent = {"band": "yellow", "reason": "A migration is ahead", "until": (today + timedelta(days=30)).isoformat()}
    assert client.post(f"{url}override/", sent | {"reason": ""}).status_code == 422
    assert client.post(f"{url}override/", sent | {"until": "2020-01-01"}).status_code == 422
    assert client.post(f"{url}override/", sent).status_code == 302
    override = BandOverride.objects.get()
    assert override.until <= datetime.now(tz=override.until.tzinfo) + timedelta(days=30)
    assert "A migration is ahead" in client.get(url).content.decode()
    assert client.post(f"{url}override/end/").status_code == 302
    assert client.post(f"{url}override/end/").status_code == 302
    override.refresh_from_db()
    assert override.ended_by == cast.tom
    client.force_login(cast.lena)
    assert client.post(f"{url}override/", sent).status_code == 403
    assert client.post(f"{url}override/end/").status_code == 403
    client.force_login(cast.otto)
    assert client.post(f"{url}override/", sent).status_code == 404

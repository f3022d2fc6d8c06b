"""Losses: recorded, corrected, ended; who may; who reads them; pages, file and API."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Notification
from common.errors import Conflict, DomainError, NotAllowed
from partners.models import Loss, TimelineEntry
from partners.services import losses
from tests.cast import Cast
from tests.factories.partners import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def known_since(cast: Cast) -> None:
    """Both are with us since well before anything happens."""
    for organization in (cast.northwind, cast.birch):
        type(organization).objects.filter(pk=organization.pk).update(created_at=NOW - 400 * DAY)


def record(cast: Cast, by: str = "tom", **values: Any) -> Loss:
    organization = values.pop("organization", cast.northwind)
    sent = {"lost_on": TODAY - 3 * DAY, "reason": "price", "note": "Too dear", "amount": Decimal(1200), **values}
    return losses.record(by=cast.actor(by), organization=organization, values=sent, now=NOW)


def test_a_loss_is_written_down_and_told(cast: Cast) -> None:
    made = record(cast)
    assert (made.state, made.currency, made.recorded_by_id, made.version) == ("open", "USD", cast.tom.pk, 1)
    line = TimelineEntry.objects.get(kind="loss")
    assert (line.title, line.body, line.field_class) == ("Lost (2026-02-27)", "Price. Too dear", "commercial")
    told = Notification.objects.filter(kind="losses")
    assert cast.petra.pk in {row.user_id for row in told}
    assert cast.tom.pk not in {row.user_id for row in told}
    assert all("Price" not in row.title + row.body for row in told)
    cast.northwind.refresh_from_db()
    assert (cast.northwind.stage, cast.northwind.archived_at) == ("gate_3", None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"lost_on": None}, "lost_on"),
        ({"lost_on": TODAY + DAY}, "lost_on"),
        ({"lost_on": TODAY - 2_000 * DAY}, "lost_on"),
        ({"reason": "boredom"}, "reason"),
        ({"reason": ""}, "reason"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"currency": "TOOLONG"}, "currency"),
        ({"note": "x" * 10_001}, "note"),
    ],
)
def test_what_does_not_fit_names_its_field(cast: Cast, values: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as caught:
        record(cast, **values)
    assert caught.value.field == field
    assert not Loss.objects.exists()


def test_one_is_open_at_a_time(cast: Cast) -> None:
    first = record(cast)
    with pytest.raises(DomainError) as caught:
        record(cast, lost_on=TODAY)
    assert caught.value.code == "lost"
    with pytest.raises(IntegrityError), transaction.atomic():
        Loss.objects.create(organization=cast.northwind, lost_on=TODAY, reason="price", recorded_at=NOW)
    by = cast.actor("tom")
    for day in (first.lost_on, TODAY + DAY):
        with pytest.raises(DomainError) as caught:
            losses.come_back(by=by, loss=first, returned_on=day, now=NOW)
        assert caught.value.field == "returned_on"
    back = losses.come_back(by=by, loss=first, returned_on=TODAY - DAY, note="New owner", now=NOW)
    assert (back.state, back.returned_on, back.closing_note) == ("returned", TODAY - DAY, "New owner")
    with pytest.raises(DomainError) as caught:
        record(cast, lost_on=TODAY - 2 * DAY)
    assert caught.value.code == "overlaps"
    again = record(cast, lost_on=TODAY - DAY)
    with pytest.raises(DomainError) as caught:
        losses.reopen(by=by, loss=first, now=NOW)
    assert caught.value.code == "lost"
    gone = {day: Loss.objects.all().lost_on(TODAY - day * DAY).count() for day in (4, 3, 2, 1)}
    assert gone == {4: 0, 3: 1, 2: 1, 1: 1}
    losses.withdraw(by=by, loss=again, note="Mixed up", now=NOW)
    assert Loss.objects.all().lost_on(TODAY).count() == 0


def test_it_is_corrected_with_its_version(cast: Cast) -> None:
    made, by = record(cast), cast.actor("tom")
    edited = losses.edit(by=by, loss=made, values={"reason": "support", "amount": None}, version=1, now=NOW)
    assert (edited.reason, edited.amount, edited.currency, edited.version) == ("support", None, "", 2)
    with pytest.raises(Conflict):
        losses.edit(by=by, loss=made, values={"reason": "price"}, version=1, now=NOW)
    with pytest.raises(DomainError):
        losses.withdraw(by=by, loss=made, note=" ", now=NOW)
    losses.withdraw(by=by, loss=made, note="Mixed up", now=NOW)
    with pytest.raises(DomainError) as caught:
        losses.withdraw(by=by, loss=made, note="Again", now=NOW)
    assert caught.value.code == "closed"
    assert losses.reopen(by=by, loss=made, now=NOW).state == "open"
    assert TimelineEntry.objects.filter(kind="loss").count() == 4


@pytest.mark.parametrize("name", ["sam", "petra", "max", "lena", "sue", "otto", "connie", "nora"])
def test_who_may_not(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        record(cast, name)


# Tom looks after both and Lena leads him; Carl looks after Birch.
READERS = {"tom": 2, "ana": 1, "carl": 1, "lena": 2, "max": 2, "adam": 2, "petra": 0, "ines": 0, "otto": 0, "sue": 0}


def test_who_reads_them(cast: Cast) -> None:
    record(cast)
    record(cast, "carl", organization=cast.birch)
    seen = {name: Loss.objects.all().visible_to(cast.actor(name)).count() for name in READERS}
    assert seen == READERS
    assert Loss.objects.all().visible_to(cast.actor("connie")).count() == 0


def test_the_way_through_the_pages(cast: Cast) -> None:
    client, here = Client(), f"/organizations/{cast.northwind.public_id}/"
    client.force_login(cast.tom)
    bad = client.post(f"{here}losses/new/", {"lost_on": "", "reason": "boredom"})
    assert bad.status_code == 422
    sent = {"lost_on": "2026-02-01", "reason": "competitor", "amount": "900.50", "note": "=1+1 cheaper"}
    assert client.post(f"{here}losses/new/", sent).status_code == 302
    made = Loss.objects.get()
    page = client.get(f"{here}commercial/").content.decode()
    assert "Went to a competitor" in page
    assert "=1+1 cheaper" in page
    assert "Went to a competitor" in client.get("/losses/").content.decode()
    assert "No loss fits" in client.get("/losses/?reason=price").content.decode()
    assert client.get("/losses/?organization=nonsense&since=x&reason=%00").status_code == 200
    file = client.post("/losses/export/?reason=competitor").content.decode()
    assert "'=1+1 cheaper" in file
    edited = client.post(f"/losses/{made.public_id}/edit/", sent | {"reason": "price", "version": "1"})
    assert edited.status_code == 302
    late = client.post(f"/losses/{made.public_id}/edit/", sent | {"version": "1"})
    assert late.status_code == 422
    client.post(f"/losses/{made.public_id}/return/", {"returned_on": "2026-02-20"})
    made.refresh_from_db()
    assert (made.state, made.reason) == ("returned", "price")
    client.post(f"/losses/{made.public_id}/reopen/")
    client.post(f"/losses/{made.public_id}/withdraw/", {"note": "Mixed up"})
    made.refresh_from_db()
    assert (made.state, made.closing_note) == ("withdrawn", "Mixed up")


@pytest.mark.parametrize(("name", "add", "edit"), [("otto", 404, 404), ("petra", 403, 404), ("lena", 403, 403)])
def test_doors_are_closed_to_others(cast: Cast, name: str, add: int, edit: int) -> None:
    made, client = record(cast), Client()
    client.force_login(getattr(cast, name))
    assert client.get(f"/organizations/{cast.northwind.public_id}/losses/new/").status_code == add
    assert client.get(f"/losses/{made.public_id}/edit/").status_code == edit


def test_the_api(cast: Cast) -> None:
    client, here = Client(), f"/api/v1/organizations/{cast.northwind.public_id}/losses/"
    client.force_login(cast.tom)
    post = {"content_type": "application/json"}
    bad = client.post(here, {"lost_on": "2026-02-30", "reason": "x", "amount": "NaN"}, **post)
    assert (bad.status_code, bad["content-type"].split(";")[0]) == (400, "application/problem+json")
    made = client.post(here, {"lost_on": "2026-02-01", "reason": "price", "amount": "5.00"}, **post)
    assert (made.status_code, made.json()["state"], made.json()["source"]) == (201, "open", "API")
    one = f"{here}{made.json()['id']}/"
    assert client.patch(one, {"reason": "budget"}, **post).status_code == 428
    changed = client.patch(one, {"reason": "budget"}, headers={"If-Match": '"1"'}, **post)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert client.post(f"{one}return/", {"returned_on": "2026-02-10"}, **post).json()["state"] == "returned"
    assert client.post(f"{one}reopen/", **post).json()["state"] == "open"
    assert [row["id"] for row in client.get("/api/v1/losses/?reason=budget").json()["results"]] == [made.json()["id"]]
    client.force_login(cast.petra)
    assert client.get("/api/v1/losses/").json()["results"] == []
    assert client.get(one).status_code == 404

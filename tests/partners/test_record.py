"""The customer record: written, confirmed, guarded; who may."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from common.errors import Conflict, DomainError, NotAllowed
from partners.models import RecordFact, TimelineEntry
from partners.services import record
from tests.cast import Cast
from tests.factories.partners import NOW
from tests.factories.tickets import make_desk, make_ticket

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def write(
    cast: Cast, key: str = "objectives", by: str = "tom", version: int | None = None, **values: Any
) -> RecordFact:
    sent = {"value": "Halve the time to launch", "source": "Kickoff", **values}
    return record.write(by=cast.actor(by), organization=cast.northwind, key=key, values=sent, version=version, now=NOW)


def test_a_fact_is_written_changed_and_confirmed(cast: Cast) -> None:
    fact = write(cast, as_of=TODAY - 9 * DAY, version=0)
    assert (fact.profile, fact.as_of, fact.author_id, fact.version) == ("business", TODAY - 9 * DAY, cast.tom.pk, 1)
    line = TimelineEntry.objects.get(kind="record")
    assert (line.title, line.body) == ("Customer record: Objectives", "Halve the time to launch")
    again = write(cast, by="petra", value="Twice as many", version=1)
    assert (again.pk, again.as_of, again.author_id, again.version) == (fact.pk, TODAY, cast.petra.pk, 2)
    for stale in (0, 1):
        with pytest.raises(Conflict) as caught:
            write(cast, value="Late", version=stale)
        assert caught.value.current["value"] == "Twice as many"
    later = NOW + 5 * DAY
    confirmed = record.confirm(by=cast.actor("tom"), fact=again, version=2, now=later)
    assert (confirmed.as_of, confirmed.author_id, confirmed.value) == (TODAY + 5 * DAY, cast.tom.pk, "Twice as many")
    assert record.confirm(by=cast.actor("tom"), fact=again, now=later).version == confirmed.version
    assert RecordFact.objects.count() == 1


@pytest.mark.parametrize(
    ("key", "values", "field"),
    [
        ("shoe_size", {}, "key"),
        ("objectives", {"value": " \0"}, "value"),
        ("objectives", {"value": "x" * 10_001}, "value"),
        ("objectives", {"source": "x" * 201}, "source"),
        ("objectives", {"as_of": TODAY + DAY}, "as_of"),
        ("objectives", {"as_of": date(1999, 1, 1)}, "as_of"),
    ],
)
def test_what_does_not_fit_names_its_field(cast: Cast, key: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as caught:
        write(cast, key, **values)
    assert caught.value.field == field
    assert not RecordFact.objects.exists()


@pytest.mark.parametrize("name", ["sam", "max", "lena", "sue", "otto", "connie", "nora", "carl"])
def test_who_may_not(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        write(cast, by=name)


def test_support_reads_the_technical_half_beside_a_ticket_of_theirs(cast: Cast) -> None:
    for key, profile, value in (("sizing", "technical", "Eight cores"), ("objectives", "business", "Twice the stores")):
        RecordFact.objects.create(
            organization=cast.northwind, profile=profile, key=key, value=value, as_of=TODAY - 400 * DAY
        )
    ticket = make_ticket(make_desk(cast.sue, cast.sven), cast.northwind)
    client, address = Client(), f"/tickets/{ticket.number}/profile/"
    client.force_login(cast.sue)
    assert client.get(address).status_code == 404
    type(ticket).objects.filter(pk=ticket.pk).update(assignee=cast.sue)
    assert address in client.get(f"/tickets/{ticket.number}/").content.decode()
    page = client.get(address).content.decode()
    assert "Eight cores" in page
    assert "Stale" in page
    assert "Twice the stores" not in page
    client.force_login(cast.sven)
    assert client.get(address).status_code == 404
    assert address not in client.get(f"/tickets/{ticket.number}/").content.decode()

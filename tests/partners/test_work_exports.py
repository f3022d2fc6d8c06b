"""Handoffs, meetings and promises as files: what the page shows, no formulas, nobody else's rows, and recorded."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Activity
from partners.models import Touchpoint
from tests.cast import Cast
from tests.factories.partners import NOW, make_handoff, make_partner
from tests.factories.tasks import make_commitment
from tests.partners.page_world import counting

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
OF_ORGANIZATION = ("organization_handoff_export", "touchpoint_export", "commitment_export")


def client_of(cast: Cast, name: str) -> Client:
    found = Client()
    found.force_login(getattr(cast, name))
    return found


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def send(cast: Cast, name: str, place: str, *args: Any, **sent: str) -> Any:
    return client_of(cast, name).post(reverse(f"partners:{place}", args=args), sent)


def make_touchpoint(organization: Any, **fields: Any) -> Touchpoint:
    return Touchpoint.objects.create(
        organization=organization, **{"kind": "check_in", "planned_on": TODAY, "topic": "Sizing", **fields}
    )


class TestHandoffs:
    def test_the_list_that_is_shown(self, cast: Cast) -> None:
        make_handoff(cast.northwind, cast.petra, cast.tom, due_at=NOW - timedelta(days=1))
        make_handoff(cast.birch, cast.petra, cast.tom, state="accepted")
        make_handoff(make_partner("gate_3", name="Foreign"), cast.petra, cast.ines)
        (waiting,) = rows_of(send(cast, "tom", "handoff_export", show="waiting"))
        assert (waiting["Organization"], waiting["To"], waiting["Late"]) == ("Northwind", cast.tom.name, "yes")
        assert [row["Organization"] for row in rows_of(send(cast, "tom", "handoff_export", show="over"))] == ["Birch"]
        assert rows_of(send(cast, "tom", "handoff_export", show="given")) == []
        # A team's list is a lead's: others get what they would be shown.
        assert len(rows_of(send(cast, "tom", "handoff_export", show="team"))) == 1

    def test_of_an_organization(self, cast: Cast) -> None:
        make_handoff(cast.northwind, cast.petra, cast.tom)
        make_handoff(cast.birch, cast.petra, cast.tom)
        found = rows_of(send(cast, "max", "organization_handoff_export", cast.northwind.public_id))
        assert [row["Organization"] for row in found] == ["Northwind"]

    def test_those_who_know_the_summary_get_what_they_see(self, cast: Cast) -> None:
        make_handoff(cast.northwind, cast.petra, cast.tom)
        answer = send(cast, "ines", "organization_handoff_export", cast.northwind.public_id)
        shown = client_of(cast, "ines").get(reverse("partners:organization_handoffs", args=[cast.northwind.public_id]))
        assert len(rows_of(answer)) == len(shown.context["handoffs"])


def test_meetings_ahead_and_over(cast: Cast) -> None:
    make_touchpoint(cast.northwind, topic="=cmd()", planned_on=TODAY + timedelta(days=9), owner=cast.tom)
    make_touchpoint(cast.northwind, state="skipped", skip_reason="A fair", planned_on=TODAY - timedelta(days=9))
    make_touchpoint(cast.northwind, state="cancelled", topic="Cancelled")
    make_touchpoint(cast.birch, topic="Elsewhere")
    first, second = rows_of(send(cast, "tom", "touchpoint_export", cast.northwind.public_id))
    assert (first["State"], first["What was said"]) == ("Skipped", "A fair")
    assert (second["Topic"], second["Owner"]) == ("'=cmd()", cast.tom.name)


def test_promises_of_both_sides(cast: Cast) -> None:
    make_commitment(cast.northwind, title="+1 day of training", owner=cast.tom, due_on=TODAY - timedelta(days=30))
    make_commitment(cast.northwind, title="Their list", side="them", contact=cast.connie_contact)
    make_commitment(cast.birch, title="Elsewhere", owner=cast.tom)
    ours, theirs = rows_of(send(cast, "tom", "commitment_export", cast.northwind.public_id))
    assert (ours["Promise"], ours["Who keeps it"]) == ("'+1 day of training", cast.tom.name)
    assert int(ours["Days overdue"]) > 0
    assert (theirs["Promise"], theirs["Who keeps it"]) == ("Their list", cast.connie_contact.name)


@pytest.mark.parametrize("place", OF_ORGANIZATION)
class TestWho:
    def test_it_is_recorded(self, cast: Cast, place: str) -> None:
        make_commitment(cast.northwind)
        make_touchpoint(cast.northwind)
        make_handoff(cast.northwind, cast.petra, cast.tom)
        send(cast, "tom", place, cast.northwind.public_id)
        taken = Activity.objects.get(verb="list.exported")
        assert (taken.actor_id, taken.organization_id) == (cast.tom.pk, cast.northwind.pk)
        assert taken.reason == f"in={cast.northwind.public_id}"
        assert taken.changes["rows"] == [None, 1]

    def test_strangers_and_those_without_the_right(self, cast: Cast, place: str) -> None:
        foreign = make_partner("gate_3")
        for name, organization, status in (
            ("tom", foreign, 404),
            ("otto", cast.northwind, 404),
            ("connie", cast.northwind, 404),
            ("sam", cast.northwind, 403),
        ):
            assert send(cast, name, place, organization.public_id).status_code == status
        url = reverse(f"partners:{place}", args=[cast.northwind.public_id])
        assert client_of(cast, "tom").get(url).status_code == 405
        assert not Activity.objects.filter(verb="list.exported").exists()

    def test_statements_do_not_follow_the_rows(self, cast: Cast, place: str) -> None:
        def fill(count: int) -> None:
            for _number in range(count):
                make_commitment(cast.northwind, owner=cast.tom)
                make_touchpoint(cast.northwind, owner=cast.tom)
                make_handoff(cast.northwind, cast.petra, cast.tom, state="accepted")

        client, url = client_of(cast, "tom"), reverse(f"partners:{place}", args=[cast.northwind.public_id])
        fill(2)
        client.post(url)
        with counting() as few:
            client.post(url)
        fill(60)
        with counting() as many:
            answer = client.post(url)
        assert len(many) == len(few)
        assert len(rows_of(answer)) == 62


@pytest.mark.parametrize(
    ("page", "export"),
    [
        ("organization_handoffs", "organization_handoff_export"),
        ("organization_cadence", "touchpoint_export"),
        ("organization_commitments", "commitment_export"),
    ],
)
def test_the_pages_offer_it_to_those_who_may(cast: Cast, page: str, export: str) -> None:
    make_commitment(cast.northwind)
    make_touchpoint(cast.northwind)
    make_handoff(cast.northwind, cast.petra, cast.tom)
    args = [cast.northwind.public_id]
    shown = client_of(cast, "tom").get(reverse(f"partners:{page}", args=args)).content.decode()
    assert reverse(f"partners:{export}", args=args) in shown


def test_the_list_of_handoffs_offers_it(cast: Cast) -> None:
    assert "/handoffs/export/" not in client_of(cast, "tom").get("/handoffs/").content.decode()
    make_handoff(cast.northwind, cast.petra, cast.tom)
    page = client_of(cast, "tom").get("/handoffs/?show=waiting").content.decode()
    assert "/handoffs/export/" in page
    assert 'name="show" value="waiting"' in page

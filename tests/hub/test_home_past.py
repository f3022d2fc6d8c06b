"""Home as of a past day: whom one held then, of those that one sees today."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from partners.models import Organization
from tests.cast import Cast
from tests.factories.health import make_health
from tests.factories.partners import make_assignment, make_interaction, make_partner
from tests.factories.tickets import make_queue, make_ticket
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.fixture
def places(cast: Cast) -> tuple[Organization, Organization]:
    """Harbor was Tom's in May already, Quay became so in June; both are now."""
    harbor, quay = (make_partner("post_launch", name=name, at=at(3, 1)) for name in ("Harbor", "Quay"))
    make_assignment(harbor, cast.tom, "tam", started_at=at(3, 1))
    make_assignment(quay, cast.otto, "tam", started_at=at(3, 1), ended_at=at(6, 10))
    make_assignment(quay, cast.tom, "tam", started_at=at(6, 10))
    make_health(harbor, day=date(2026, 5, 31), override="red")
    make_interaction(harbor, cast.tom, happened_at=at(5, 21))
    queue = make_queue()
    for solved in (None, at(5, 20), at(6, 5)):
        ticket = make_ticket(queue, harbor, now=at(5, 1))
        if solved:
            Ticket.objects.filter(pk=ticket.pk).update(status="solved", solved_at=solved)
    make_ticket(queue, harbor, now=at(6, 2))
    return harbor, quay


def test_home_shows_whom_one_held_then_as_they_stood(
    client: Client, cast: Cast, places: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(cast.tom)
    answer: Any = client.get("/?as_of=2026-05-31")
    home, page = answer.context["home"], answer.content.decode()
    first = home.lines[0]
    assert (first.row.row.name, first.row.row.health_band, first.open_tickets) == ("Harbor", "red", 2)
    assert {line.row.row.name for line in home.lines} == {"Harbor", "Northwind", "Birch"}
    assert "As of May 31, 2026, at the end of the day in UTC." in page
    assert "10 days ago" in page
    assert [(count, url.partition("?")[2]) for _label, count, url, _tone in home.tiles] == [
        (1, "as_of=2026-05-31&mine=1&health=red"),
        (2, "as_of=2026-05-31&mine=1&health=none"),
    ]
    # Of more than a page shows it shows the worst, and its figures count them all.
    monkeypatch.setattr("hub.home_past.SHOWN", 1)
    cut: Any = client.get("/?as_of=2026-05-31").context["home"]
    assert ([line.row.row.name for line in cut.lines], cut.tiles) == (["Harbor"], home.tiles)
    monkeypatch.undo()
    later: Any = client.get("/?as_of=2026-06-30")
    assert {line.row.row.name for line in later.context["home"].lines} >= {"Harbor", "Quay"}


def test_what_was_ones_own_and_is_closed_today_stays_closed_and_a_lead_sees_the_team(
    client: Client, cast: Cast, places: Any
) -> None:
    client.force_login(cast.otto)
    page = client.get("/?as_of=2026-05-31").content.decode()
    assert "You held nobody on that day whom you see today" in page
    assert "Quay" not in page
    client.force_login(cast.lena)
    answer: Any = client.get("/?as_of=2026-05-31")
    assert {line.row.row.name for line in answer.context["home"].lines} == {"Harbor", "Northwind", "Birch"}
    assert answer.context["home"].title == "My team then"


def test_a_day_of_which_nothing_is_known_is_explained_over_the_present(client: Client, cast: Cast, places: Any) -> None:
    client.force_login(cast.tom)
    page = client.get("/?as_of=2999-01-01").content.decode()
    assert "has not come yet" in page
    assert "Hello, " in page
    assert "Look back" in page

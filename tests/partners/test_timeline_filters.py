"""The story of an organization: searched within what its reader may read, narrowed, a line by its address, a file."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from partners.models import InteractionContact
from partners.selectors.timeline import TimelineFilter, cursor_before, timeline_page
from tests.cast import Cast
from tests.factories.partners import NOW, make_entry, make_interaction

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def titles(cast: Cast, name: str = "tom", **narrowed: Any) -> list[str]:
    found = timeline_page(cast.actor(name), cast.northwind, now=NOW, narrowed=TimelineFilter(**narrowed))
    return [line.title for line in found.lines]


def test_words_a_person_and_days(cast: Cast) -> None:
    make_entry(cast.northwind, title="Sandbox opened", body="By hand", at=NOW - 3 * DAY, actor=cast.tom)
    make_entry(cast.northwind, title="Went live", body="The sandbox stays", at=NOW - 2 * DAY, actor=cast.ana)
    talk = make_interaction(cast.northwind, cast.petra)
    InteractionContact.objects.create(organization=cast.northwind, interaction=talk, contact=cast.connie_contact)
    make_entry(
        cast.northwind, title="Talked", at=NOW - DAY, actor=cast.petra, target_type="interaction", target_id=talk.pk
    )
    for narrowed, found in (
        ({"words": "sandbox"}, ["Went live", "Sandbox opened"]),
        ({"words": "SANDBOX stays"}, ["Went live"]),
        ({"words": "100%_"}, []),
        ({"person": cast.ana.name[:3]}, ["Went live"]),
        ({"person": cast.connie_contact.name}, ["Talked"]),
        ({"since": NOW - 2 * DAY, "until": NOW - DAY}, ["Went live"]),
    ):
        assert [title for title in titles(cast, **narrowed) if title != "Created"] == found, narrowed


def test_what_is_closed_is_not_found_by_its_words(cast: Cast) -> None:
    make_entry(cast.northwind, title="Renewal", body="Half price", field_class="commercial", at=NOW)
    make_entry(cast.northwind, title="Call", body="They complain", at=NOW)
    assert titles(cast, "tom", words="complain") == ["Call"]
    # A participant knows the summary: titles, and nobody's notes.
    assert titles(cast, "sam", words="complain") == []
    assert titles(cast, "sam", words="call") == ["Call"]
    for name in ("tom", "sam", "lena", "max"):
        found = timeline_page(cast.actor(name), cast.northwind, now=NOW, narrowed=TimelineFilter(words="half price"))
        assert all(line.body for line in found.lines), name


def test_who_took_part_is_not_found_where_the_notes_are_closed(cast: Cast) -> None:
    talk = make_interaction(cast.northwind, cast.tom)
    InteractionContact.objects.create(organization=cast.northwind, interaction=talk, contact=cast.connie_contact)
    make_entry(
        cast.northwind, title="Terms", at=NOW, field_class="commercial", target_type="interaction", target_id=talk.pk
    )
    assert titles(cast, "tom", person=cast.connie_contact.name) == ["Terms"]
    assert titles(cast, "ines", person=cast.connie_contact.name) == []


def test_the_page_its_pages_and_its_file(cast: Cast) -> None:
    for number in range(35):
        make_entry(cast.northwind, title=f"Ticket {number:02}", kind="ticket", at=NOW - number * DAY)
    old = make_entry(cast.northwind, title="Long ago", kind="task", at=NOW - 90 * DAY)
    client = Client()
    client.force_login(cast.tom)
    url = f"/organizations/{cast.northwind.public_id}/timeline/"
    first = client.get(url, {"kind": "desk", "q": "ticket"}).content.decode()
    assert ("Ticket 29" in first, "Ticket 30" in first, "Long ago" in first) == (True, False, False)
    assert "&amp;kind=desk&amp;q=ticket" in first
    assert "Nothing like this" in client.get(url, {"q": "nowhere"}).content.decode()
    assert client.get(url, {"since": "2026-02-02", "until": "2026-01-01"}).status_code == 200
    from_there = client.get(url, {"entry": str(old.public_id)}).content.decode()
    assert ("Long ago" in from_there, "Ticket 34" in from_there) == (True, False)
    assert client.get(url, {"entry": "x"}).status_code == 200
    assert cursor_before(cast.actor("otto"), cast.northwind, old.public_id) == ""
    file = b"".join(client.post(f"{url}export/?kind=work")).decode()
    assert ("Long ago" in file, "Ticket" in file) == (True, False)

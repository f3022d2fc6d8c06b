"""Interactions: written in a minute, in step with the timeline and the facts of the organization."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from common.errors import Conflict, DomainError, NotAllowed
from partners.models import Interaction, OrganizationFacts, TimelineEntry
from partners.services import interactions
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def log(cast: Cast, by: str = "tom", contacts: Any = (), **values: Any) -> Interaction:
    return interactions.log_interaction(
        by=cast.actor(by),
        organization=cast.northwind,
        values={"summary": "Beta went well", "body": "Three open points.", **values},
        contacts=contacts,
        now=NOW,
    )


def facts(cast: Cast) -> tuple[datetime | None, datetime | None]:
    row = OrganizationFacts.objects.get(organization=cast.northwind)
    return row.last_interaction_at, row.last_two_way_at


def lines(cast: Cast) -> list[tuple[str, str, datetime]]:
    rows = TimelineEntry.objects.filter(organization=cast.northwind, kind="interaction").order_by("at")
    return list(rows.values_list("title", "body", "at"))


class TestLogging:
    def test_a_line_facts_and_people(self, cast: Cast) -> None:
        made = log(cast, contacts=[cast.connie_contact], kind="call", minutes=25, happened_at=NOW - DAY)
        assert (made.kind, made.minutes, made.author_id) == ("call", 25, cast.tom.pk)
        assert list(made.contacts.all()) == [cast.connie_contact]
        assert lines(cast) == [("Beta went well", "Three open points.", NOW - DAY)]
        assert facts(cast) == (NOW - DAY, NOW - DAY)

    def test_now_unless_said(self, cast: Cast) -> None:
        assert log(cast).happened_at == NOW

    def test_what_went_one_way_is_no_conversation(self, cast: Cast) -> None:
        log(cast, kind="mail", is_two_way=False)
        assert facts(cast) == (NOW, None)

    def test_the_latest_counts_whatever_the_order(self, cast: Cast) -> None:
        log(cast, happened_at=NOW - DAY)
        log(cast, happened_at=NOW - 9 * DAY)
        assert facts(cast) == (NOW - DAY, NOW - DAY)

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"summary": "  "}, "summary"),
            ({"summary": "x" * 201}, "summary"),
            ({"kind": "telegram"}, "kind"),
            ({"happened_at": NOW + timedelta(hours=1)}, "happened_at"),
            ({"happened_at": datetime(1, 1, 1, tzinfo=UTC)}, "happened_at"),
            ({"minutes": -1}, "minutes"),
            ({"body": "é" * 16_385}, "body"),
        ],
    )
    def test_what_does_not_fit_names_its_field(self, cast: Cast, values: dict[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as caught:
            log(cast, **values)
        assert caught.value.field == field
        assert not Interaction.objects.exists()

    def test_foreign_contacts_are_refused(self, cast: Cast) -> None:
        with pytest.raises(DomainError) as caught:
            log(cast, contacts=[make_contact(cast.birch)])
        assert caught.value.field == "contacts"

    @pytest.mark.parametrize("name", ["ana", "petra", "tom", "ines", "lena", "max", "adam"])
    def test_whoever_sees_it_in_full_may(self, cast: Cast, name: str) -> None:
        assert log(cast, name).pk

    @pytest.mark.parametrize("name", ["paul", "tina", "sam", "otto", "carl", "sue", "lou", "nora", "connie"])
    def test_others_may_not(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            log(cast, name)

    def test_the_trail_holds_no_words(self, cast: Cast) -> None:
        log(cast)
        with connection.cursor() as cursor:
            cursor.execute("SELECT target_name, changes::text FROM accounts_activity WHERE verb = 'interaction.logged'")
            assert cursor.fetchone() == ("Interaction with Northwind", '{"kind": [null, "call"]}')


class TestEditing:
    def test_line_and_facts_follow(self, cast: Cast) -> None:
        made = log(cast, contacts=[cast.connie_contact])
        edited = interactions.edit_interaction(
            by=cast.actor("tom"),
            interaction=made,
            values={"summary": "Beta went badly", "happened_at": NOW - DAY, "is_two_way": False},
            contacts=[],
            version=1,
            now=NOW,
        )
        assert edited.version == 2
        assert not edited.contacts.exists()
        assert lines(cast) == [("Beta went badly", "Three open points.", NOW - DAY)]
        assert facts(cast) == (NOW - DAY, None)

    def test_the_same_again_makes_no_version(self, cast: Cast) -> None:
        made = log(cast, contacts=[cast.connie_contact])
        same = interactions.edit_interaction(
            by=cast.actor("tom"),
            interaction=made,
            values={"summary": "Beta went well"},
            contacts=[cast.connie_contact],
            version=1,
            now=NOW,
        )
        assert same.version == 1

    def test_somebody_was_faster(self, cast: Cast) -> None:
        made = log(cast)
        change = {"by": cast.actor("tom"), "interaction": made, "version": 1, "now": NOW}
        interactions.edit_interaction(values={"summary": "One"}, **change)
        with pytest.raises(Conflict) as caught:
            interactions.edit_interaction(values={"summary": "Two"}, **change)
        assert (caught.value.version, caught.value.current) == (2, {"summary": "One"})

    def test_only_the_author_and_admins(self, cast: Cast) -> None:
        made = log(cast)
        with pytest.raises(NotAllowed):
            interactions.edit_interaction(
                by=cast.actor("petra"), interaction=made, values={"summary": "Mine"}, version=1, now=NOW
            )
        admin = cast.actor("adam")
        assert (
            interactions.edit_interaction(
                by=admin, interaction=made, values={"summary": "Corrected"}, version=1, now=NOW
            ).version
            == 2
        )


class TestArchiving:
    def test_it_leaves_without_a_trace_in_lists_and_comes_back(self, cast: Cast) -> None:
        by = cast.actor("tom")
        older = log(cast, happened_at=NOW - DAY, summary="Older")
        made = log(cast)
        interactions.archive_interaction(by=by, interaction=made, now=NOW)
        assert [title for title, _body, _at in lines(cast)] == ["Older"]
        assert facts(cast) == (NOW - DAY, NOW - DAY)
        interactions.archive_interaction(by=by, interaction=older, now=NOW)
        assert facts(cast) == (None, None)
        interactions.restore_interaction(by=by, interaction=made, now=NOW)
        assert [title for title, _body, _at in lines(cast)] == ["Beta went well"]
        assert facts(cast) == (NOW, NOW)

    def test_twice_is_once(self, cast: Cast) -> None:
        made, by = log(cast), cast.actor("tom")
        interactions.archive_interaction(by=by, interaction=made, now=NOW)
        again = interactions.archive_interaction(by=by, interaction=made, now=NOW + DAY)
        assert (again.archived_at, again.version) == (NOW, 2)

    @pytest.mark.parametrize("name", ["petra", "lena", "otto"])
    def test_others_may_not(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            interactions.archive_interaction(by=cast.actor(name), interaction=log(cast), now=NOW)

"""All promises of both sides: who sees which, how they are narrowed, and that columns count as the rule does."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.test import Client

from partners.models import Commitment, CommitmentChange, Organization
from partners.rules import commitments as rules
from partners.selectors.commitment_chasers import chaser_of
from partners.selectors.commitment_facts import counted, reliability_of
from partners.selectors.commitment_lists import CommitmentFilter, commitment_page, kept_rows
from partners.selectors.commitments import portal_commitments
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact, make_partner
from tests.factories.tasks import TODAY, make_commitment

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def settled(state: str, on: date, **more: Any) -> dict[str, Any]:
    return {"state": state, "closed_at": datetime.combine(on, NOW.timetz()), "closed_on": on, **more}


def titles(cast: Cast, who: str, **narrowed: str) -> list[str]:
    found = commitment_page(cast.actor(who), CommitmentFilter(**narrowed), cursor="", now=NOW)
    return [row.title for row in found.rows]


class TestList:
    def test_whose_and_in_which_state(self, cast: Cast) -> None:
        mine = {"owner": cast.tom}
        make_commitment(cast.northwind, title="Soon", due_on=TODAY + DAY, **mine)
        make_commitment(cast.birch, title="Late", due_on=TODAY - DAY, side="them", **mine)
        make_commitment(cast.northwind, title="Hers", due_on=TODAY, owner=cast.ana)
        make_commitment(cast.northwind, title="Done", due_on=TODAY - 9 * DAY, **settled("kept", TODAY), **mine)
        make_commitment(make_partner("gate_3"), title="Foreign", due_on=TODAY)
        for narrowed, found in (
            ({}, ["Late", "Soon"]),
            ({"whose": "all"}, ["Late", "Hers", "Soon"]),
            ({"state": "overdue"}, ["Late"]),
            ({"state": "settled"}, ["Done"]),
            ({"state": "every"}, ["Soon", "Late", "Done"]),
            ({"side": "them"}, ["Late"]),
            ({"whose": "all", "organization": str(cast.birch.public_id)}, ["Late"]),
            ({"organization": "nonsense"}, []),
        ):
            assert titles(cast, "tom", **narrowed) == found, narrowed
        for who in ("sam", "sue", "paul"):
            assert titles(cast, who, whose="all") == []
        assert "Foreign" in titles(cast, "max", whose="all")

    def test_the_page_says_who_may_do_what_and_drafts_a_reminder(self, cast: Cast) -> None:
        theirs = {"side": "them", "contact": cast.connie_contact, "due_on": date(2020, 1, 1)}
        make_commitment(cast.northwind, title="Sign <it>", **theirs)
        seen = {}
        for name in ("tom", "max", "sue"):
            client = Client()
            client.force_login(getattr(cast, name))
            seen[name] = client.get("/commitments/?whose=all").content.decode()
            assert client.get("/commitments/kept/?by=owner").status_code == 200
        assert "Sign &lt;it&gt;" in seen["tom"]
        assert f"mailto:{cast.connie_contact.email}" in seen["tom"]
        assert "mailto:" not in seen["max"]
        assert "Sign &lt;it&gt;" not in seen["sue"]

    def test_the_file_is_the_list(self, cast: Cast) -> None:
        make_commitment(cast.northwind, title="Soon", owner=cast.tom)
        make_commitment(cast.northwind, title="Theirs", side="them", owner=cast.tom)
        client = Client()
        client.force_login(cast.tom)
        file = b"".join(client.post("/commitments/export/?side=them")).decode()
        assert "Theirs" in file
        assert "Soon" not in file


class TestChasers:
    @pytest.mark.parametrize(
        ("days", "words"), [(4, None), (3, "a short reminder"), (0, "on track"), (-1, "1 day ago"), (-9, "9 days ago")]
    )
    def test_their_person_is_reminded_from_three_days_before(self, cast: Cast, days: int, words: str | None) -> None:
        made = make_commitment(
            cast.northwind, title="Send & sign?", side="them", contact=cast.connie_contact, due_on=TODAY + days * DAY
        )
        found = chaser_of(made, TODAY)
        if words is None:
            assert found is None
            return
        assert found is not None
        assert words in found.text
        assert "Send%20%26%20sign%3F" in found.mailto
        made.contact = make_contact(cast.northwind, email="")
        found = chaser_of(made, TODAY)
        assert found is not None
        assert found.mailto == ""


def _world(organization: Organization, seed: int) -> None:
    """Promises in every state, some of them with days agreed anew, in time and too late."""
    random = Random(seed)
    for _number in range(40):
        due_on = TODAY + random.randint(-20, 6) * DAY
        state = random.choice(("open", "kept", "broken", "withdrawn"))
        fields = settled(state, TODAY - random.randint(0, 25) * DAY) if state != "open" else {}
        made = make_commitment(organization, due_on=due_on, side=random.choice(("us", "them")), **fields)
        days = sorted((random.randint(0, 30) for _move in range(random.choice((0, 0, 1, 2)))), reverse=True)
        for ago in days:
            was, at = made.due_on, NOW - ago * DAY
            made.due_on = was + random.randint(1, 9) * DAY
            CommitmentChange.objects.create(
                organization=organization,
                commitment=made,
                was_due_on=was,
                due_on=made.due_on,
                reason="x",
                changed_at=at,
            )
        made.save(update_fields=["due_on"])


class TestRates:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_columns_count_as_the_rule_does(self, cast: Cast, seed: int) -> None:
        _world(cast.northwind, seed)
        promises = [
            rules.Commitment(
                side=rules.Side(row.side),
                due_on=row.due_on,
                state=rules.CommitmentState(row.state),
                closed_on=row.closed_on,
                changes=[
                    rules.DayChange(was_due_on=move.was_due_on, due_on=move.due_on, agreed_on=move.changed_at.date())
                    for move in row.changes.order_by("changed_at", "pk")
                ],
            )
            for row in Commitment.objects.all()
        ]
        found = {row["side"]: reliability_of(row) for row in counted(Commitment.objects.all(), NOW, "side")}
        for side in rules.Side:
            assert found[side.value] == rules.reliability(promises, side=side, today=TODAY)

    def test_by_organization_owner_and_quarter(self, cast: Cast) -> None:
        make_commitment(cast.northwind, due_on=TODAY - 3 * DAY, owner=cast.tom, **settled("kept", TODAY - 4 * DAY))
        make_commitment(cast.northwind, due_on=TODAY - 3 * DAY, owner=cast.ana, side="them")
        make_commitment(cast.birch, due_on=TODAY - 2 * DAY, owner=cast.tom, **settled("broken", TODAY))
        make_commitment(make_partner("gate_3", name="Foreign"), due_on=TODAY - DAY)
        tom = cast.actor("tom")
        by_organization = [(row.name, row.us.rate, row.them.rate) for row in kept_rows(tom, by="organization", now=NOW)]
        assert by_organization == [("Northwind", "100%", "0%"), ("Birch", "0%", "")]
        by_owner = [(row.name, row.us.rate) for row in kept_rows(tom, by="owner", now=NOW)]
        assert by_owner == [(cast.tom.name, "50%"), (cast.ana.name, "")]
        assert [row.name for row in kept_rows(tom, by="quarter", now=NOW)] == ["Quarter 1 of 2026"]

    def test_what_is_cut_is_counted_all_the_same(self, cast: Cast) -> None:
        for number in range(230):
            make_commitment(cast.northwind, due_on=TODAY + number * DAY)
        for number in range(60):
            make_commitment(cast.northwind, due_on=TODAY - 400 * DAY, **settled("kept", TODAY - number * DAY))
        found = portal_commitments(cast.actor("connie"), now=NOW)
        assert (len(found.open), found.open_count, len(found.settled), found.settled_count) == (200, 230, 50, 60)
        assert found.settled[0].closed_on == TODAY
        assert "of 60 on time" in found.sides[0].counts

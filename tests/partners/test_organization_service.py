"""Making, editing and archiving an organization: who may, what is written, and that nobody loses a change."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.scope import Scope, scoped, set_scope
from partners.models import Organization, OrganizationFacts, StagePeriod, TimelineEntry
from partners.scope import scope_of
from partners.services import assignments, organizations
from tests.cast import Cast
from tests.factories.partners import NOW, make_customer, make_partner

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=2)


def create(cast: Cast, by: str, kind: str = "partner", **values: Any) -> Organization:
    return organizations.create_organization(by=cast.actor(by), kind=kind, values={"name": "Hazel", **values}, now=NOW)


def edit(
    cast: Cast, by: str, organization: Organization | None = None, version: int = 1, **values: Any
) -> Organization:
    return organizations.edit_organization(
        by=cast.actor(by), organization=organization or cast.northwind, values=values, version=version, now=LATER
    )


class TestMaking:
    def test_it_begins_its_journey(self, cast: Cast) -> None:
        made = create(cast, "olga", ccv=Decimal(60_000_000), country="DE")
        assert (made.stage, made.stage_entered_at, made.version) == ("pre_contract", NOW, 1)
        assert OrganizationFacts.objects.get(organization=made).partner_tier == 0
        period = StagePeriod.objects.get(organization=made)
        assert (period.stage, period.entered_at, period.left_at) == ("pre_contract", NOW, None)
        assert TimelineEntry.objects.get(organization=made).title == "Organization added"

    def test_its_maker_goes_on_from_an_own_narrow_scope(self, cast: Cast) -> None:
        """As in a request: only what Olga sees is shown to her transaction, until she owns what she made."""
        with scoped(scope_of(cast.actor("olga"))):
            made = create(cast, "olga")
            assignments.name_first_owner(by=cast.actor("olga"), organization=made, user=cast.olga, role="pam", now=NOW)
            assert Organization.objects.visible_to(cast.actor("olga")).get() == made
        set_scope(Scope.all())
        assert scope_of(cast.actor("olga")) == Scope.of([made.pk])

    @pytest.mark.parametrize(("kind", "makers"), [("partner", {"ana", "olga", "adam"}), ("customer", {"lou", "adam"})])
    def test_who_makes_what(self, cast: Cast, kind: str, makers: set[str]) -> None:
        able = set()
        for name in [*cast.staff, "nora", "connie"]:
            try:
                create(cast, name, kind)
                able.add(name)
            except NotAllowed:
                continue
        assert able == makers

    def test_it_may_begin_further_on_in_its_own_journey(self, cast: Cast) -> None:
        admin = cast.actor("adam")
        made = organizations.create_organization(
            by=admin, kind="customer", values={"name": "Hazel"}, stage="live", now=NOW
        )
        assert made.stage == "live"
        with pytest.raises(DomainError) as caught:
            organizations.create_organization(
                by=admin, kind="customer", values={"name": "Hazel"}, stage="gate_3", now=NOW
            )
        assert caught.value.field == "stage"

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"name": "  "}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"timezone": "Mars/Olympus"}, "timezone"),
            ({"website": "javascript:alert(1)"}, "website"),
            ({"market_segment": "galactic"}, "market_segment"),
            ({"licenses": -1}, "licenses"),
            ({"arr": Decimal("1e20")}, "arr"),
        ],
    )
    def test_what_does_not_fit_names_its_field(self, cast: Cast, values: dict[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as caught:
            create(cast, "adam", **values)
        assert caught.value.field == field

    @pytest.mark.parametrize("field", ["stage", "launched_on", "version", "archived_at", "pk", "public_id", "facts"])
    def test_other_fields_are_not_written(self, cast: Cast, field: str) -> None:
        with pytest.raises(DomainError):
            create(cast, "adam", **{field: None})

    def test_through_a_partner_that_its_maker_sees(self, cast: Cast) -> None:
        made = create(cast, "adam", "customer", via_partner=cast.northwind)
        assert made.via_partner == cast.northwind
        for hidden in (cast.northwind, cast.birch):
            with pytest.raises(DomainError) as caught:
                create(cast, "lou", "customer", via_partner=hidden)
            assert caught.value.field == "via_partner"


class TestEditing:
    def test_only_what_changed_is_written_and_recorded(self, cast: Cast) -> None:
        edited = edit(cast, "tom", industry="Robots", timezone="UTC")
        assert (edited.industry, edited.version) == ("Robots", 2)
        with connection.cursor() as cursor:
            cursor.execute("SELECT changes::text FROM accounts_activity WHERE verb = 'organization.edited'")
            assert cursor.fetchall() == [('{"industry": ["", "Robots"]}',)]

    def test_the_same_again_makes_no_version(self, cast: Cast) -> None:
        assert edit(cast, "tom", name="Northwind").version == 1

    def test_somebody_was_faster(self, cast: Cast) -> None:
        edit(cast, "tom", industry="Robots")
        with pytest.raises(Conflict) as caught:
            edit(cast, "petra", industry="Rockets", summary="x")
        assert (caught.value.version, caught.value.current) == (2, {"industry": "Robots", "summary": ""})
        assert Organization.objects.get(pk=cast.northwind.pk).industry == "Robots"

    @pytest.mark.parametrize("name", ["paul", "tina", "otto", "sam", "lena", "max", "sue", "nora", "connie"])
    def test_who_does_not_work_there_does_not_edit(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            edit(cast, name, industry="Robots")

    @pytest.mark.parametrize("field", ["ccv", "country_lrp", "arr"])
    def test_commercial_fields_are_for_those_who_read_them(self, cast: Cast, field: str) -> None:
        for name in ("petra", "ines"):
            with pytest.raises(NotAllowed):
                edit(cast, name, **{field: Decimal(5)})
        assert edit(cast, "tom", **{field: Decimal(5)}).version == 2

    def test_out_of_scope_is_missing(self, cast: Cast) -> None:
        with scoped(Scope.of([cast.birch.pk])), pytest.raises(Missing):
            edit(cast, "tom", industry="Robots")

    def test_what_does_not_fit_leaves_all_as_it_was(self, cast: Cast) -> None:
        with pytest.raises(DomainError) as caught:
            edit(cast, "tom", industry="Robots", timezone="Mars/Olympus")
        assert caught.value.field == "timezone"
        assert Organization.objects.get(pk=cast.northwind.pk).industry == ""

    def test_a_partner_behind_that_its_editor_does_not_see_stays(self, cast: Cast) -> None:
        hidden = make_partner("gate_0", owners={"pam": cast.olga})
        customer = make_customer(owners={"csm": cast.carl}, via_partner=hidden)
        # As in a request: the row of the partner is not even there.
        with scoped(scope_of(cast.actor("carl"))):
            assert edit(cast, "carl", customer, via_partner=None, industry="Robots").version == 2
            with pytest.raises(DomainError):
                edit(cast, "carl", customer, version=2, via_partner=hidden)
        assert Organization.objects.get(pk=customer.pk).via_partner == hidden

    def test_a_partner_behind_can_be_taken_out_by_who_sees_it(self, cast: Cast) -> None:
        customer = make_customer(owners={"csm": cast.carl, "tam": cast.tom}, via_partner=cast.northwind)
        assert edit(cast, "tom", customer, via_partner=None).via_partner is None


class TestArchiving:
    def test_it_leaves_the_lists_and_comes_back(self, cast: Cast) -> None:
        admin = cast.actor("adam")
        organizations.archive_organization(by=admin, organization=cast.northwind, reason="Merged", now=NOW)
        assert not Organization.objects.visible_to(admin).current().filter(pk=cast.northwind.pk).exists()
        assert TimelineEntry.objects.get(organization=cast.northwind).body == "Merged"
        organizations.restore_organization(by=admin, organization=cast.northwind, now=LATER)
        row = Organization.objects.get(pk=cast.northwind.pk)
        assert (row.archived_at, row.version) == (None, 3)

    @pytest.mark.parametrize("name", ["ana", "tom", "max", "lena"])
    def test_only_by_an_admin(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            organizations.archive_organization(
                by=cast.actor(name), organization=cast.northwind, reason="Merged", now=NOW
            )
        with pytest.raises(NotAllowed):
            organizations.restore_organization(by=cast.actor(name), organization=cast.northwind, now=NOW)

    def test_a_reason_is_needed(self, cast: Cast) -> None:
        with pytest.raises(DomainError) as caught:
            organizations.archive_organization(by=cast.actor("adam"), organization=cast.northwind, reason=" ", now=NOW)
        assert caught.value.field == "reason"

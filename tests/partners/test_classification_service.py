"""Classification as stored: computed in bulk, kept with its receipt, told when it changes, set by hand by admins."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification
from common import policy_cache
from common.errors import DomainError, NotAllowed
from common.models import PolicyVersion
from partners.models import ClassificationOverride, Organization, OrganizationFacts, TimelineEntry
from partners.services import classification, organizations
from partners.tasks import reclassify
from tests.cast import Cast
from tests.factories.partners import NOW, make_customer, make_partner

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def forget_parsed_policies() -> Iterator[None]:
    """Versions made in a test are rolled back; their ids must not answer for others."""
    yield
    policy_cache._parsed.cache_clear()


def facts(organization: Organization) -> OrganizationFacts:
    found: OrganizationFacts = OrganizationFacts.objects.get(organization=organization)
    return found


def lines(organization: Organization) -> list[tuple[str, str]]:
    rows = TimelineEntry.objects.filter(organization=organization, kind="classification").order_by("pk")
    return list(rows.values_list("title", "body"))


def new_version(name: str, **changes: Any) -> None:
    """Put another version of a pack in force, as its loader would."""
    row = PolicyVersion.objects.get(name=name, is_active=True)
    PolicyVersion.objects.filter(pk=row.pk).update(is_active=False)
    PolicyVersion.objects.create(
        name=name,
        kind=row.kind,
        version=row.version + 1,
        body={**row.body, **changes},
        checksum=f"test-{row.version + 1}",
        is_active=True,
    )


class TestRecomputing:
    def test_values_receipts_and_versions_are_stored(self, cast: Cast) -> None:
        customer = make_customer(arr=Decimal("600000"), market_segment="strategic")
        assert classification.recompute([customer], now=NOW) == 1
        row = facts(customer)
        assert (row.partner_tier, row.arr_segment, row.engagement_tier, row.gemstone) == (
            None,
            "enterprise",
            1,
            "diamond",
        )
        assert row.receipts["engagement_tier"]["rule"] == "at_least"
        assert row.receipts["engagement_tier"]["params"]["amount"] == "600000.00"
        assert row.receipts["partner_tier"]["rule"] == "not_applicable"
        assert set(row.policy_versions) == {"tiers", "segments", "gemstones", "rates", "rates_on"}
        assert row.computed_at == NOW

    def test_the_first_values_are_no_news_and_later_ones_are(self, cast: Cast) -> None:
        partner = make_partner(ccv=Decimal(60_000_000), country_lrp=Decimal(100_000_000))
        classification.recompute([partner], now=NOW)
        assert facts(partner).partner_tier == 0
        assert lines(partner) == []
        Organization.objects.filter(pk=partner.pk).update(ccv=Decimal(1_000_000))
        assert classification.recompute([partner], now=LATER, by=cast.actor("ana"), reason="New contract") == 1
        assert lines(partner) == [("Partner tier is now Tier 2 (was Tier 0)", "New contract")]
        with connection.cursor() as cursor:
            cursor.execute("SELECT changes, actor_id FROM accounts_activity WHERE verb = 'organization.classified'")
            assert [row[1] for row in cursor.fetchall()] == [cast.ana.pk]

    def test_a_fact_that_is_gone_takes_the_value_with_it(self, cast: Cast) -> None:
        customer = make_customer(arr=Decimal(60_000))
        classification.recompute([customer], now=NOW)
        Organization.objects.filter(pk=customer.pk).update(arr=None)
        classification.recompute([customer], now=LATER)
        row = facts(customer)
        assert (row.arr_segment, row.engagement_tier, row.gemstone) == ("", None, "")
        assert ("ARR segment can no longer be computed (was Mid-market)", "") in lines(customer)

    def test_nothing_new_writes_nothing(self, cast: Cast) -> None:
        customer = make_customer(arr=Decimal(60_000))
        classification.recompute([customer], now=NOW)
        assert classification.recompute([customer], now=LATER) == 0
        assert facts(customer).computed_at == NOW

    def test_titles_name_no_amount(self, cast: Cast) -> None:
        customer = make_customer(arr=Decimal(60_000))
        classification.recompute([customer], now=NOW)
        Organization.objects.filter(pk=customer.pk).update(arr=Decimal(777_123))
        classification.recompute([customer], now=LATER)
        assert lines(customer)
        assert not [title for title, body in lines(customer) if "777" in title + body]

    def test_an_edit_classifies_anew(self, cast: Cast) -> None:
        classification.recompute([cast.birch], now=NOW)
        organizations.edit_organization(
            by=cast.actor("carl"), organization=cast.birch, values={"arr": Decimal(300_000)}, version=1, now=LATER
        )
        assert (facts(cast.birch).arr_segment, facts(cast.birch).engagement_tier) == ("enterprise", 2)

    def test_the_cost_does_not_follow_the_number(self, cast: Cast) -> None:
        def statements(count: int) -> int:
            wanted = [make_customer(arr=Decimal(1000 * n)) for n in range(count)]
            with CaptureQueriesContext(connection) as queries:
                classification.recompute(wanted, now=NOW)
            return len(queries)

        statements(1)  # parses the policies, once a process
        assert statements(40) == statements(2)


class TestNewPolicies:
    def test_a_new_version_reclassifies_in_chunks(self, cast: Cast) -> None:
        customers = [make_customer(arr=Decimal(60_000)) for _ in range(5)]
        everybody = [*customers, cast.northwind, cast.birch]
        classification.recompute(everybody, now=NOW)
        assert classification.recompute_stale(now=NOW) == 0
        steps = PolicyVersion.objects.get(name="segments", is_active=True).body["arr_segments"]
        lower = [{**step, "arr_at_least": 50_000} if step["value"] == "enterprise" else step for step in steps]
        lower[1] = {**lower[1], "arr_at_least": 10_000}
        new_version("segments", arr_segments=lower)
        assert classification.recompute_stale(now=LATER, limit=4) == 4
        assert classification.recompute_stale(now=LATER, limit=4) == 3
        assert classification.recompute_stale(now=LATER, limit=4) == 0
        assert {facts(customer).arr_segment for customer in customers} == {"enterprise"}
        assert lines(customers[0]) == [("ARR segment is now Enterprise (was Mid-market)", "The policy changed")]

    def test_the_job_runs_twice_and_changes_once(self, cast: Cast) -> None:
        customer = make_customer(arr=Decimal(60_000))
        reclassify()
        before = facts(customer).computed_at
        assert facts(customer).arr_segment == "mid_market"
        reclassify()
        assert facts(customer).computed_at == before

    def test_a_rate_that_begins_to_count_makes_values_stale(self, cast: Cast) -> None:
        customer = make_customer(arr=Decimal(190_000), currency="EUR")
        row = PolicyVersion.objects.get(name="rates", is_active=True)
        starts = (NOW + timedelta(days=10)).date().isoformat()
        new_version("rates", rates=[*row.body["rates"], {"currency": "EUR", "on": starts, "rate": 1}])
        classification.recompute([customer, cast.northwind, cast.birch], now=NOW)
        assert facts(customer).arr_segment == "enterprise"
        assert classification.recompute_stale(now=NOW + timedelta(days=9)) == 0
        assert classification.recompute_stale(now=NOW + timedelta(days=10)) == 3
        assert facts(customer).arr_segment == "mid_market"

    def test_loading_a_pack_wakes_the_job(
        self, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        woken: list[str] = []
        monkeypatch.setattr("common.jobs._send", lambda name, ids: woken.append(name))
        body = "currency: USD\napplies_to: [partner]\ntiers:\n  - {value: 0, label: {en: All}}\n"
        (tmp_path / "tiers.yaml").write_text(body)
        with django_capture_on_commit_callbacks(execute=True):
            call_command("policy", "load", str(tmp_path), verbosity=0)
        assert woken == ["partners.reclassify"]


def set_by_hand(cast: Cast, value: str = "quartz", *, by: str = "adam", now: datetime = NOW, **more: Any) -> Any:
    values = {"dimension": "gemstone", "reason": "Agreed with the board", **more}
    return classification.override(by=cast.actor(by), organization=cast.birch, value=value, now=now, **values)


class TestByHand:
    def test_a_value_stands_until_it_is_taken_back(self, cast: Cast) -> None:
        Organization.objects.filter(pk=cast.birch.pk).update(arr=Decimal(120_000))
        classification.recompute([cast.birch], now=NOW)
        assert facts(cast.birch).gemstone == "sapphire"
        set_by_hand(cast)
        row = facts(cast.birch)
        assert (row.gemstone, row.receipts["gemstone"]["params"]["computed"]) == ("quartz", "sapphire")
        assert lines(cast.birch)[-1] == ("Gemstone is now Quartz (was Sapphire)", "Agreed with the board")
        classification.end_override(by=cast.actor("adam"), organization=cast.birch, dimension="gemstone", now=LATER)
        assert facts(cast.birch).gemstone == "sapphire"
        history = ClassificationOverride.objects.get(organization=cast.birch)
        assert (history.set_by_id, history.ended_at, history.ended_by_id) == (cast.adam.pk, LATER, cast.adam.pk)

    def test_a_second_one_ends_the_first(self, cast: Cast) -> None:
        set_by_hand(cast)
        set_by_hand(cast, "pearl", now=LATER)
        rows = ClassificationOverride.objects.filter(organization=cast.birch).order_by("started_at")
        assert list(rows.values_list("value", "ended_at")) == [("quartz", LATER), ("pearl", None)]

    def test_a_tier_by_hand_carries_the_gemstone_with_it(self, cast: Cast) -> None:
        set_by_hand(cast, "1", dimension="engagement_tier")
        assert (facts(cast.birch).engagement_tier, facts(cast.birch).gemstone) == (1, "pearl")

    def test_owners_who_see_it_are_told(self, cast: Cast) -> None:
        set_by_hand(cast)
        told = Notification.objects.order_by("user__name").values_list("user__name", "title")
        title = "Birch: Gemstone was set to Quartz by hand"
        assert list(told) == [("Carl Lindqvist", title), ("Inés Duarte", title), ("Tom Okafor", title)]

    @pytest.mark.parametrize("name", ["carl", "tom", "lou", "max", "sue", "connie"])
    def test_only_admins_do(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            set_by_hand(cast, by=name)
        with pytest.raises(NotAllowed):
            classification.end_override(by=cast.actor(name), organization=cast.birch, dimension="gemstone", now=NOW)

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"reason": " "}, "reason"),
            ({"value": "opal"}, "value"),
            ({"value": ""}, "value"),
            ({"dimension": "partner_tier", "value": "0"}, "dimension"),
            ({"dimension": "version", "value": "0"}, "dimension"),
        ],
    )
    def test_what_does_not_fit_names_its_field(self, cast: Cast, values: dict[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as caught:
            set_by_hand(cast, **values)
        assert caught.value.field == field
        assert not ClassificationOverride.objects.exists()

    def test_a_value_that_the_policy_dropped_counts_no_more(self, cast: Cast) -> None:
        Organization.objects.filter(pk=cast.birch.pk).update(arr=Decimal(120_000))
        set_by_hand(cast)
        stones = PolicyVersion.objects.get(name="gemstones", is_active=True).body["gemstones"]
        new_version("gemstones", gemstones=[stone for stone in stones if stone["value"] != "quartz"])
        classification.recompute_stale(now=LATER)
        assert facts(cast.birch).gemstone == "sapphire"

    def test_there_must_be_one_to_take_back(self, cast: Cast) -> None:
        with pytest.raises(DomainError) as caught:
            classification.end_override(by=cast.actor("adam"), organization=cast.birch, dimension="gemstone", now=NOW)
        assert caught.value.code == "no_override"

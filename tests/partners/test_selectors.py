"""Reads that join: what each reader gets, and that a page costs the same however much it shows."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from partners.classification_policy import policy_in_force
from partners.models import Organization, StagePeriod
from partners.permissions import subject_of
from partners.rules.classification import Rule
from partners.selectors.classification import classification_of
from partners.selectors.classification_words import _WORDS, rule_in_words
from partners.selectors.journey import earlier_stages, journey_of
from partners.selectors.owners import owners_by_role, past_owners
from partners.selectors.timeline import timeline_page
from partners.services import assignments, classification
from tests.cast import Cast
from tests.factories.gates import leave
from tests.factories.partners import NOW, make_assignment, make_customer, make_entry, make_grant, make_partner

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


class TestTimeline:
    def page(self, cast: Cast, name: str, **more: object) -> list[tuple[str, str, bool]]:
        found = timeline_page(cast.actor(name), cast.northwind, now=NOW, **more)  # type: ignore[arg-type]
        return [(line.title, line.body, line.is_closed) for line in found.lines]

    def test_bodies_of_closed_classes_are_named_and_not_shown(self, cast: Cast) -> None:
        make_entry(cast.northwind, title="Money", body="9 M", field_class="commercial")
        make_entry(cast.northwind, title="Old answer", body="Yes", field_class="answers", stage="gate_1", data={"q": 1})
        make_entry(cast.northwind, title="Own answer", body="Soon", field_class="answers", stage="gate_3")
        make_entry(cast.northwind, title="Call", body="Fine")
        shut, fine = ("", True), ("Fine", False)
        assert self.page(cast, "tom") == [
            ("Call", *fine),
            ("Own answer", "Soon", False),
            ("Old answer", *shut),
            ("Money", "9 M", False),
        ]
        assert self.page(cast, "petra")[3] == ("Money", *shut)
        assert self.page(cast, "ana")[2] == ("Old answer", "Yes", False)
        assert self.page(cast, "sam") == [
            ("Call", *shut),
            ("Own answer", *shut),
            ("Old answer", *shut),
            ("Money", *shut),
        ]
        assert self.page(cast, "otto") == []
        lines = timeline_page(cast.actor("tom"), cast.northwind, now=NOW).lines
        assert (lines[2].data, lines[2].closed_class) == ({}, "answers")

    def test_values_of_the_classification_are_no_part_of_a_summary(self, cast: Cast) -> None:
        make_entry(cast.northwind, kind="classification", title="Partner tier is now Tier 2 (was Tier 1)")
        make_entry(cast.northwind, title="Call")
        assert [title for title, _body, _closed in self.page(cast, "sam")] == ["Call"]
        for name in ("tom", "lena", "max"):
            assert len(self.page(cast, name)) == 2

    def test_a_grant_opens_old_answers_until_it_ends(self, cast: Cast) -> None:
        make_entry(cast.northwind, title="Old answer", body="Yes", field_class="answers", stage="gate_1")
        make_grant(cast.northwind, cast.tom, state="given", expires_at=NOW + DAY)
        assert self.page(cast, "tom") == [("Old answer", "Yes", False)]
        late = timeline_page(cast.actor("tom"), cast.northwind, now=NOW + DAY)
        assert late.lines[0].is_closed

    def test_a_contact_reads_what_is_shared(self, cast: Cast) -> None:
        make_entry(cast.northwind, title="Ours", body="secret")
        make_entry(cast.northwind, title="Both", body="hello", audience="shared")
        assert self.page(cast, "connie") == [("Both", "hello", False)]

    def test_pages_follow_each_other_without_gap_or_double(self, cast: Cast) -> None:
        for number in range(7):
            make_entry(cast.northwind, title=str(number), at=NOW - DAY * (number // 2))
        seen, cursor = [], ""
        for _page in range(4):
            found = timeline_page(cast.actor("tom"), cast.northwind, now=NOW, cursor=cursor, limit=2)
            seen += [line.title for line in found.lines]
            cursor = found.next_cursor
        assert sorted(seen) == [str(number) for number in range(7)]
        assert cursor == ""
        assert timeline_page(cast.actor("tom"), cast.northwind, now=NOW, limit=7).next_cursor == ""

    @pytest.mark.parametrize("cursor", ["x", "!", "YWJj", "MjAyNi0wMy0wMlQwOTozMDowMCA1", "é", "a" * 500])
    def test_a_broken_cursor_starts_from_the_newest(self, cast: Cast, cursor: str) -> None:
        make_entry(cast.northwind, title="Only")
        assert self.page(cast, "tom", cursor=cursor) == [("Only", "", False)]

    def test_kinds_narrow_it(self, cast: Cast) -> None:
        make_entry(cast.northwind, kind="owner", title="Owner")
        make_entry(cast.northwind, kind="stage", title="Stage")
        assert [title for title, _body, _closed in self.page(cast, "tom", kinds=["stage"])] == ["Stage"]

    def test_one_statement(self, cast: Cast) -> None:
        for number in range(5):
            make_entry(cast.northwind, title=str(number), actor=cast.tom)
        actor, subject = cast.actor("tom"), subject_of(cast.northwind)
        with CaptureQueriesContext(connection) as queries:
            timeline_page(actor, cast.northwind, now=NOW, subject=subject)
        assert len(queries) == 1


class TestOwners:
    def test_every_role_of_the_kind_in_order_with_its_people(self, cast: Cast) -> None:
        make_assignment(cast.northwind, cast.otto, "tam", is_primary=False)
        roles = owners_by_role(cast.actor("tom"), cast.northwind)
        assert [(role.role, [owner.name for owner in role.owners]) for role in roles] == [
            ("pam", ["Ana Silva"]),
            ("pdm", ["Paul Novak"]),
            ("tpm", ["Tina Berg"]),
            ("psm", ["Petra Okafor"]),
            ("tam", ["Tom Okafor", "Otto Brandt"]),
            ("csm", []),
            ("integration", ["Inés Duarte"]),
            ("sales", ["Sam Whitlock"]),
        ]
        assert owners_by_role(cast.actor("otto"), cast.birch)[0].owners == ()

    def test_becoming_primary_does_not_shorten_a_stay(self, cast: Cast) -> None:
        began = NOW - timedelta(days=30)
        make_assignment(cast.northwind, cast.otto, "tam", is_primary=False, started_at=began)
        row = cast.northwind.assignments.get(user=cast.otto)
        assignments.make_primary(by=cast.actor("ana"), assignment=row, now=NOW)
        tams = next(role for role in owners_by_role(cast.actor("tom"), cast.northwind) if role.role == "tam")
        assert [(owner.name, owner.started_at) for owner in tams.owners] == [
            ("Otto Brandt", began),
            ("Tom Okafor", began),
        ]
        assert past_owners(cast.actor("tom"), cast.northwind) == ()

    def test_those_before_come_latest_first(self, cast: Cast) -> None:
        make_assignment(cast.northwind, cast.otto, "tam", started_at=NOW - 90 * DAY, ended_at=NOW - 60 * DAY)
        make_assignment(cast.northwind, cast.otto, "tam", started_at=NOW - 60 * DAY, ended_at=NOW - 50 * DAY)
        make_assignment(cast.northwind, cast.olga, "pam", started_at=NOW - 90 * DAY, ended_at=NOW - 31 * DAY)
        found = past_owners(cast.actor("tom"), cast.northwind)
        assert [(owner.name, owner.started_at, owner.ended_at) for owner in found] == [
            ("Olga Petrenko", NOW - 90 * DAY, NOW - 31 * DAY),
            ("Otto Brandt", NOW - 90 * DAY, NOW - 50 * DAY),
        ]


class TestJourney:
    def walked(self, cast: Cast) -> Organization:
        partner = make_partner("gate_1", owners={"pdm": cast.paul, "tpm": cast.tina}, at=NOW - 50 * DAY)
        leave(partner, to="gate_2", by=cast.actor("paul"), reason="Passed 6 of 6", now=NOW - 10 * DAY)
        return leave(partner, to="gate_3", by=cast.actor("tina"), now=NOW - 3 * DAY)

    def test_behind_here_and_ahead(self, cast: Cast) -> None:
        steps = journey_of(cast.actor("adam"), self.walked(cast), now=NOW)
        assert [(step.stage, step.is_done, step.is_current, step.days) for step in steps] == [
            ("pre_contract", True, False, None),
            ("gate_0", True, False, None),
            ("gate_1", True, False, 40),
            ("gate_2", True, False, 7),
            ("gate_3", False, True, 3),
            ("post_launch", False, False, None),
        ]
        assert (steps[2].moved_on_by, steps[2].reason) == ("Paul Novak", "Passed 6 of 6")
        # Three weeks by the journey, three days of them gone.
        assert steps[5].expected_on
        assert abs((steps[5].expected_on - NOW.date()).days - 18) <= 3
        assert not any(step.expected_on for step in steps[:5])

    def test_a_summary_for_context(self, cast: Cast) -> None:
        partner = self.walked(cast)
        make_assignment(partner, cast.sam, "sales")
        done = earlier_stages(cast.actor("sam"), partner, now=NOW)
        assert [step.stage for step in done] == ["pre_contract", "gate_0", "gate_1", "gate_2"]
        assert not [step for step in earlier_stages(cast.actor("otto"), partner, now=NOW) if step.entered_at]

    def test_after_going_back_the_last_stay_counts(self, cast: Cast) -> None:
        partner = self.walked(cast)
        back = leave(partner, to="gate_1", by=cast.actor("adam"), reason="Redo", override=True, now=NOW)
        assert StagePeriod.objects.filter(organization=partner, stage="gate_1").count() == 2
        steps = journey_of(cast.actor("adam"), back, now=NOW)
        assert (steps[2].is_current, steps[2].entered_at) == (True, NOW)
        assert (steps[3].is_done, steps[3].entered_at) == (False, None)


class TestClassification:
    def words(self, cast: Cast, name: str, organization: Organization) -> dict[str, tuple[str, str]]:
        organization.refresh_from_db()
        found = classification_of(cast.actor(name), organization, now=NOW)
        return {value.dimension: (value.value_label, value.rule) for value in found}

    def test_values_with_their_rules(self, cast: Cast) -> None:
        customer = make_customer(arr=Decimal(620_000), owners={"csm": cast.carl})
        classification.recompute([customer], now=NOW)
        assert self.words(cast, "carl", customer) == {
            "arr_segment": ("Enterprise", "The annual recurring revenue of $620,000 reaches $200,000."),
            "engagement_tier": ("Tier 1", "The annual recurring revenue of $620,000 reaches $500,000."),
            "gemstone": (
                "Pearl",
                "Follows from engagement tier Tier 1; the market segment is not recorded and may change it.",
            ),
        }

    def test_amounts_are_for_those_who_read_them(self, cast: Cast) -> None:
        customer = make_customer(arr=Decimal(620_000), owners={"integration": cast.ines, "sales": cast.sam})
        classification.recompute([customer], now=NOW)
        found = self.words(cast, "ines", customer)
        assert found["arr_segment"] == ("Enterprise", "Computed from the annual recurring revenue.")
        assert "620" not in str(found)
        assert self.words(cast, "sam", customer) == {}
        assert self.words(cast, "otto", customer) == {}

    def test_what_is_missing_is_named(self, cast: Cast) -> None:
        classification.recompute([cast.northwind], now=NOW)
        tier = self.words(cast, "tom", cast.northwind)["partner_tier"]
        assert tier == ("", "Not known yet: committed contract value and long-range plan of the country.")

    def test_by_hand_beside_what_the_rule_says(self, cast: Cast) -> None:
        Organization.objects.filter(pk=cast.birch.pk).update(arr=Decimal(60_000), currency="EUR")
        classification.recompute([cast.birch], now=NOW)
        classification.override(
            by=cast.actor("adam"),
            organization=cast.birch,
            dimension="arr_segment",
            value="enterprise",
            reason="Group contract",
            now=NOW,
        )
        cast.birch.refresh_from_db()
        value = classification_of(cast.actor("carl"), cast.birch, now=NOW)[0]
        assert (value.value_label, value.rule, value.is_overridden) == (
            "Enterprise",
            "Set by hand: Group contract",
            True,
        )
        assert (value.computed_value_label, value.overridden_by) == ("Mid-market", "Adam Root")
        assert value.computed_rule == "The annual recurring revenue of €60,000 reaches $50,000."
        assert value.conversion == "€60,000 are $64,800 at the rate 1.08 of Jan 1, 2025."
        assert ("small", "Small") in value.choices
        assert classification_of(cast.actor("ines"), cast.birch, now=NOW)[0].conversion == ""

    def test_every_rule_has_words(self) -> None:
        assert set(_WORDS) == set(Rule)

    def test_shares_and_rests(self, cast: Cast) -> None:
        partner = make_partner(ccv=Decimal(30), country_lrp=Decimal(200), owners={"tam": cast.tom})
        classification.recompute([partner], now=NOW)
        assert self.words(cast, "tom", partner)["partner_tier"][1] == (
            "The committed contract value of $30 is at least 10 % of $200, the long-range plan of the country."
        )
        Organization.objects.filter(pk=partner.pk).update(ccv=Decimal(19))
        classification.recompute([partner], now=NOW)
        assert self.words(cast, "tom", partner)["partner_tier"][1] == (
            "The committed contract value of $19 is below $50,000,000 "
            "and below 10 % of the long-range plan of the country."
        )

    def test_labels_are_those_of_the_policy_in_the_readers_language(self, cast: Cast) -> None:
        customer = make_customer(arr=Decimal(620_000), owners={"csm": cast.carl})
        classification.recompute([customer], now=NOW)
        with translation.override("de"):
            assert self.words(cast, "carl", customer)["arr_segment"][0] == "Großkunde"


def test_a_rule_of_a_dropped_policy_still_has_words(cast: Cast) -> None:
    in_force = policy_in_force(NOW.date())
    empty = replace(in_force, policy=type(in_force.policy)())
    assert empty.label("gemstone", "opal") == "opal"
    assert rule_in_words("no_policy", {"pack": "tiers"}, empty, with_amounts=True) == "No policy is loaded for this."

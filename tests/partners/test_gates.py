"""Deciding and overriding gates: one transaction, everything evaluated anew, and nothing else leads on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.models import Notification
from common.errors import DomainError, NotAllowed
from partners import gate_checks, tasks
from partners.models import GateReview, Organization, OrganizationFacts, StagePeriod, TimelineEntry, Waiver
from partners.rules.gates import FactState
from partners.services import gates, judgments, waivers
from partners.services.gate_opening import open_missing
from partners.services.gates import GateNotReady
from partners.signals import gate_passed
from tests.cast import Cast
from tests.factories.partners import make_assignment, make_customer, make_partner
from tests.partners.gate_world import (
    AT,
    HOUR,
    accepted_handoff,
    journey,
    partner_at,
    review_of,
    settle_tasks,
    sign,
    sign_all,
    submitted,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def fresh(organization: Organization) -> Organization:
    return Organization.objects.get(pk=organization.pk)


class TestOpening:
    def test_a_review_is_opened_once_and_pinned_to_the_journey_in_force(self, cast: Cast) -> None:
        partner = make_partner("gate_1", owners={"pdm": cast.paul}, at=AT - 5 * DAY)
        first = gates.open_review(organization=partner, now=AT)
        assert (first.stage, first.journey_version, first.opened_at) == ("gate_1", 1, AT - 5 * DAY)
        assert gates.open_review(organization=partner, now=AT + DAY).pk == first.pk
        assert first.tasks.filter(source="checklist").exists()

    def test_those_that_have_none_get_one_by_the_job(self, cast: Cast) -> None:
        partner, customer = make_partner("gate_2"), make_customer("adopt")
        archived = make_partner("gate_2")
        Organization.objects.filter(pk=archived.pk).update(archived_at=AT)
        had = partner_at(cast, "gate_1")
        assert [open_missing(now=AT, limit=3), open_missing(now=AT, limit=3)] == [3, 1]
        tasks.open_gates()
        assert review_of(partner).stage == "gate_2"
        assert review_of(customer).stage == "adopt"
        assert GateReview.objects.filter(organization=had).count() == 1
        assert not GateReview.objects.filter(organization=archived).exists()


class TestDeciding:
    def decided(self, cast: Cast, **changes: Any) -> tuple[Organization, GateReview]:
        partner = partner_at(cast, "gate_0", target_launch_on=date(2025, 7, 1), ccv=Decimal(5), arr=Decimal(1))
        review = review_of(partner)
        made = submitted(cast, partner, **changes)
        judgments.judge(
            submission=made, section="strategic-value", is_passed=True, reason="Yes", by=cast.actor("paul"), now=AT
        )
        sign_all(cast, made, now=AT + HOUR)
        review.refresh_from_db()
        return fresh(partner), review

    def test_the_organization_moves_and_the_next_gate_opens(self, cast: Cast) -> None:
        partner, review = self.decided(cast)
        assert (partner.stage, partner.stage_entered_at) == ("gate_1", AT + HOUR)
        assert (review.outcome, review.decided_by, review.decided_at, review.reason) == (
            "passed",
            cast.ana,
            AT + HOUR,
            "",
        )
        following = review_of(partner)
        assert (following.stage, following.opened_at, following.tasks.exists()) == ("gate_1", AT + HOUR, True)
        stays = StagePeriod.objects.filter(organization=partner).values_list("stage", "left_at")
        assert list(stays) == [("gate_0", AT + HOUR), ("gate_1", None)]

    def test_what_was_decided_by_is_kept_in_full(self, cast: Cast) -> None:
        partner, review = self.decided(cast)
        kept = review.decision
        submission = review.submissions.get()
        assert kept["outcome"] == "passed"
        assert kept["journey"] == {"kind": "partner", "version": 1}
        assert [(one["number"], one["content_hash"]) for one in kept["submissions"]] == [(1, submission.content_hash)]
        assert [(one["role"], one["name"]) for one in kept["signatures"]] == [
            ("pdm", "Paul Novak"),
            ("pam", "Ana Silva"),
        ]
        assert set(kept["questionnaires"][0]["sections"].values()) == {"passed"}
        lines = (
            TimelineEntry.objects.filter(organization=partner, kind="gate")
            .order_by("pk")
            .values_list("title", flat=True)
        )
        assert list(lines)[-1] == "Gate 0 passed"

    def test_signed_answers_are_written_to_the_organization(self, cast: Cast) -> None:
        partner, _review = self.decided(cast, target_launch_date="2025-12-24")
        assert (partner.ccv, partner.country_lrp) == (Decimal(20_000_000), Decimal(100_000_000))
        assert partner.target_launch_on == date(2025, 12, 24)
        assert OrganizationFacts.objects.get(pk=partner.pk).partner_tier == 1
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT changes FROM accounts_activity WHERE organization_id = %s AND verb = 'organization.edited'",
                [partner.pk],
            )
            [(changes,)] = cursor.fetchall()
        assert '"2025-12-24"' in str(changes).replace("'", '"')

    def test_the_people_concerned_are_told(self, cast: Cast) -> None:
        self.decided(cast)
        told = Notification.objects.filter(kind="gates").order_by("user__name").values_list("user__name", "title")
        assert list(told) == [
            ("Carl Lindqvist", "Aurora passed Gate 0"),
            ("Inés Duarte", "Aurora passed Gate 0"),
            ("Paul Novak", "Aurora passed Gate 0"),
        ]

    def test_upper_floors_hear_of_it_once_it_is_committed(
        self, cast: Cast, django_capture_on_commit_callbacks: Any
    ) -> None:
        heard: list[dict[str, Any]] = []

        def listen(**news: Any) -> None:
            heard.append(news)

        gate_passed.connect(listen)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                partner, review = self.decided(cast)
                assert heard == []
        finally:
            gate_passed.disconnect(listen)
        assert [(one["organization_id"], one["stage"], one["outcome"], one["review_id"]) for one in heard] == [
            (partner.pk, "gate_0", "passed", review.pk)
        ]

    def test_the_launch_begins_the_cadence(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_3", timezone="Pacific/Auckland")
        accepted_handoff(cast, partner)
        settle_tasks(partner)
        sign_all(cast, submitted(cast, partner), now=AT.replace(hour=20))
        launched = fresh(partner)
        assert (launched.stage, launched.launched_on) == ("post_launch", date(2025, 6, 3))
        assert launched.touchpoints.filter(state="planned").exists()

    def test_nobody_leaves_the_last_stage(self, cast: Cast) -> None:
        partner = partner_at(cast, "post_launch")
        with pytest.raises(DomainError) as caught:
            gates.decide(review=review_of(partner), by=cast.actor("tom"), now=AT)
        assert caught.value.code == "no_gate"

    @pytest.mark.parametrize("name", ["otto", "olga", "adam", "max", "tom", "carl", "sam", "nora", "connie"])
    def test_only_who_signs_there_decides(self, cast: Cast, name: str) -> None:
        partner = partner_at(cast, "gate_0")
        with pytest.raises(NotAllowed):
            gates.decide(review=review_of(partner), by=cast.actor(name), now=AT)

    def test_without_a_submission_nothing_is_decided(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        with pytest.raises(GateNotReady) as caught:
            gates.decide(review=review_of(partner), by=cast.actor("paul"), now=AT)
        codes = [blocker.code.value for blocker in caught.value.decision.blockers]
        assert codes == ["no_submission", "signature_missing", "signature_missing"]
        assert fresh(partner).stage == "gate_0"

    def test_a_decided_gate_is_not_decided_again(self, cast: Cast) -> None:
        _partner, review = self.decided(cast)
        with pytest.raises(DomainError) as caught:
            gates.decide(review=review, by=cast.actor("paul"), now=AT + DAY)
        assert caught.value.code == "decided"


class TestGatesThatNobodySigns:
    def customer(self, cast: Cast) -> Organization:
        customer = make_customer("pre_sales", owners={"csm": cast.carl, "sales": cast.sam}, at=AT - DAY)
        gates.open_review(organization=customer, now=AT)
        return customer

    def handed_over(self, cast: Cast, customer: Organization) -> None:
        accepted_handoff(
            cast, customer, kind="sales_to_csm", from_role="sales", to_role="csm", giver=cast.sam, receiver=cast.carl
        )

    def test_who_takes_over_decides_once_the_handoff_is_accepted(self, cast: Cast) -> None:
        customer = self.customer(cast)
        with pytest.raises(GateNotReady):
            gates.decide(review=review_of(customer), by=cast.actor("carl"), now=AT)
        self.handed_over(cast, customer)
        gates.decide(review=review_of(customer), by=cast.actor("carl"), now=AT)
        assert fresh(customer).stage == "kick_off"

    @pytest.mark.parametrize("name", ["sam", "otto", "tom", "ines", "lou", "max"])
    def test_and_nobody_else(self, cast: Cast, name: str) -> None:
        customer = self.customer(cast)
        make_assignment(customer, cast.ines, "integration")
        self.handed_over(cast, customer)
        with pytest.raises(NotAllowed):
            gates.decide(review=review_of(customer), by=cast.actor(name), now=AT)


class TestOverriding:
    def test_an_admins_decision_with_a_reason(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        review = review_of(partner)
        gates.override(review=review, reason=" The board wants it ", by=cast.actor("adam"), now=AT)
        review.refresh_from_db()
        assert (review.outcome, review.reason, review.decided_by) == ("overridden", "The board wants it", cast.adam)
        assert review.decision["outcome"] == "not_ready"
        assert next(blocker["code"] for blocker in review.decision["blockers"]) == "no_submission"
        assert (fresh(partner).stage, review_of(partner).stage) == ("gate_1", "gate_1")
        told = Notification.objects.filter(kind="gates").first()
        assert told is not None
        assert told.body == "The board wants it"

    def test_to_any_stage_of_the_journey_and_back(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        gates.override(review=review_of(partner), reason="Bought", to="post_launch", by=cast.actor("adam"), now=AT)
        assert fresh(partner).launched_on == AT.date()
        gates.override(review=review_of(partner), reason="Too early", to="gate_3", by=cast.actor("adam"), now=AT + DAY)
        assert (fresh(partner).stage, fresh(partner).launched_on) == ("gate_3", None)

    @pytest.mark.parametrize(
        ("stage", "more", "code"),
        [
            ("gate_0", {"reason": " \0 "}, "reason"),
            ("gate_0", {"reason": "x" * 4001}, "reason"),
            ("gate_0", {"to": "gate_0"}, "same_stage"),
            ("gate_0", {"to": "live"}, "foreign_stage"),
            ("gate_0", {"to": "nowhere"}, "foreign_stage"),
            ("post_launch", {}, "no_next"),
        ],
        ids=["blank", "long", "same", "foreign", "unknown", "last"],
    )
    def test_what_is_no_override(self, cast: Cast, stage: str, more: dict[str, str], code: str) -> None:
        partner = partner_at(cast, stage)
        with pytest.raises(DomainError) as caught:
            gates.override(review=review_of(partner), by=cast.actor("adam"), now=AT, **{"reason": "Because", **more})
        assert caught.value.code == code

    @pytest.mark.parametrize("name", ["ana", "paul", "max", "lena", "otto", "nora", "connie"])
    def test_nobody_else_may(self, cast: Cast, name: str) -> None:
        partner = partner_at(cast, "gate_0")
        with pytest.raises(NotAllowed):
            gates.override(review=review_of(partner), reason="Because", by=cast.actor(name), now=AT)
        assert fresh(partner).stage == "gate_0"


class TestWaivers:
    def grant(self, cast: Cast, partner: Organization, criterion: str, **more: Any) -> Waiver:
        values = {"stage": partner.stage, "reason": "Agreed", "expires_at": AT + 2 * HOUR, "by": cast.actor("adam")}
        return waivers.grant(organization=partner, criterion=criterion, now=AT, **{**values, **more})

    def test_a_second_tier_partner_passes_by_waiver(self, cast: Cast) -> None:
        partner = partner_at(cast, "pre_contract")
        made = submitted(cast, partner, tier=2)
        assert made.outcome == "failed"
        self.grant(cast, partner, "section:strategic-classification")
        made.refresh_from_db()
        assert made.outcome == "passed"
        sign(made, cast.actor("ana"), "pam")
        review = GateReview.objects.get(organization=partner, stage="pre_contract")
        assert review.decision["waived"] == ["section:strategic-classification"]
        assert [one["criterion"] for one in review.decision["waivers"]] == ["section:strategic-classification"]

    @pytest.mark.parametrize(("seconds", "passes"), [(-1, True), (0, False), (1, False)])
    def test_it_counts_if_it_is_unexpired_at_the_decision(self, cast: Cast, seconds: int, passes: bool) -> None:
        partner = partner_at(cast, "pre_contract")
        self.grant(cast, partner, "section:strategic-classification")
        made = submitted(cast, partner, tier=2)
        assert made.outcome == "passed"
        at = AT + 2 * HOUR + timedelta(seconds=seconds)
        if passes:
            sign(made, cast.actor("ana"), "pam", now=at)
        else:
            with pytest.raises(DomainError) as caught:
                sign(made, cast.actor("ana"), "pam", now=at)
            assert caught.value.code == "not_passed"
        assert fresh(partner).stage == ("gate_0" if passes else "pre_contract")

    def test_a_revoked_one_counts_no_more(self, cast: Cast) -> None:
        partner = partner_at(cast, "pre_contract")
        made = submitted(cast, partner, tier=2)
        waiver = self.grant(cast, partner, "section:strategic-classification")
        waivers.revoke(waiver=waiver, by=cast.actor("adam"), now=AT + HOUR)
        made.refresh_from_db()
        assert made.outcome == "failed"
        with pytest.raises(DomainError):
            waivers.revoke(waiver=waiver, by=cast.actor("adam"), now=AT + HOUR)

    def test_one_in_force_at_a_time_and_an_expired_one_makes_room(self, cast: Cast) -> None:
        partner = partner_at(cast, "pre_contract")
        self.grant(cast, partner, "section:strategic-classification")
        with pytest.raises(DomainError) as caught:
            self.grant(cast, partner, "section:strategic-classification")
        assert caught.value.code == "in_force"
        later = waivers.grant(
            organization=partner,
            stage="pre_contract",
            criterion="section:strategic-classification",
            reason="Again",
            expires_at=AT + 9 * HOUR,
            by=cast.actor("adam"),
            now=AT + 3 * HOUR,
        )
        assert Waiver.objects.filter(revoked_at__isnull=True).get() == later

    def test_an_automatic_criterion_is_waived_too(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_3")
        accepted_handoff(cast, partner)
        self.grant(cast, partner, "criterion:go_live_checklist_done")
        sign_all(cast, submitted(cast, partner))
        assert fresh(partner).stage == "post_launch"

    @pytest.mark.parametrize(
        ("stage", "criterion", "more", "code"),
        [
            ("gate_0", "section:contract-execution", {}, "not_waivable"),
            ("gate_3", "criterion:handed_over_to_tam", {}, "not_waivable"),
            ("gate_0", "section:no-such-section", {}, "not_waivable"),
            ("gate_0", "contract-execution", {}, "not_waivable"),
            ("gate_0", "section:partner-team", {"stage": "live"}, "stage"),
            ("gate_0", "section:partner-team", {"reason": " "}, "reason"),
            ("gate_0", "section:partner-team", {"expires_at": AT}, "expires_at"),
        ],
        ids=["contract", "handoff", "unknown", "no kind", "foreign stage", "no reason", "over"],
    )
    def test_what_is_never_waived(
        self, cast: Cast, stage: str, criterion: str, more: dict[str, Any], code: str
    ) -> None:
        with pytest.raises(DomainError) as caught:
            self.grant(cast, partner_at(cast, stage), criterion, **more)
        assert caught.value.code == code
        assert not Waiver.objects.exists()

    @pytest.mark.parametrize("name", ["ana", "paul", "max", "otto", "nora", "connie"])
    def test_only_admins_waive(self, cast: Cast, name: str) -> None:
        partner = partner_at(cast, "gate_0")
        with pytest.raises(NotAllowed):
            self.grant(cast, partner, "section:partner-team", by=cast.actor(name))
        waiver = self.grant(cast, partner, "section:partner-team")
        with pytest.raises(NotAllowed):
            waivers.revoke(waiver=waiver, by=cast.actor(name), now=AT)


class TestChecks:
    @pytest.fixture
    def nobody_knows(self) -> Any:
        """The module whose fact it is is not installed."""
        name = "no_open_critical_ticket"
        (own,) = (check for check in gate_checks.known_checks() if check.name == name)
        gate_checks.unregister(name)
        yield name
        gate_checks.register(own)

    @pytest.fixture
    def weather(self, nobody_knows: str) -> Any:
        """A module registers a fact of its own."""
        sky = {"met": True}

        def check(_asked: gate_checks.Asked) -> FactState:
            return gate_checks.found(sky["met"], "It rains.")

        gate_checks.register(gate_checks.GateCheck(name=nobody_knows, label="Weather", check=check))
        return sky

    @pytest.mark.usefixtures("nobody_knows")
    def test_a_fact_that_no_module_knows_is_skipped_and_said_to_be(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_2")
        sign_all(cast, submitted(cast, partner))
        review = GateReview.objects.get(organization=partner, stage="gate_2")
        assert review.decision["skipped"] == ["no_critical_ticket_gate_2"]

    def test_a_registered_one_is_waited_for(self, cast: Cast, weather: dict[str, bool]) -> None:
        partner = partner_at(cast, "gate_2")
        made = submitted(cast, partner)
        weather["met"] = False
        with pytest.raises(GateNotReady) as caught:
            sign_all(cast, made)
        assert "It rains." in caught.value.message
        weather["met"] = True
        sign_all(cast, made)
        assert fresh(partner).stage == "gate_3"

    @pytest.mark.parametrize(
        ("state", "is_met", "words"),
        [
            (None, False, "has not been prepared"),
            ("prepared", False, "is preparing"),
            ("offered", False, "has still to accept"),
            ("returned", False, "returned the handoff"),
            ("withdrawn", False, "has not been prepared"),
            ("accepted", True, "Tom Okafor accepted"),
        ],
    )
    def test_the_handoff(self, cast: Cast, state: str | None, is_met: bool, words: str) -> None:
        partner = partner_at(cast, "gate_3")
        if state:
            moments = {"accepted": {"accepted_at": AT}}.get(state, {"accepted_at": None})
            accepted_handoff(cast, partner, state=state, **moments)
        found = self.fact(partner, "handed_over_to_tam")
        assert (found.is_met, words in found.params["words"]) == (is_met, True)

    def fact(self, partner: Organization, criterion: str) -> FactState:
        stage = journey().stage(partner.stage)
        return gate_checks.facts_of(stage, organization=partner, review=review_of(partner), now=AT)[criterion]

    def test_required_tasks(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_3")
        found = self.fact(partner, "go_live_checklist_done")
        assert (found.is_met, "required tasks are not done" in found.params["words"]) == (False, True)
        partner.tasks.filter(is_required=True).update(state="skipped", skip_reason="Not here")
        assert self.fact(partner, "go_live_checklist_done").is_met

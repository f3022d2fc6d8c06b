"""Moving through the journey: one step at a time, with a history, by those who work there."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Notification
from common.errors import DomainError, NotAllowed
from partners.models import Assignment, GateReview, Organization, StagePeriod, TimelineEntry
from partners.services import stages
from partners.signals import stage_changed
from tests.cast import Cast
from tests.factories.accounts import take_role
from tests.factories.gates import decided_review, leave, make_review
from tests.factories.partners import NOW, make_customer, make_partner

pytestmark = pytest.mark.django_db


def periods(organization: Organization) -> list[tuple[str, datetime, datetime | None, str]]:
    rows = StagePeriod.objects.filter(organization=organization).order_by("entered_at", "pk")
    return [(row.stage, row.entered_at, row.left_at, row.moved_by.name if row.moved_by else "") for row in rows]


def test_a_move_ends_one_stay_and_begins_the_next(cast: Cast) -> None:
    began = NOW - timedelta(days=40)
    partner = make_partner("gate_2", owners={"tpm": cast.tina}, at=began)
    moved = leave(partner, to="gate_3", by=cast.actor("tina"), reason="All sections passed", now=NOW)
    assert (moved.stage, moved.stage_entered_at, moved.version, moved.launched_on) == ("gate_3", NOW, 2, None)
    assert periods(partner) == [("gate_2", began, NOW, ""), ("gate_3", NOW, None, "Tina Berg")]
    line = TimelineEntry.objects.get(organization=partner)
    assert (line.kind, line.title, line.body) == ("stage", "Gate 2 left, Gate 3 begins", "All sections passed")
    assert (line.audience, line.data["before"], line.data["after"]) == ("internal", "gate_2", "gate_3")
    with connection.cursor() as cursor:
        cursor.execute("SELECT verb, changes FROM accounts_activity WHERE organization_id = %s", [partner.pk])
        assert [row[0] for row in cursor.fetchall()] == ["organization.moved", "gate.opened"]


@pytest.mark.parametrize(("to", "code"), [("gate_1", "not_next"), ("gate_2", "same_stage"), ("live", "foreign_stage")])
def test_other_moves_are_refused(cast: Cast, to: str, code: str) -> None:
    partner = make_partner("gate_2", owners={"tpm": cast.tina})
    with pytest.raises(DomainError) as caught:
        leave(partner, to=to, by=cast.actor("tina"), now=NOW)
    assert (caught.value.code, caught.value.field) == (code, "to")
    assert Organization.objects.get(pk=partner.pk).stage == "gate_2"


@pytest.mark.parametrize("name", ["tom", "paul", "otto", "max", "adam", "lena", "sam", "nora", "connie"])
def test_only_who_decided_the_gate_moves(cast: Cast, name: str) -> None:
    owners = {"tpm": cast.tina, "tam": cast.tom, "pdm": cast.paul, "sales": cast.sam}
    partner = make_partner("gate_2", owners=owners)
    review = decided_review(partner, by=cast.actor("tina"), now=NOW)
    with pytest.raises(NotAllowed):
        stages.move(organization=partner, to="gate_3", review=review, by=cast.actor(name), now=NOW)


class TestTheGate:
    """Without a decided review of the present gate nothing moves, whoever asks."""

    def refused(self, cast: Cast, partner: Organization, review: GateReview, name: str = "tina") -> None:
        with pytest.raises(DomainError) as caught:
            stages.move(organization=partner, to="gate_3", review=review, by=cast.actor(name), reason="x", now=NOW)
        assert caught.value.code == "undecided"
        assert Organization.objects.get(pk=partner.pk).stage == "gate_2"

    def test_an_open_one_leads_nowhere(self, cast: Cast) -> None:
        partner = make_partner("gate_2", owners={"tpm": cast.tina})
        review = make_review(partner)
        # What the row in memory says does not count.
        review.outcome, review.decided_at, review.decided_by = "overridden", NOW, cast.adam
        self.refused(cast, partner, review)
        self.refused(cast, partner, review, "adam")

    def test_that_of_another_stage_or_organization_neither(self, cast: Cast) -> None:
        partner = make_partner("gate_2", owners={"tpm": cast.tina})
        earlier = make_review(partner, stage="gate_1", outcome="passed", decided_at=NOW, decided_by=cast.tina)
        self.refused(cast, partner, earlier)
        other = decided_review(make_partner("gate_2"), by=cast.actor("tina"), now=NOW)
        self.refused(cast, partner, other)

    def test_one_that_has_led_on_already_does_not_lead_on_again(self, cast: Cast) -> None:
        partner = make_partner("gate_2", owners={"tpm": cast.tina})
        used = decided_review(partner, by=cast.actor("tina"), now=NOW)
        stages.move(organization=partner, to="gate_3", review=used, by=cast.actor("tina"), now=NOW)
        leave(partner, to="gate_2", by=cast.actor("adam"), reason="Again", override=True, now=NOW)
        self.refused(cast, partner, used)

    def test_the_next_one_opens_with_the_stay(self, cast: Cast) -> None:
        partner = make_partner("gate_2", owners={"tpm": cast.tina})
        leave(partner, to="gate_3", by=cast.actor("tina"), now=NOW)
        opened = GateReview.objects.get(organization=partner, decided_at__isnull=True)
        assert (opened.stage, opened.opened_at, opened.journey_version) == ("gate_3", NOW, 1)
        assert opened.tasks.exists()


class TestOverride:
    def test_an_admin_sets_any_stage_with_a_reason(self, cast: Cast) -> None:
        partner = make_partner("gate_0", owners={"pam": cast.ana})
        moved = leave(partner, to="gate_3", by=cast.actor("adam"), reason="Bought a partner", override=True, now=NOW)
        assert moved.stage == "gate_3"
        assert TimelineEntry.objects.get(organization=partner).data["is_override"] is True

    def test_without_a_reason_it_is_refused(self, cast: Cast) -> None:
        with pytest.raises(DomainError) as caught:
            leave(cast.northwind, to="gate_0", by=cast.actor("adam"), reason=" ", override=True, now=NOW)
        assert caught.value.code == "reason"

    @pytest.mark.parametrize("name", ["ana", "petra", "max", "lena"])
    def test_nobody_else_may(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            leave(cast.northwind, to="gate_0", by=cast.actor(name), reason="Because", override=True, now=NOW)

    def test_going_back_takes_the_launch_back(self, cast: Cast) -> None:
        admin = cast.actor("adam")
        leave(cast.northwind, to="post_launch", by=cast.actor("petra"), now=NOW)
        back = leave(cast.northwind, to="gate_3", by=admin, reason="Signed too early", override=True, now=NOW)
        assert back.launched_on is None


@pytest.mark.parametrize(
    ("timezone", "launched_on"),
    [("UTC", date(2026, 3, 2)), ("Pacific/Auckland", date(2026, 3, 3)), ("America/Los_Angeles", date(2026, 3, 2))],
)
def test_the_day_of_launch_is_the_organizations_own(cast: Cast, timezone: str, launched_on: date) -> None:
    partner = make_partner("gate_3", owners={"psm": cast.petra}, timezone=timezone)
    late = NOW.replace(hour=20)
    moved = leave(partner, to="post_launch", by=cast.actor("petra"), now=late)
    assert moved.launched_on == launched_on


def test_a_customer_that_goes_live_is_launched(cast: Cast) -> None:
    customer = make_customer("adopt", owners={"csm": cast.carl})
    assert leave(customer, to="live", by=cast.actor("carl"), now=NOW).launched_on == NOW.date()


class TestNews:
    def test_who_begins_to_see_it_is_told(self, cast: Cast) -> None:
        owners = {"pam": cast.ana, "tpm": cast.tina, "tam": cast.tom, "psm": cast.petra, "csm": cast.carl}
        partner = make_partner("gate_2", name="Aurora", owners=owners)
        leave(partner, to="gate_3", by=cast.actor("tina"), now=NOW)
        told = Notification.objects.filter(kind="stages").order_by("user__name").values_list("user__name", "title")
        assert list(told) == [
            ("Petra Okafor", "Aurora is in Gate 3 now and opens to you"),
            ("Tom Okafor", "Aurora is in Gate 3 now and opens to you"),
        ]

    def test_not_who_lost_the_role_or_the_assignment(self, cast: Cast) -> None:
        partner = make_partner("gate_2", owners={"tpm": cast.tina, "tam": cast.tom, "psm": cast.petra})
        take_role(cast.tom, "tam")
        Assignment.objects.filter(organization=partner, user=cast.petra).update(ended_at=NOW - timedelta(days=1))
        leave(partner, to="gate_3", by=cast.actor("tina"), now=NOW)
        assert not Notification.objects.filter(kind="stages").exists()

    def test_upper_floors_hear_of_it_once_it_is_committed(
        self, cast: Cast, django_capture_on_commit_callbacks: Any
    ) -> None:
        heard: list[dict[str, Any]] = []

        def listen(**news: Any) -> None:
            heard.append(news)

        stage_changed.connect(listen)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                leave(cast.northwind, to="post_launch", by=cast.actor("petra"), now=NOW)
                assert heard == []
        finally:
            stage_changed.disconnect(listen)
        assert [(news["organization_id"], news["before"], news["after"], news["at"]) for news in heard] == [
            (cast.northwind.pk, "gate_3", "post_launch", NOW)
        ]


def test_a_clock_that_lags_behind_keeps_the_history_forward(cast: Cast) -> None:
    partner = make_partner("gate_2", owners={"tpm": cast.tina}, at=NOW)
    leave(partner, to="gate_3", by=cast.actor("tina"), now=NOW - timedelta(minutes=1))
    assert [(stage, entered, left) for stage, entered, left, _by in periods(partner)] == [
        ("gate_2", NOW, NOW),
        ("gate_3", NOW, None),
    ]

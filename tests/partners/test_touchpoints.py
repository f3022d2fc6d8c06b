"""Touchpoints follow the cadence and nobody's calendar is doubled; people hold, skip, move and arrange them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification
from accounts.services import absences
from common.errors import DomainError, Missing, NotAllowed
from partners.models import InteractionContact, Organization, OrganizationFacts, TimelineEntry, Touchpoint
from partners.services import assignments, touchpoint_plan, touchpoints
from tests.cast import Cast
from tests.factories.accounts import make_user
from tests.factories.handoffs import make_calendar
from tests.factories.partners import NOW, make_contact, make_customer, make_interaction, make_partner
from tests.factories.tasks import in_threads

pytestmark = pytest.mark.django_db

LAUNCH = NOW.date()  # Monday, 2 March 2026
WEEKDAYS = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def launched(cast: Cast, **fields: Any) -> Organization:
    values = {"name": "Live One", "launched_on": LAUNCH, "owners": {"tam": cast.tom, "pam": cast.ana}, **fields}
    return make_partner("post_launch", **values)


def days(organization: Organization, kind: str = "check_in", **more: Any) -> list[str]:
    rows = Touchpoint.objects.filter(organization=organization, kind=kind, **more).order_by("planned_on")
    return [day.isoformat() for day in rows.values_list("planned_on", flat=True)]


def refused(code: str, use_case: Any, **arguments: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        use_case(**arguments)
    assert caught.value.code == code, caught.value.message
    return caught.value


class TestGenerating:
    def test_weekly_for_a_month_then_every_two_weeks_then_monthly(self, cast: Cast) -> None:
        partner = launched(cast)
        touchpoints.generate(organization=partner, now=NOW)
        assert days(partner) == [
            "2026-03-02",
            "2026-03-09",
            "2026-03-16",
            "2026-03-23",
            "2026-03-30",
            "2026-04-13",
            "2026-04-27",
            "2026-05-11",
            "2026-05-25",
            "2026-06-02",
        ]
        assert days(partner, "business_review") == ["2026-06-02"]
        assert set(Touchpoint.objects.values_list("owner__name", "owner_role")) == {("Tom Okafor", "tam")}
        assert OrganizationFacts.objects.get(organization=partner).next_touchpoint_on == LAUNCH

    def test_again_changes_nothing(self, cast: Cast) -> None:
        partner = launched(cast)
        assert touchpoints.generate(organization=partner, now=NOW) == 11
        before = list(Touchpoint.objects.values_list("pk", "planned_on", "version"))
        assert touchpoints.generate(organization=partner, now=NOW + timedelta(hours=3)) == 0
        assert list(Touchpoint.objects.values_list("pk", "planned_on", "version")) == before

    def test_a_later_night_goes_on_where_it_ended(self, cast: Cast) -> None:
        partner = launched(cast)
        touchpoints.generate(organization=partner, now=NOW)
        assert touchpoints.generate(organization=partner, now=NOW + timedelta(days=40)) == 1
        assert days(partner)[-1] == "2026-07-02"
        assert len(days(partner)) == len(set(days(partner)))

    def test_days_away_of_the_holder_move_what_is_planned_and_back(self, cast: Cast) -> None:
        make_calendar(weekly=WEEKDAYS, country="DE")
        partner, other = launched(cast, country="DE"), launched(cast, name="Other", owners={"tam": cast.otto})
        for one in (partner, other):
            touchpoints.generate(organization=one, now=NOW)
        before, theirs = days(partner), days(other)
        fixed = Touchpoint.objects.get(organization=partner, planned_on="2026-03-23")
        touchpoints.reschedule(by=cast.actor("tom"), touchpoint=fixed, on=date(2026, 3, 24), now=NOW)
        tom, away = cast.actor("tom"), {"first_on": date(2026, 3, 9), "last_on": date(2026, 3, 11)}
        with patch("common.jobs._send") as send, TestCase.captureOnCommitCallbacks(execute=True):
            absence = absences.record(by=tom, user=cast.tom, **away, now=NOW)
        send.assert_called_with("partners.plan_touchpoints_of_holder", {"user_id": cast.tom.pk})
        assert touchpoint_plan.plan_of_holder(user_id=cast.tom.pk, now=NOW) == 1
        moved = [day if day != "2026-03-09" else "2026-03-12" for day in before]
        assert days(partner) == [day if day != "2026-03-23" else "2026-03-24" for day in moved]
        assert days(other) == theirs
        absences.cancel(by=tom, absence=absence, now=NOW)
        touchpoint_plan.plan_of_holder(user_id=cast.tom.pk, now=NOW)
        assert days(partner) == [day if day != "2026-03-23" else "2026-03-24" for day in before]

    def test_a_holiday_takes_the_next_working_day_and_moves_no_other(self, cast: Cast) -> None:
        make_calendar(weekly=WEEKDAYS, country="DE", extra_holidays=["2026-03-09 Fair"])
        partner = launched(cast, country="DE")
        touchpoints.generate(organization=partner, now=NOW)
        assert days(partner)[:4] == ["2026-03-02", "2026-03-10", "2026-03-16", "2026-03-23"]

    def test_a_calendar_that_never_opens_does_not_stop_it(self, cast: Cast) -> None:
        make_calendar(weekly={}, country="FR")
        partner = launched(cast, country="FR")
        touchpoints.generate(organization=partner, now=NOW)
        assert days(partner)[:2] == ["2026-03-02", "2026-03-09"]

    def test_days_are_those_of_the_organization(self, cast: Cast) -> None:
        """Late on Sunday in UTC it is Monday in Auckland, and the clocks change there in April."""
        partner = launched(cast, timezone="Pacific/Auckland", launched_on=date(2026, 3, 30))
        touchpoints.generate(organization=partner, now=datetime(2026, 3, 29, 23, 30, tzinfo=UTC))
        assert days(partner)[:3] == ["2026-03-30", "2026-04-06", "2026-04-13"]

    def test_a_partner_on_its_way_by_its_gemstone(self, cast: Cast) -> None:
        partner = make_partner("gate_3", owners={"psm": cast.petra}, at=NOW - timedelta(days=1))
        assert touchpoints.generate(organization=partner, now=NOW) == 0
        OrganizationFacts.objects.filter(organization=partner).update(gemstone="sapphire")
        touchpoints.generate(organization=partner, now=NOW)
        # Counted from the day on which its work began, a Sunday; overdue 21 days after the one before.
        assert days(partner)[:2] == ["2026-03-02", "2026-03-16"]
        first = Touchpoint.objects.filter(organization=partner).earliest("planned_on")
        assert (first.owner_id, first.overdue_from) == (cast.petra.pk, date(2026, 3, 8))

    def test_nobody_to_whom_it_is_closed_is_asked(self, cast: Cast) -> None:
        partner = make_partner("gate_3", owners={"tpm": cast.tina, "tam": cast.tom}, at=NOW)
        OrganizationFacts.objects.filter(organization=partner).update(gemstone="diamond")
        touchpoints.generate(organization=partner, now=NOW)
        assert set(Touchpoint.objects.values_list("owner__name", flat=True)) == {"Tom Okafor"}

    def test_without_an_owner_they_wait_for_one(self, cast: Cast) -> None:
        partner = launched(cast, owners={"pam": cast.ana})
        touchpoints.generate(organization=partner, now=NOW)
        assert set(Touchpoint.objects.values_list("owner", "owner_role")) == {(None, "")}
        assignments.assign_owner(by=cast.actor("ana"), organization=partner, user=cast.tom, role="tam", now=NOW)
        touchpoints.generate(organization=partner, now=NOW)
        assert set(Touchpoint.objects.values_list("owner__name", "owner_role")) == {("Tom Okafor", "tam")}

    def test_they_go_with_the_role_at_once(self, cast: Cast) -> None:
        partner = launched(cast)
        touchpoints.generate(organization=partner, now=NOW)
        una = make_user("tam", name="Una Lund")
        tie = partner.assignments.get(role="tam")
        assignments.replace_owner(by=cast.actor("ana"), assignment=tie, user=una, now=NOW)
        assert set(Touchpoint.objects.values_list("owner__name", flat=True)) == {"Una Lund"}

    def test_an_archived_one_has_nothing_planned(self, cast: Cast) -> None:
        partner = launched(cast)
        touchpoints.generate(organization=partner, now=NOW)
        Organization.objects.filter(pk=partner.pk).update(archived_at=NOW)
        touchpoints.generate(organization=partner, now=NOW)
        assert set(Touchpoint.objects.values_list("state", flat=True)) == {"cancelled"}
        assert OrganizationFacts.objects.get(organization=partner).next_touchpoint_on is None
        Organization.objects.filter(pk=partner.pk).update(archived_at=None)
        touchpoints.generate(organization=partner, now=NOW)
        assert len(days(partner, state="planned")) == 10
        assert Touchpoint.objects.count() == 11

    def test_statements_follow_no_number(self, cast: Cast) -> None:
        def cost(total: int) -> int:
            rows = [launched(cast, name=f"P{total}-{number}") for number in range(total)]
            with CaptureQueriesContext(
                connection,
            ) as found:
                touchpoint_plan.bring_in_line(rows, now=NOW)
            return len(found)

        cost(1)
        assert cost(2) == cost(12)

    def test_the_nightly_job_takes_chunks(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(touchpoint_plan, "CHUNK", 2)
        Organization.objects.update(archived_at=NOW)
        rows = [launched(cast, name=f"P{number}") for number in range(5)]
        after, runs = 0, 0
        while True:
            after, runs = touchpoint_plan.plan_next(after=after, now=NOW), runs + 1
            if not after:
                break
        assert runs == 3
        assert all(days(row) for row in rows)

    def test_customers_by_their_segment(self, cast: Cast) -> None:
        customer = make_customer("live", launched_on=LAUNCH, owners={"csm": cast.carl})
        OrganizationFacts.objects.filter(organization=customer).update(arr_segment="mid_market")
        touchpoints.generate(organization=customer, now=NOW)
        assert days(customer)[:3] == ["2026-03-02", "2026-03-16", "2026-03-30"]
        assert set(Touchpoint.objects.values_list("owner__name", flat=True)) == {"Carl Lindqvist"}


class TestTalksThatCount:
    def talk(self, partner: Organization, role: str, *, on: datetime, **fields: Any) -> Any:
        made = make_interaction(partner, happened_at=on, is_two_way=True, **fields)
        contact = make_contact(partner, role=role)
        InteractionContact.objects.create(organization=partner, interaction=made, contact=contact)
        return made

    def test_a_talk_with_a_champion_keeps_the_next_one(self, cast: Cast) -> None:
        partner = launched(cast)
        touchpoints.generate(organization=partner, now=NOW)
        talk = self.talk(partner, "champion", on=NOW + timedelta(days=4))
        touchpoints.generate(organization=partner, now=NOW + timedelta(days=4, hours=1))
        kept = Touchpoint.objects.get(organization=partner, kind="check_in", planned_on="2026-03-09")
        assert (kept.state, kept.interaction_id) == ("done", talk.pk)
        assert days(partner, state="planned")[:2] == ["2026-03-02", "2026-03-16"]
        assert len(days(partner)) == 10

    @pytest.mark.parametrize(
        ("role", "days_before", "more"),
        [("billing", 3, {}), ("champion", 5, {}), ("champion", 3, {"archived_at": NOW})],
    )
    def test_others_and_earlier_ones_do_not(self, cast: Cast, role: str, days_before: int, more: Any) -> None:
        partner = launched(cast)
        touchpoints.generate(organization=partner, now=NOW)
        self.talk(partner, role, on=NOW + timedelta(days=7 - days_before), **more)
        touchpoints.generate(organization=partner, now=NOW + timedelta(days=6))
        assert Touchpoint.objects.get(organization=partner, planned_on="2026-03-09").state == "planned"


class TestActing:
    @pytest.fixture
    def first(self, cast: Cast) -> Touchpoint:
        partner = launched(cast)
        touchpoints.generate(organization=partner, now=NOW)
        found: Touchpoint = Touchpoint.objects.filter(organization=partner).earliest("planned_on")
        return found

    def test_held_with_what_was_said(self, cast: Cast, first: Touchpoint) -> None:
        talk = make_interaction(first.organization, cast.tom)
        done = touchpoints.complete(by=cast.actor("tom"), touchpoint=first, interaction=talk, now=NOW)
        assert (done.state, done.closed_by_id, done.interaction_id) == ("done", cast.tom.pk, talk.pk)
        facts = OrganizationFacts.objects.get(organization=first.organization)
        assert facts.next_touchpoint_on == LAUNCH + timedelta(days=7)
        touchpoints.generate(organization=first.organization, now=NOW)
        assert Touchpoint.objects.get(pk=first.pk).state == "done"
        assert len(days(first.organization)) == 10

    def test_late_ones_re_anchor_nothing(self, cast: Cast, first: Touchpoint) -> None:
        later = NOW + timedelta(days=3)
        touchpoints.complete(by=cast.actor("tom"), touchpoint=first, now=later)
        touchpoints.generate(organization=first.organization, now=later)
        assert days(first.organization, state="planned")[:2] == ["2026-03-09", "2026-03-16"]

    def test_with_a_talk_of_somebody_else(self, cast: Cast, first: Touchpoint) -> None:
        talk = make_interaction(cast.northwind, cast.tom)
        asked = {"by": cast.actor("tom"), "touchpoint": first, "interaction": talk, "now": NOW}
        assert refused("interaction", touchpoints.complete, **asked).field == "interaction"

    def test_left_out_with_a_reason_and_brought_back(self, cast: Cast, first: Touchpoint) -> None:
        by = cast.actor("tom")
        for reason in ("", "  ", "\0"):
            refused("reason", touchpoints.skip, by=by, touchpoint=first, reason=reason, now=NOW)
        refused("too_long", touchpoints.skip, by=by, touchpoint=first, reason="x" * 301, now=NOW)
        touchpoints.skip(by=by, touchpoint=first, reason="They are at a fair", now=NOW)
        touchpoints.generate(organization=first.organization, now=NOW)
        assert Touchpoint.objects.get(pk=first.pk).state == "skipped"
        assert TimelineEntry.objects.latest("pk").body == "They are at a fair"
        refused("closed", touchpoints.skip, by=by, touchpoint=first, reason="Again", now=NOW)
        touchpoints.reopen(by=by, touchpoint=first, now=NOW)
        assert Touchpoint.objects.get(pk=first.pk).skip_reason == ""

    def test_moved_by_hand_it_stays_and_the_others_too(self, cast: Cast, first: Touchpoint) -> None:
        by, on = cast.actor("tom"), LAUNCH + timedelta(days=2)
        touchpoints.reschedule(by=by, touchpoint=first, on=on, now=NOW)
        touchpoints.generate(organization=first.organization, now=NOW)
        assert days(first.organization)[:3] == ["2026-03-04", "2026-03-09", "2026-03-16"]
        refused("past", touchpoints.reschedule, by=by, touchpoint=first, on=date(2026, 3, 1), now=NOW)
        refused("far", touchpoints.reschedule, by=by, touchpoint=first, on=date(2099, 3, 1), now=NOW)

    def test_arranged_by_hand_and_cancelled(self, cast: Cast, first: Touchpoint) -> None:
        by, on = cast.actor("tom"), LAUNCH + timedelta(days=3)
        made = touchpoints.arrange(
            by=by, organization=first.organization, kind="workshop", on=on, topic="Sizing", now=NOW
        )
        assert (made.series, made.owner_id, made.owner_role) == ("", cast.tom.pk, "tam")
        touchpoints.generate(organization=first.organization, now=NOW)
        assert Touchpoint.objects.get(pk=made.pk).state == "planned"
        assert touchpoints.cancel(by=by, touchpoint=made, now=NOW).state == "cancelled"
        refused("of_the_cadence", touchpoints.cancel, by=by, touchpoint=first, now=NOW)

    def test_arranged_for_somebody_else(self, cast: Cast, first: Touchpoint) -> None:
        asked: dict[str, Any] = {"organization": first.organization, "kind": "workshop", "on": LAUNCH, "now": NOW}
        by = cast.actor("tom")
        assert refused("owner_does_not_see", touchpoints.arrange, by=by, owner=cast.otto, **asked).field == "owner"
        touchpoints.arrange(by=by, owner=cast.ana, **asked)
        assert Notification.objects.get(user=cast.ana, kind="touchpoints").title.startswith("Tom Okafor arranged")
        refused("kind", touchpoints.arrange, by=by, **asked | {"kind": "digest"})
        refused("kind", touchpoints.arrange, by=by, **asked | {"kind": "nonsense"})
        refused("too_long", touchpoints.arrange, by=by, topic="x" * 201, **asked)

    @pytest.mark.parametrize("name", ["ana", "max", "lena"])
    def test_who_only_sees_it_does_not_act(self, cast: Cast, first: Touchpoint, name: str) -> None:
        with pytest.raises(NotAllowed):
            touchpoints.complete(by=cast.actor(name), touchpoint=first, now=NOW)

    def test_a_stranger_finds_none(self, cast: Cast, first: Touchpoint) -> None:
        with pytest.raises(Missing):
            touchpoints.complete(by=cast.actor("otto"), touchpoint=first, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_double_nothing() -> None:
    tom = make_user("tam", name="Tom")
    partner = make_partner("post_launch", launched_on=LAUNCH, owners={"tam": tom})
    outcomes = in_threads(*[lambda: touchpoints.generate(organization=partner, now=NOW)] * 2)
    assert sorted(outcomes) == [0, 11]
    assert len(days(partner)) == 10

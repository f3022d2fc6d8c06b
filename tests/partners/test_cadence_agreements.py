"""What is agreed with one organization goes before its rule, absences of its owner move days, and times stay."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Absence, Activity, User
from common.errors import Conflict, DomainError, NotAllowed
from partners.models import CadenceAgreement, Organization, OrganizationFacts, TimelineEntry, Touchpoint
from partners.services import cadence_agreements, touchpoint_details, touchpoint_plan, touchpoints
from tests.cast import Cast
from tests.factories.handoffs import make_calendar
from tests.factories.partners import NOW, make_partner

pytestmark = pytest.mark.django_db

LAUNCH = NOW.date()  # Monday, 2 March 2026
WEEKDAYS = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def launched(cast: Cast, **fields: Any) -> Organization:
    values = {"name": "Live One", "launched_on": LAUNCH, "owners": {"tam": cast.tom, "pam": cast.ana}, **fields}
    return make_partner("post_launch", **values)


def planned(organization: Organization, kind: str = "check_in", **more: Any) -> list[str]:
    rows = Touchpoint.objects.filter(organization=organization, kind=kind, state="planned", **more)
    return [day.isoformat() for day in rows.order_by("planned_on").values_list("planned_on", flat=True)]


def away(user: User, first: date, last: date) -> None:
    Absence.objects.create(user=user, first_on=first, last_on=last, recorded_at=NOW)


def agree(cast: Cast, partner: Organization, **more: Any) -> CadenceAgreement:
    values: dict[str, Any] = {"touchpoint": "check_in", "starts_on": LAUNCH + timedelta(days=7), "reason": "Asked for"}
    return cadence_agreements.agree(by=cast.actor("tom"), organization=partner, now=NOW, **{**values, **more})


class TestAgreements:
    def test_it_goes_before_the_rule_and_ends_as_if_it_had_not_been(self, cast: Cast) -> None:
        partner = launched(cast)
        touchpoints.generate(organization=partner, now=NOW)
        before = planned(partner)
        made = agree(cast, partner, every_days=10)
        assert planned(partner)[:4] == ["2026-03-02", "2026-03-09", "2026-03-19", "2026-03-30"]
        assert touchpoints.generate(organization=partner, now=NOW) == 0
        entry = TimelineEntry.objects.filter(kind="touchpoint").latest("pk")
        assert (entry.title, entry.body) == ("Agreed: Check-in every 10 days", "Asked for")
        assert "Asked for" not in str(Activity.objects.get(verb="cadence_agreement.agreed").changes)
        cadence_agreements.end(by=cast.actor("tom"), agreement=made, version=1, now=NOW)
        assert planned(partner) == before
        with pytest.raises(DomainError, match="ended already"):
            cadence_agreements.end(by=cast.actor("tom"), agreement=made, now=NOW)

    def test_none_are_due_meanwhile_and_the_rule_goes_on_after(self, cast: Cast) -> None:
        partner = launched(cast)
        agree(cast, partner, starts_on=LAUNCH, ends_on=date(2026, 4, 1))
        assert planned(partner)[:2] == ["2026-04-13", "2026-04-27"]
        assert planned(partner, "business_review") == ["2026-06-02"]

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"touchpoint": "lunch"}, "touchpoint"),
            ({"every_days": 0}, "every_days"),
            ({"every_days": 400}, "every_days"),
            ({"every_months": 25}, "every_months"),
            ({"every_days": 7, "every_months": 1}, "every_months"),
            ({"starts_on": LAUNCH - timedelta(days=1)}, "starts_on"),
            ({"starts_on": date(2099, 1, 1)}, "starts_on"),
            ({"ends_on": LAUNCH + timedelta(days=7)}, "ends_on"),
            ({"reason": " \0"}, "reason"),
            ({"reason": "x" * 301}, "reason"),
        ],
    )
    def test_what_cannot_be_agreed(self, cast: Cast, given: Mapping[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as caught:
            agree(cast, launched(cast), **given)
        assert caught.value.field == field
        assert not CadenceAgreement.objects.exists()

    def test_twice_from_one_day_and_by_whom(self, cast: Cast) -> None:
        partner = launched(cast)
        made = agree(cast, partner, every_days=10)
        with pytest.raises(DomainError, match="already"):
            agree(cast, partner, every_days=20)
        with pytest.raises(Conflict):
            cadence_agreements.end(by=cast.actor("tom"), agreement=made, version=7, now=NOW)
        with pytest.raises(NotAllowed):
            cadence_agreements.end(by=cast.actor("max"), agreement=made, now=NOW)
        Organization.objects.filter(pk=partner.pk).update(archived_at=NOW)
        with pytest.raises(DomainError):
            agree(cast, partner, every_days=20, starts_on=date(2026, 5, 1))


class TestAbsences:
    @pytest.mark.parametrize(
        ("who", "first", "last", "expected"),
        [
            # Its holder is away for a day; the next one stays.
            ("tom", date(2026, 3, 9), date(2026, 3, 9), ["2026-03-02", "2026-03-10", "2026-03-16"]),
            # Somebody who does not hold it may be away.
            ("ana", date(2026, 3, 9), date(2026, 3, 20), ["2026-03-02", "2026-03-09", "2026-03-16"]),
            # Away over the weekend before it: it is held on its Monday.
            ("tom", date(2026, 3, 6), date(2026, 3, 8), ["2026-03-02", "2026-03-09", "2026-03-16"]),
            # Three weeks: what falls into them is one call.
            ("tom", date(2026, 3, 3), date(2026, 3, 24), ["2026-03-02", "2026-03-25", "2026-03-30"]),
            # For longer than a slot is ever moved, it stays on a working day of the partner.
            ("tom", date(2026, 3, 7), date(2027, 1, 31), ["2026-03-02", "2026-03-09", "2026-03-16"]),
        ],
    )
    def test_days_on_which_its_holder_is_away(
        self, cast: Cast, who: str, first: date, last: date, expected: list[str]
    ) -> None:
        partner = launched(cast)
        touchpoints.generate(organization=partner, now=NOW)
        away(getattr(cast, who), first, last)
        touchpoints.generate(organization=partner, now=NOW)
        assert planned(partner)[:3] == expected
        rows = Touchpoint.objects.filter(organization=partner, kind="check_in").values_list("slot_on", flat=True)
        assert len(rows) == len(set(rows))

    def test_a_whole_team_away_and_back_again(self, cast: Cast) -> None:
        partner = launched(cast)
        touchpoints.generate(organization=partner, now=NOW)
        before = planned(partner)
        for person in (cast.tom, cast.ana):
            away(person, date(2026, 3, 4), date(2026, 3, 31))
        touchpoints.generate(organization=partner, now=NOW)
        assert planned(partner)[:3] == ["2026-03-02", "2026-04-01", "2026-04-13"]
        Absence.objects.update(cancelled_at=NOW)
        touchpoints.generate(organization=partner, now=NOW)
        assert planned(partner) == before

    def test_both_sides_have_to_be_there(self, cast: Cast) -> None:
        calendar = make_calendar(weekly=dict.fromkeys(("tue", "wed"), WEEKDAYS["mon"]), country="")
        User.objects.filter(pk=cast.tom.pk).update(calendar=calendar)
        make_calendar(weekly=WEEKDAYS, country="DE", extra_holidays=["2026-03-10 Fair"])
        partner = launched(cast, country="DE")
        touchpoints.generate(organization=partner, now=NOW)
        assert planned(partner)[:3] == ["2026-03-03", "2026-03-11", "2026-03-17"]


class TestLaunchMoved:
    @pytest.mark.parametrize(
        ("launch", "expected"),
        [
            (date(2026, 2, 25), ["2026-03-09", "2026-03-11", "2026-03-18", "2026-03-25"]),
            (date(2026, 3, 20), ["2026-03-09", "2026-03-20", "2026-03-27", "2026-04-03"]),
            (date(2026, 3, 2), ["2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]),
        ],
    )
    def test_kept_ones_stay_and_those_ahead_move(self, cast: Cast, launch: date, expected: list[str]) -> None:
        """On the eve of the second: the first was held, the second was put on its day by hand."""
        partner, by, later = launched(cast), cast.actor("tom"), NOW + timedelta(days=6)
        touchpoints.generate(organization=partner, now=NOW)
        first, second = Touchpoint.objects.filter(organization=partner, kind="check_in").order_by("planned_on")[:2]
        touchpoints.complete(by=by, touchpoint=first, now=NOW)
        at = datetime(2026, 3, 9, 9, tzinfo=UTC)
        touchpoint_details.edit(by=by, touchpoint=second, values={"starts_at": at}, now=NOW)
        Organization.objects.filter(pk=partner.pk).update(launched_on=launch)
        for _again in range(2):
            touchpoints.generate(organization=partner, now=later)
            assert planned(partner)[:4] == expected
        assert Touchpoint.objects.get(pk=first.pk).state == "done"
        assert len(planned(partner)) == len(set(planned(partner)))


class TestDetails:
    @pytest.fixture
    def row(self, cast: Cast) -> Touchpoint:
        partner = launched(cast, timezone="America/New_York")
        touchpoints.generate(organization=partner, now=NOW)
        found: Touchpoint = Touchpoint.objects.filter(organization=partner, kind="check_in").order_by("planned_on")[1]
        return found

    def test_time_and_links(self, cast: Cast, row: Touchpoint) -> None:
        by, link = cast.actor("tom"), "https://meet.example/secret-room"
        # Late on Tuesday in New York it is Wednesday in UTC.
        values = {"starts_at": datetime(2026, 3, 11, 2, tzinfo=UTC), "meeting_url": f" {link} ", "topic": "Sizing"}
        touchpoint_details.edit(by=by, touchpoint=row, values=values, version=row.version, now=NOW)
        row.refresh_from_db()
        assert (row.planned_on, row.is_fixed, row.meeting_url, row.topic) == (
            date(2026, 3, 10), True, link, "Sizing",
        )  # fmt: skip
        assert "secret-room" not in str(Activity.objects.get(verb="touchpoint.edited").changes)
        # Another day keeps the time by the local clock, over the change of the clocks on March 8 too.
        touchpoints.reschedule(by=by, touchpoint=row, on=date(2026, 3, 12), now=NOW)
        assert Touchpoint.objects.get(pk=row.pk).starts_at == datetime(2026, 3, 13, 2, tzinfo=UTC)
        with pytest.raises(Conflict):
            touchpoint_details.edit(by=by, touchpoint=row, values={"topic": "x"}, version=1, now=NOW)

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"meeting_url": "javascript:alert(1)"}, "meeting_url"),
            ({"recording_url": "ftp://files.example/x"}, "recording_url"),
            ({"starts_at": datetime(2026, 2, 1, 9, tzinfo=UTC)}, "starts_at"),
            ({"starts_at": datetime(2099, 2, 1, 9, tzinfo=UTC)}, "starts_at"),
            ({"topic": "x" * 201}, "topic"),
        ],
    )
    def test_what_does_not_fit(self, cast: Cast, row: Touchpoint, values: Mapping[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as caught:
            touchpoint_details.edit(by=cast.actor("tom"), touchpoint=row, values=values, now=NOW)
        assert caught.value.field == field

    def test_a_recording_comes_after_the_call(self, cast: Cast, row: Touchpoint) -> None:
        by, sent = cast.actor("tom"), {"recording_url": "https://video.example/1"}
        touchpoints.complete(by=by, touchpoint=row, now=NOW)
        assert touchpoint_details.edit(by=by, touchpoint=row, values=sent, now=NOW).recording_url
        with pytest.raises(NotAllowed):
            touchpoint_details.edit(by=cast.actor("max"), touchpoint=row, values=sent, now=NOW)


def test_what_was_agreed_shows_in_the_facts(cast: Cast) -> None:
    partner = launched(cast)
    agree(cast, partner, starts_on=LAUNCH + timedelta(days=1), every_months=1)
    Touchpoint.objects.filter(organization=partner, planned_on=LAUNCH).update(state="cancelled")
    touchpoint_plan.refresh_facts([partner.pk])
    assert OrganizationFacts.objects.get(organization=partner).next_touchpoint_on == LAUNCH + timedelta(days=1)

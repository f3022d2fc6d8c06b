"""Forecasts of organizations in the database: computed from the past of all, the same twice, told to owners once."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification
from common.errors import NotAllowed
from common.scope import Scope, set_scope
from partners.models import Forecast, ForecastRun, Organization, OrganizationFacts, StagePeriod
from partners.services import forecast_runs, forecasts
from partners.services.organizations import edit_organization
from tests.cast import Cast
from tests.factories.gates import leave
from tests.factories.partners import NOW, make_customer, make_partner

DAY = timedelta(days=1)
STAGES = ("pre_contract", "gate_0", "gate_1", "gate_2", "gate_3")


def launched(days: tuple[int, ...], *, ended_at: datetime, tier: int | None = 1) -> Organization:
    """A partner that went all the way, with its days in each stage."""
    partner = make_partner("post_launch", at=ended_at)
    OrganizationFacts.objects.filter(pk=partner.pk).update(partner_tier=tier)
    left_at = ended_at
    for stage, length in reversed(list(zip(STAGES, days, strict=True))):
        entered_at = left_at - length * DAY
        StagePeriod.objects.create(organization=partner, stage=stage, entered_at=entered_at, left_at=left_at)
        left_at = entered_at
    return partner


def under_way(stage: str = "gate_1", *, days: int = 10, tier: int | None = 1, **fields: Any) -> Organization:
    partner = make_partner(stage, at=NOW - days * DAY, **fields)
    OrganizationFacts.objects.filter(pk=partner.pk).update(partner_tier=tier)
    return partner


def slow_past(count: int = 30) -> None:
    for number in range(count):
        launched((60, 14, 170 + number, 70, 42), ended_at=NOW - (30 + number) * DAY)


def computed(organization: Organization, *, now: datetime = NOW) -> Forecast:
    forecasts.recompute(organization_ids=[organization.pk], now=now)
    return Forecast.objects.get(pk=organization.pk)


class TestOneOrganization:
    def test_with_no_past_the_usual_days_of_the_journey_stand(self, db: None) -> None:
        found = computed(under_way("gate_3", days=0))
        assert [one["stage"] for one in found.stages] == ["gate_3"]
        # Three weeks, by the pack; half of the draws are within.
        assert abs((found.launch_p50_on - NOW.date()).days - 21) <= 2
        assert found.launch_p80_on > found.launch_p50_on
        assert [pool["level"] for pool in found.receipt["bases"][0]["pools"]][-1] == "fallback"

    def test_like_ones_move_the_dates(self, db: None) -> None:
        partner = under_way("gate_1")
        before = computed(partner).launch_p50_on
        slow_past()
        after = computed(partner)
        assert after.launch_p50_on > before + timedelta(days=60)
        like = after.receipt["bases"][0]["pools"][0]
        assert (like["level"], like["count"]) == ("like", 30)

    def test_the_own_pace_counts(self, db: None) -> None:
        slow_past()
        fast, slow = under_way("gate_2", days=0), under_way("gate_2", days=0)
        for partner, length in ((fast, 90), (slow, 360)):
            StagePeriod.objects.create(
                organization=partner, stage="gate_1", entered_at=NOW - length * DAY, left_at=NOW - timedelta(hours=1)
            )
        assert computed(fast).launch_p50_on < computed(slow).launch_p50_on
        assert computed(slow).receipt["pace_from"] == 1

    @pytest.mark.parametrize(
        ("target_in", "risk", "fact"), [(400, "none", "none"), (25, "high", "high"), (None, "none", "")]
    )
    def test_the_buffer_says_the_risk(self, db: None, target_in: int | None, risk: str, fact: str) -> None:
        target = NOW.date() + timedelta(days=target_in) if target_in else None
        found = computed(under_way("gate_3", days=0, target_launch_on=target))
        facts = OrganizationFacts.objects.get(pk=found.pk)
        assert (found.risk, facts.risk) == (risk, fact)
        assert (facts.launch_p50_on, facts.launch_p80_on) == (found.launch_p50_on, found.launch_p80_on)
        expected = (target - found.launch_p80_on).days if target else None
        assert (found.target_on, found.buffer_days) == (target, expected)

    def test_what_has_launched_loses_its_forecast(self, db: None, cast: Cast) -> None:
        partner = under_way("gate_3", target_launch_on=NOW.date() + DAY, owners={"psm": cast.petra})
        computed(partner)
        leave(partner, to="post_launch", by=cast.actor("petra"), now=NOW)
        assert forecasts.recompute_stale(now=NOW + DAY) >= 1
        assert not Forecast.objects.filter(pk=partner.pk).exists()
        facts = OrganizationFacts.objects.get(pk=partner.pk)
        assert (facts.launch_p50_on, facts.launch_p80_on, facts.risk) == (None, None, "")

    def test_customers_have_a_launch_too(self, db: None) -> None:
        customer = make_customer("kick_off", at=NOW - 3 * DAY)
        found = computed(customer)
        assert [one["stage"] for one in found.stages] == ["kick_off", "integrate", "adopt"]
        assert found.launch_p50_on == date.fromisoformat(found.stages[-1]["p50"])


class TestWhatIsStale:
    def test_new_moved_and_other_targets_are_taken_up_and_nothing_else(self, db: None, cast: Cast) -> None:
        Organization.objects.exclude(stage__in=("post_launch", "live")).update(archived_at=NOW)
        partner = under_way("gate_2", owners={"tpm": cast.tina, "pam": cast.ana})
        other = under_way("gate_1")
        assert forecasts.recompute_stale(now=NOW) == 2
        assert forecasts.recompute_stale(now=NOW) == 0
        leave(partner, to="gate_3", by=cast.actor("tina"), now=NOW + DAY)
        assert forecasts.recompute_stale(now=NOW + 2 * DAY) == 1
        assert Forecast.objects.get(pk=partner.pk).stages[0]["stage"] == "gate_3"
        edit_organization(
            by=cast.actor("ana"),
            organization=partner,
            values={"target_launch_on": NOW.date() + timedelta(days=3)},
            version=Organization.objects.get(pk=partner.pk).version,
            now=NOW + 2 * DAY,
        )
        assert forecasts.recompute_stale(now=NOW + 2 * DAY) == 1
        assert Forecast.objects.get(pk=partner.pk).risk == "high"
        assert Forecast.objects.get(pk=other.pk).computed_at == NOW
        assert forecasts.recompute_stale(now=NOW + 2 * DAY) == 0

    def test_a_stay_that_begins_tomorrow_does_not_keep_a_worker_busy(self, db: None) -> None:
        under_way("gate_1", days=-2)
        while forecasts.recompute_stale(now=NOW):
            pass
        assert forecasts.recompute_stale(now=NOW) == 0

    def test_archived_ones_have_none(self, db: None) -> None:
        partner = under_way("gate_1")
        computed(partner)
        Organization.objects.filter(pk=partner.pk).update(archived_at=NOW)
        assert forecasts.recompute_stale(now=NOW) >= 1
        assert not Forecast.objects.filter(pk=partner.pk).exists()


def run_to_its_end(run: ForecastRun, *, now: datetime = NOW) -> int:
    """Do all parts as workers would; how many."""
    parts = 0
    while True:
        run.refresh_from_db()
        if run.finished_at is not None:
            return parts
        assert forecast_runs.go_on(run_id=run.pk, after=run.last_id, now=now)
        parts += 1


def figures() -> list[Any]:
    return list(Forecast.objects.order_by("pk").values_list("pk", "stages", "launch_p80_on", "buffer_days", "receipt"))


class TestRuns:
    def test_a_run_forecasts_everybody_and_a_second_one_says_the_same(self, db: None, cast: Cast) -> None:
        slow_past(5)
        for number in range(7):
            under_way(STAGES[number % 5], days=number * 9)
        run = forecast_runs.start(by=cast.actor("max"), now=NOW)
        assert run.total == Organization.objects.exclude(stage__in=("post_launch", "live")).count()
        parts = run_to_its_end(run)
        assert (parts, run.done, run.finished_at) == (2, run.total, NOW)
        first = figures()
        assert len(first) == run.total
        again = forecast_runs.start(by=cast.actor("max"), now=NOW)
        assert again.pk != run.pk
        run_to_its_end(again)
        assert figures() == first

    def test_parts_make_no_difference(self, db: None, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        slow_past(5)
        for number in range(7):
            under_way(STAGES[number % 5], days=number * 9)
        run_to_its_end(forecast_runs.start(by=cast.actor("max"), now=NOW))
        whole = figures()
        monkeypatch.setattr(forecast_runs, "LEAST_PART", 1)
        parts = run_to_its_end(forecast_runs.start(by=cast.actor("max"), now=NOW))
        assert parts == len(whole) + 1
        assert figures() == whole

    def test_no_run_has_more_than_twenty_parts(self, db: None, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(forecast_runs, "LEAST_PART", 1)
        for number in range(41):
            under_way(STAGES[number % 5])
        assert run_to_its_end(forecast_runs.start(by=cast.actor("max"), now=NOW)) <= 20

    def test_a_lost_worker_is_gone_on_after(self, db: None, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(forecast_runs, "LEAST_PART", 2)
        for number in range(5):
            under_way(STAGES[number])
        run = forecast_runs.start(by=cast.actor("max"), now=NOW)
        assert forecast_runs.go_on(run_id=run.pk, after=0, now=NOW)
        # The same message again, delivered late: its part is done.
        assert not forecast_runs.go_on(run_id=run.pk, after=0, now=NOW)
        run.refresh_from_db()
        assert run.done == 2
        assert forecast_runs.keep_going(now=NOW) == run
        run_to_its_end(run)
        assert run.done == run.total

    def test_a_run_a_day_by_itself(self, db: None) -> None:
        under_way()
        run = forecast_runs.keep_going(now=NOW)
        assert run is not None
        run_to_its_end(run)
        assert forecast_runs.keep_going(now=NOW + timedelta(hours=3)) is None
        tomorrow = forecast_runs.keep_going(now=NOW + DAY)
        assert tomorrow is not None
        assert tomorrow.as_of == (NOW + DAY).date()

    def test_what_yesterday_left_is_overtaken(self, db: None) -> None:
        under_way()
        left = forecast_runs.keep_going(now=NOW)
        forecast_runs.keep_going(now=NOW + DAY)
        assert left is not None
        left.refresh_from_db()
        assert left.finished_at == NOW + DAY
        assert not forecast_runs.go_on(run_id=left.pk, after=0, now=NOW + DAY)

    def test_asking_twice_is_one_run(self, db: None, cast: Cast) -> None:
        first = forecast_runs.start(by=cast.actor("max"), now=NOW)
        assert forecast_runs.start(by=cast.actor("adam"), now=NOW) == first

    @pytest.mark.parametrize("person", ["ana", "tom", "lena", "sue", "connie"])
    def test_others_start_none(self, cast: Cast, person: str) -> None:
        with pytest.raises(NotAllowed):
            forecast_runs.start(by=cast.actor(person), now=NOW)
        assert not ForecastRun.objects.exists()

    def test_statements_do_not_follow_the_number(self, db: None, cast: Cast) -> None:
        def statements() -> int:
            run = forecast_runs.start(by=cast.actor("max"), now=NOW)
            with CaptureQueriesContext(
                connection,
            ) as seen:
                forecast_runs.go_on(run_id=run.pk, after=0, now=NOW)
            run_to_its_end(run)
            return len(seen)

        under_way()
        few = statements()
        for _number in range(20):
            under_way()
        assert statements() == few

    def test_the_past_is_asked_how_well_it_was_foreseen(self, db: None, cast: Cast) -> None:
        for number in range(40):
            days = (20 + number % 11, 6, 70 + number % 17, 30, 20)
            launched(days, ended_at=NOW - (900 - number * 20) * DAY)
        run = forecast_runs.start(by=cast.actor("max"), now=NOW)
        run_to_its_end(run)
        found = run.calibration["partner"]
        assert found["launches"] == 40
        shares = found["stages"]["gate_3"]
        assert 0 < shares["p50"]["total"] < 40
        assert shares["p50"]["hits"] <= shares["p80"]["hits"]
        assert "customer" not in run.calibration


class TestNews:
    def at_risk(self, cast: Cast) -> Organization:
        partner = under_way(
            "gate_3",
            days=0,
            target_launch_on=NOW.date() + timedelta(days=300),
            owners={"psm": cast.petra, "tpm": cast.tina},
        )
        computed(partner)
        Organization.objects.filter(pk=partner.pk).update(target_launch_on=NOW.date() + timedelta(days=2))
        return partner

    def told(self) -> list[tuple[int, str]]:
        return list(Notification.objects.filter(kind="forecasts").values_list("user_id", "title"))

    def test_owners_who_see_it_hear_once_that_the_target_will_be_missed(self, cast: Cast) -> None:
        partner = self.at_risk(cast)
        computed(partner)
        computed(partner, now=NOW + DAY)
        # The TPM's part is over: a partner in Gate 3 is closed to her.
        assert self.told() == [(cast.petra.pk, f"{partner.name} will probably miss its launch on Mar 4, 2026")]

    def test_the_first_forecast_ever_is_no_news(self, cast: Cast) -> None:
        computed(under_way("gate_3", target_launch_on=NOW.date(), owners={"psm": cast.petra}))
        assert self.told() == []


def test_forecasts_stand_behind_the_wall(cast: Cast) -> None:
    partner = under_way("gate_3", owners={"psm": cast.petra})
    computed(partner)
    assert Forecast.objects.visible_to(cast.actor("petra")).filter(pk=partner.pk).exists()
    assert not Forecast.objects.visible_to(cast.actor("otto")).filter(pk=partner.pk).exists()
    set_scope(Scope.none())
    assert not Forecast.objects.exists()
    set_scope(Scope.all())

"""Absences and rotas at work, through their services and pages."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Absence, Activity, OnCallRota, OnCallShift, Team
from accounts.selectors.rotas import away_at, next_day_there, on_call
from accounts.services import absences, rotas
from common.errors import DomainError, Missing, NotAllowed
from tests.cast import Cast
from tests.factories.accounts import make_team

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def desk(cast: Cast) -> Team:
    return make_team(name="Night desk", leads=[cast.sven], members=[cast.sue])


@pytest.fixture
def rota(cast: Cast, desk: Team) -> OnCallRota:
    return rotas.create(by=cast.actor("sara"), name="Nights", team=desk, timezone="Europe/Berlin", now=NOW)


def away(cast: Cast, by: str = "sue", user: str = "sue", first: int = 1, last: int = 3, **more: Any) -> Absence:
    days = {"first_on": TODAY + first * DAY, "last_on": TODAY + last * DAY}
    return absences.record(by=cast.actor(by), user=getattr(cast, user), now=NOW, **days, **more)


class TestAbsences:
    # Lena leads Tom; Sara edits calendars, and with them absences.
    @pytest.mark.parametrize(("by", "user"), [("sue", "sue"), ("lena", "tom"), ("sara", "tom"), ("adam", "max")])
    def test_whose_may_be_said(self, cast: Cast, by: str, user: str) -> None:
        away(cast, by, user, reason="Surgery")
        line = Activity.objects.get(verb="absence.recorded")
        assert set(line.changes) == {"first_on", "last_on"}
        assert "Surgery" not in str(line.changes) + line.target_name

    @pytest.mark.parametrize(("by", "user"), [("tom", "sue"), ("lou", "tom"), ("connie", "tom")])
    def test_whose_may_not(self, cast: Cast, by: str, user: str) -> None:
        with pytest.raises(NotAllowed):
            away(cast, by, user)

    @pytest.mark.parametrize(
        ("first", "last", "field"), [(3, 1, "last_on"), (-9, -2, "last_on"), (0, 366, "last_on"), (2, 5, "first_on")]
    )
    def test_days_that_are_refused(self, cast: Cast, first: int, last: int, field: str) -> None:
        away(cast, first=5, last=6)
        with pytest.raises(DomainError) as refused:
            away(cast, first=first, last=last)
        assert refused.value.field == field
        assert Absence.objects.count() == 1

    def test_one_taken_back_counts_no_more_and_only_once(self, cast: Cast) -> None:
        absence = away(cast, first=0)
        assert away_at([cast.sue.pk, cast.tom.pk], NOW) == {cast.sue.pk}
        absences.cancel(by=cast.actor("sue"), absence=absence, now=NOW)
        assert away_at([cast.sue.pk], NOW) == set()
        with pytest.raises(Missing):
            absences.cancel(by=cast.actor("sue"), absence=absence, now=NOW)

    def test_the_next_day_there_goes_past_absences_that_touch(self, cast: Cast) -> None:
        away(cast, first=0, last=2)
        away(cast, first=3, last=3)
        away(cast, first=6, last=6)
        assert next_day_there(cast.sue, TODAY) == TODAY + 4 * DAY
        assert next_day_there(cast.sue, TODAY + 5 * DAY) == TODAY + 5 * DAY


class TestRotas:
    @pytest.mark.parametrize(("name", "may"), [("sara", True), ("adam", True), ("sven", True), ("sue", False)])
    def test_who_keeps_them(self, cast: Cast, desk: Team, name: str, may: bool) -> None:
        values = {"name": "Nights", "team": desk, "timezone": "UTC", "now": NOW}
        if may:
            assert rotas.create(by=cast.actor(name), **values).name == "Nights"
            return
        with pytest.raises(NotAllowed):
            rotas.create(by=cast.actor(name), **values)

    def fill(self, cast: Cast, rota: OnCallRota, first_on: date = TODAY, weeks: int = 4, **more: Any) -> Any:
        people = more.pop("people", [cast.sue, cast.sven])
        return rotas.rotate(
            by=cast.actor("sven"),
            rota=rota,
            people=people,
            first_on=first_on,
            weeks=weeks,
            handover=time(9),
            now=NOW,
            **more,
        )

    def test_weeks_filled_anew_take_the_place_of_the_usual_ones(self, cast: Cast, rota: OnCallRota) -> None:
        self.fill(cast, rota)
        self.fill(cast, rota, TODAY + 10 * DAY, weeks=1, people=[cast.sven])
        shifts = OnCallShift.objects.filter(rota=rota)
        berlin = [(shift.starts_at.date() - TODAY).days for shift in shifts]
        assert berlin == [0, 7, 10]
        assert list(shifts)[1].ends_at == list(shifts)[2].starts_at

    @pytest.mark.parametrize(
        ("more", "field"),
        [({"people": []}, "people"), ({"weeks": 0}, "weeks"), ({"first_on": TODAY - 5 * DAY}, "first_on")],
    )
    def test_what_is_refused(self, cast: Cast, rota: OnCallRota, more: dict[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as refused:
            self.fill(cast, rota, **more)
        assert refused.value.field == field
        with pytest.raises(DomainError):
            self.fill(cast, rota, people=[cast.tom])

    def test_an_override_holds_and_is_taken_away(self, cast: Cast, rota: OnCallRota) -> None:
        self.fill(cast, rota)
        until = {"starts_at": NOW, "ends_at": NOW + DAY}
        shift = rotas.override(by=cast.actor("sven"), rota=rota, user=cast.sven, now=NOW, **until)
        assert self.called(rota) == cast.sven.pk
        rotas.remove(by=cast.actor("sven"), shift=shift, now=NOW)
        assert self.called(rota) == cast.sue.pk
        with pytest.raises(Missing):
            rotas.remove(by=cast.actor("sven"), shift=shift, now=NOW)

    def called(self, rota: OnCallRota, at: datetime = NOW) -> int | None:
        (found,) = on_call([rota.team_id], at)[rota.team_id]
        return found.user_id

    def test_whoever_is_away_or_gone_leaves_a_hole(self, cast: Cast, rota: OnCallRota) -> None:
        self.fill(cast, rota)
        away(cast, first=0)
        assert self.called(rota) is None
        assert self.called(rota, NOW + 7 * DAY) == cast.sven.pk
        cast.sven.is_active = False
        cast.sven.save(update_fields=["is_active"])
        assert self.called(rota, NOW + 7 * DAY) is None

    def test_a_rota_put_aside_calls_nobody(self, cast: Cast, rota: OnCallRota) -> None:
        self.fill(cast, rota)
        rotas.archive(by=cast.actor("sven"), rota=rota, now=NOW)
        assert on_call([rota.team_id], NOW) == {}
        with pytest.raises(Missing):
            self.fill(cast, rota)


class TestPages:
    def test_a_colleague_says_that_they_are_away(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.sue)
        page = client.get("/people/away/")
        assert "user" not in page.context["form"].fields
        first = timezone.localdate() + DAY
        sent = {"first_on": first.isoformat(), "last_on": (first + DAY).isoformat(), "reason": "Move"}
        assert client.post("/people/away/", sent).status_code == 302
        absence = Absence.objects.get()
        assert absence.user_id == cast.sue.pk
        assert "Move" in client.get("/people/away/").content.decode()
        client.force_login(cast.tom)
        seen = client.get("/people/away/").content.decode()
        assert "Sue Tanaka" in seen
        assert "Move" not in seen
        assert client.post(f"/people/away/{absence.public_id}/cancel/").status_code == 403
        client.force_login(cast.sara)
        assert "Move" in client.get("/people/away/").content.decode()
        assert client.post(f"/people/away/{absence.public_id}/cancel/").status_code == 302

    def test_the_support_manager_fills_a_rota(self, cast: Cast, client: Client, desk: Team) -> None:
        client.force_login(cast.sara)
        made = client.post("/people/on-call/", {"name": "Nights", "team": desk.pk, "timezone": "Europe/Berlin"})
        rota = OnCallRota.objects.get()
        page = f"/people/on-call/{rota.public_id}/"
        assert made.headers["Location"] == page
        assert "Nobody" in client.get(page).content.decode()
        today = timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))
        people = [str(cast.sue.public_id), str(cast.sven.public_id)]
        weeks = {"people": people, "starts_with": people[1], "first_on": today.isoformat(), "weeks": 2}
        assert client.post(f"{page}weeks/", {**weeks, "handover": "00:00"}).status_code == 302
        assert OnCallShift.objects.order_by("starts_at").first().user_id == cast.sven.pk
        override = {"user": people[0], "starts_on": today.isoformat(), "starts_time": "00:00"}
        override |= {"ends_on": (today + 2 * DAY).isoformat(), "ends_time": "08:00"}
        assert client.post(f"{page}override/", override).status_code == 302
        shown = client.get("/people/on-call/").content.decode()
        assert "Sue Tanaka" in shown
        assert "1 hole" in shown
        shift = OnCallShift.objects.get(is_override=True)
        assert client.post(f"/people/on-call/shifts/{shift.public_id}/remove/").status_code == 302
        bad = client.post(f"{page}override/", {**override, "ends_on": (today - DAY).isoformat()})
        assert bad.status_code == 400

    @pytest.mark.parametrize(("name", "status"), [("sue", 403), ("tom", 403), ("connie", 404), ("sven", 302)])
    def test_who_may_override(self, cast: Cast, client: Client, rota: OnCallRota, name: str, status: int) -> None:
        client.force_login(getattr(cast, name))
        today = timezone.localdate()
        sent = {"user": str(cast.sue.public_id), "starts_on": today.isoformat(), "starts_time": "00:00"}
        sent |= {"ends_on": (today + DAY).isoformat(), "ends_time": "23:00"}
        assert client.post(f"/people/on-call/{rota.public_id}/override/", sent).status_code == status

    @pytest.mark.parametrize("path", ["/people/away/", "/people/on-call/"])
    def test_contacts_find_nothing_there(self, cast: Cast, client: Client, path: str) -> None:
        client.force_login(cast.connie)
        assert client.get(path).status_code == 404

    def test_programs_ask_who_is_on_call(self, cast: Cast, client: Client, rota: OnCallRota) -> None:
        now = timezone.now()
        shift = {"starts_at": now - DAY, "ends_at": now + DAY, "made_at": now}
        OnCallShift.objects.create(rota=rota, user=cast.sue, **shift)
        client.force_login(cast.tom)
        (found,) = client.get("/api/v1/on-call/").json()
        assert (found["name"], found["team"], found["on_call"]) == ("Nights", "Night desk", "Sue Tanaka")
        assert [hole["starts_at"] for hole in found["holes"]] == [found["until"]]
        client.force_login(cast.connie)
        assert client.get("/api/v1/on-call/").status_code in (403, 404)

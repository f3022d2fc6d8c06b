"""Features: events become uses by week, uses become adoption beside like organizations, and what was bought."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from common.errors import Conflict, DomainError, NotAllowed
from health.collectors.adoption import adoption
from health.models import Entitlement, Feature, FeatureUse, RecomputeMark, Sample
from health.rules.adoption import DOWN, LEVEL, NEVER, UNDERUSED, UP, USED, Uses, adopted, first_week
from health.selectors.adoption import adoption_of
from health.services import entitlements, features
from health.services.sources import source_named
from partners.models import Organization
from tests.cast import Cast
from tests.factories.partners import make_partner
from tests.hub.api_world import call

NOW = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)
FIRST = date(2026, 2, 9)
MAPPINGS = Path(__file__).parents[2] / "docs" / "mappings"


def feature(key: str, used_from: int = 3, released: date | None = date(2026, 1, 1)) -> Feature:
    made: Feature = Feature.objects.create(key=key, name=key.capitalize(), used_from=used_from, released_on=released)
    return made


def use(organization: Organization, found: Feature, weeks_ago: int, uses: int) -> None:
    """Uses in a week so many weeks before the last one that counts."""
    FeatureUse.objects.create(
        organization=organization,
        feature=found,
        week_on=date(2026, 3, 2) - timedelta(weeks=weeks_ago),
        uses=uses,
        source=source_named("events", "api"),
    )


@pytest.mark.parametrize(
    ("uses", "state", "trend", "change"),
    [
        (Uses(recent=12, before=12, ever=24, last_week_on=FIRST), USED, LEVEL, 0),
        (Uses(recent=11, before=12, ever=23, last_week_on=FIRST), UNDERUSED, LEVEL, -8),
        (Uses(recent=0, before=40, ever=40, last_week_on=FIRST), UNDERUSED, DOWN, -100),
        (Uses(recent=20, before=10, ever=30, last_week_on=FIRST), USED, UP, 100),
        (Uses(recent=1, before=0, ever=1, last_week_on=FIRST), UNDERUSED, UP, None),
        (Uses(recent=0, before=0, ever=0, last_week_on=None), NEVER, LEVEL, None),
    ],
)
def test_a_feature_is_used_underused_or_never(uses: Uses, state: str, trend: str, change: int | None) -> None:
    found = adopted(uses, used_from=3)
    assert (found.state, found.trend, found.change) == (state, trend, change)


def test_weeks_that_count_are_over() -> None:
    assert {first_week(date(2026, 3, day)) for day in range(9, 16)} == {FIRST}
    assert first_week(date(2026, 3, 8)) == date(2026, 2, 2)


def test_adoption_is_compared_with_five_like_organizations_and_no_fewer(cast: Cast) -> None:
    orders, reports, never = feature("orders"), feature("reports"), feature("alerts")
    feature("tomorrow", released=date(2026, 4, 1))
    use(cast.northwind, orders, 0, 12)
    use(cast.northwind, reports, 5, 4)
    for number in range(4):
        use(make_partner("gate_3", name=f"Like {number}"), orders, 1, 4 * number)
    use(make_partner("gate_2", name="In another stage"), orders, 1, 400)
    found = adoption_of(cast.actor("tom"), cast.northwind, now=NOW)
    assert {line.feature.key: line.state for line in found.lines} == {
        "orders": USED,
        "reports": UNDERUSED,
        "alerts": NEVER,
    }
    assert (found.percent, found.benchmark.others, found.benchmark.is_enough) == (Decimal("33.3"), 4, False)
    assert {line.others for line in found.lines} == {None}
    use(make_partner("gate_3", name="Like 4"), orders, 2, 16)
    found = adoption_of(cast.actor("tom"), cast.northwind, now=NOW)
    assert (found.benchmark.others, found.benchmark.percent) == (5, Decimal("0.0"))
    assert {line.feature.key: line.others for line in found.lines} == {
        "orders": Decimal("2.0"),
        "reports": Decimal("0.0"),
        "alerts": Decimal("0.0"),
    }
    rows = {(pk, metric): value for pk, metric, value in adoption.collect([cast.northwind.pk, cast.birch.pk], at=NOW)}
    assert rows == {
        (cast.northwind.pk, "feature_adoption"): Decimal("33.333333"),
        (cast.northwind.pk, "underused_features"): Decimal(1),
    }, "who never used anything has no evidence"
    assert never.version == 1


def test_features_are_kept_by_administrators_one_edit_after_the_other(cast: Cast) -> None:
    adam, values = cast.actor("adam"), {"name": "Orders", "used_from": 5, "released_on": date(2026, 1, 1)}
    made = features.add(by=adam, key="orders", values=values, now=NOW)
    with pytest.raises(NotAllowed):
        features.add(by=cast.actor("max"), key="more", values=values, now=NOW)
    for key, wrong, field in (
        ("orders", {}, "key"),
        ("No key", {}, "key"),
        ("x", {"used_from": 0}, "used_from"),
        ("x", {"retired_on": date(2025, 1, 1)}, "retired_on"),
    ):
        with pytest.raises(DomainError) as caught:
            features.add(by=adam, key=key, values=values | wrong, now=NOW)
        assert caught.value.field == field, wrong
    edited = features.edit(by=adam, feature=made, values={"used_from": 6}, version=1, now=NOW)
    assert (edited.used_from, edited.version) == (6, 2)
    with pytest.raises(Conflict):
        features.edit(by=adam, feature=made, values={"used_from": 7}, version=1, now=NOW)


def test_what_was_bought_follows_one_after_the_other(cast: Cast) -> None:
    tom = cast.actor("tom")
    given: dict[str, Any] = {"organization": cast.northwind, "metric": "active_users", "now": NOW}

    def put(amount: int, starts_on: date, **more: Any) -> Entitlement:
        return entitlements.put(**({"by": tom, "amount": Decimal(amount), "starts_on": starts_on} | given | more))

    put(10, date(2026, 1, 1))
    put(25, date(2026, 3, 1))
    put(30, date(2026, 3, 1))
    rows = Entitlement.objects.order_by("starts_on").values_list("amount", "starts_on", "ends_on")
    assert list(rows) == [
        (10, date(2026, 1, 1), date(2026, 2, 28)),
        (30, date(2026, 3, 1), None),
    ]
    assert RecomputeMark.objects.get().reason == "entitlements"
    for wrong, field in (
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"metric": "unheard_of"}, "metric"),
        ({"starts_on": date(2026, 2, 1)}, "ends_on"),
        ({"ends_on": date(2026, 2, 1)}, "ends_on"),
    ):
        with pytest.raises(DomainError) as caught:
            entitlements.put(**({"by": tom, "amount": Decimal(5), "starts_on": date(2026, 3, 1)} | given | wrong))
        assert caught.value.field == field, wrong
    for who in ("sam", "max", "sue"):
        with pytest.raises(NotAllowed):
            put(5, date(2026, 3, 1), by=cast.actor(who))


EVENTS = [
    {"event": "report_view", "at": "2026-02-24T10:20:00Z", "person": "a"},
    {"event": "report_view", "at": "2026-02-25T10:20:00Z", "person": "b", "count": 3},
    {"event": "limit_hit", "at": "2026-02-26T10:20:00Z", "person": "b"},
]


def test_events_count_once_by_week_and_a_week_is_final(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    cast.northwind.stage_periods.update(entered_at=datetime(2026, 1, 1, tzinfo=UTC))
    feature("reports")
    mine = {"organization_id": str(cast.northwind.public_id)}

    def send(rows: list[Any], who: Any = None, **more: Any) -> Any:
        body = {"source": "events", "features": {"report_view": "reports"}, "events": rows} | more
        return call(who or cast.tom, "post", "/api/v1/health/usage/", body)

    events = [event | mine for event in EVENTS]
    first, again = send(events).json(), send(events).json()
    assert (first["accepted"], first["weeks"], first["unknown_events"]) == (5, 1, ["limit_hit"])
    assert (again["accepted"], again["unchanged"]) == (0, 5)
    made = FeatureUse.objects.get()
    assert (made.uses, made.people, made.week_on) == (4, 2, date(2026, 2, 23))
    assert dict(Sample.objects.values_list("metric__key", "value")) == {"usage_events": 5, "active_users": 2}
    more = send([events[0]]).json()
    assert (more["code"], "a week is final" in more["errors"][0]["message"]) == ("rows_rejected", True)
    for wrong, field in (
        ({"at": "2026-03-10T00:00:00Z"}, "at"),
        ({"at": "2027-03-10T00:00:00Z"}, "at"),
        ({"at": "2020-03-10T00:00:00Z"}, "at"),
        ({"at": 7}, "at"),
        ({"event": " "}, "event"),
        ({"event": None}, "event"),
        ({"count": 0}, "count"),
        ({"count": True}, "count"),
        ({"count": 2.5}, "count"),
        ({"organization_id": "x"}, "organization_id"),
    ):
        answer = send([events[0] | wrong])
        assert (answer.status_code, answer.json()["errors"][0]["field"].split(".")[-1]) == (400, field), wrong
    assert send(events, cast.otto).json()["errors"][0]["field"] == "1.organization_id"
    assert send(events, features=[]).status_code == 400
    assert FeatureUse.objects.count() == 1


def test_files_of_events_are_read_by_their_mapping(cast: Cast, tmp_path: Path) -> None:
    Organization.objects.filter(pk=cast.northwind.pk).update(external_key="northwind")
    cast.northwind.stage_periods.update(entered_at=datetime(2020, 1, 1, tzinfo=UTC))
    feature("playback")
    file = tmp_path / "event.csv"
    file.write_text("name,time,distinct_id,more\nplays,2020-08-01 10:16:46,p1,\nplays,2020-08-01 11:16:46,p2,\n")
    given = {"mapping": MAPPINGS / "mixpanel_events.yaml", "email": "adam@vendor.example", "stdout": StringIO()}
    for said in ("2 events in 1 weeks", "0 events in 0 weeks of organizations, 2 here already"):
        given["stdout"] = out = StringIO()
        call_command("import_usage", file, **given)
        assert said in out.getvalue()
    assert FeatureUse.objects.get().uses == 2
    file.write_text("name,time,distinct_id\nplays,2019-08-01 10:16:46,p1\n")
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("import_usage", file, stderr=StringIO(), **given)


def test_the_pages_of_adoption_open_to_those_who_open_the_organization(cast: Cast) -> None:
    reports = feature("reports")
    use(cast.northwind, reports, 0, 12)
    address = f"/organizations/{cast.northwind.public_id}/health/adoption/"
    for name, status in {"tom": 200, "max": 200, "adam": 200, "sam": 403, "otto": 404, "connie": 404}.items():
        client = Client()
        client.force_login(getattr(cast, name))
        assert client.get(address).status_code == status, name
    tom = Client()
    tom.force_login(cast.tom)
    sent = {"metric": "active_users", "amount": "40", "starts_on": "2026-01-01", "ends_on": ""}
    assert tom.post(f"{address}entitlements/", sent | {"amount": "0"}).status_code == 422
    assert tom.post(f"{address}entitlements/", sent).status_code == 302
    text = tom.get(address).content.decode()
    assert "Reports" in text
    assert "Active users" in text
    found = Entitlement.objects.get()
    assert (
        tom.post(f"/organizations/{cast.birch.public_id}/health/adoption/entitlements/{found.pk}/remove/").status_code
        == 404
    )
    assert tom.post(f"{address}entitlements/{found.pk}/remove/").status_code == 302
    assert not Entitlement.objects.exists()
    lines = tom.post(f"{address}export/").getvalue().decode().splitlines()
    assert len(lines) == 2
    assert tom.get("/health/features/").status_code == 200
    assert tom.get("/health/features/new/").status_code == 403
    adam = Client()
    adam.force_login(cast.adam)
    new = {"key": "orders", "name": "Orders", "used_from": "3", "released_on": "2026-01-01"}
    assert adam.post("/health/features/new/", new | {"used_from": "x"}).status_code == 422
    assert adam.post("/health/features/new/", new).status_code == 302
    edit = f"/health/features/{Feature.objects.get(key='orders').public_id}/edit/"
    assert adam.get(edit).status_code == 200
    assert adam.post(edit, new | {"name": "All orders", "version": "1"}).status_code == 302
    assert "All orders" in adam.get("/health/features/").content.decode()


def test_adoption_is_read_through_the_api(cast: Cast) -> None:
    use(cast.northwind, feature("reports"), 0, 12)
    address = f"/api/v1/organizations/{cast.northwind.public_id}"
    found = call(cast.tom, "get", f"{address}/adoption/").json()
    assert [(row["key"], row["median_of_others"]) for row in found["features"]] == [("reports", None)]
    assert call(cast.sam, "get", f"{address}/adoption/").status_code == 403
    body = {"metric": "active_users", "amount": "40", "starts_on": "2026-01-01"}
    assert call(cast.tom, "post", f"{address}/entitlements/", body).status_code == 201
    assert call(cast.sam, "post", f"{address}/entitlements/", body).status_code == 403
    assert [row["amount"] for row in call(cast.max, "get", f"{address}/entitlements/").json()] == ["40.000000"]
    assert timezone.now() > NOW
    assert [row["key"] for row in call(cast.tom, "get", "/api/v1/health/features/").json()] == ["reports"]

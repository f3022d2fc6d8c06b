"""Samples: what is taken, what is refused at its row, and what happens when two come at once."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from common.errors import DomainError
from common.scope import Scope, scoped
from health.choices import SourceKind
from health.models import Metric, MetricHead, RecomputeMark, Sample
from health.rules.sample_reading import NoNumber
from health.services.ingest import IngestResult, ingest, store
from health.services.sources import hub_source, source_named
from partners.models import Organization
from tests.cast import Cast
from tests.factories.health_metrics import load_metrics, metric

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
DAY = "2026-03-08T00:00:00Z"


@pytest.fixture
def northwind(cast: Cast) -> Organization:
    """Known here since the first of January 2026."""
    load_metrics(
        metric("uptime", unit="percent", minimum=0, maximum=100),
        metric("balance", unit="count"),
        metric("owner_pulse", unit="points", collected=True),
        metric("old", unit="count"),
        now=NOW,
    )
    load_metrics(
        metric("uptime", unit="percent", minimum=0, maximum=100),
        metric("balance", unit="count"),
        metric("owner_pulse", unit="points", collected=True),
        now=NOW,
    )
    cast.northwind.stage_periods.update(entered_at=datetime(2026, 1, 1, tzinfo=UTC))
    return cast.northwind


def row(
    organization: Organization, metric: str = "uptime", at: Any = DAY, value: Any = 99, **more: Any
) -> dict[str, Any]:
    return {"organization_id": str(organization.public_id), "metric": metric, "at": at, "value": value, **more}


def bring(rows: list[Any], **more: Any) -> IngestResult:
    settings = {"source": source_named("api", SourceKind.API), "now": NOW, "by": None} | more
    return ingest(rows, **settings)


def kept() -> list[tuple[str, Decimal]]:
    return list(Sample.objects.order_by("metric__key", "at").values_list("metric__key", "value"))


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"value": NoNumber("NaN")}, "value", "a finite number"),
    ({"value": NoNumber("-Infinity")}, "value", "a finite number"),
    ({"value": float("nan")}, "value", "a finite number"),
    ({"value": Decimal("Infinity")}, "value", "a finite number"),
    ({"value": "99.5"}, "value", "a number such as 99.5, without quotes"),
    ({"value": None}, "value", "a number such as 99.5, without quotes"),
    ({"value": True}, "value", "a number such as 99.5, without quotes"),
    ({"value": [1]}, "value", "a number such as 99.5, without quotes"),
    ({"value": -1}, "value", "0 or more"),
    ({"value": Decimal("100.01")}, "value", "100 or less"),
    ({"metric": "balance", "value": 10**14}, "value", "a number of at most fourteen digits before the point"),
    ({"metric": "balance", "value": -(10**200)}, "value", "a number of at most fourteen digits before the point"),
    ({"metric": "balance", "value": Decimal("1e999999")}, "value", "at most fourteen digits"),
    ({"at": "2026-03-09T09:06:00Z"}, "at", "a moment that has passed; it is 2026-03-09T09:00:00+00:00 now"),
    ({"at": "9999-12-31T23:59:59-14:00"}, "at", "a moment that has passed"),
    ({"at": "2025-12-30T23:00:00Z"}, "at", "which is since 2026-01-01"),
    ({"at": "0001-01-01T00:00:00+14:00"}, "at", "which is since 2026-01-01"),
    ({"at": "2026-03-08T00:00:00"}, "at", "a moment with its offset"),
    ({"at": "2026-02-30T00:00:00Z"}, "at", "a moment with its offset"),
    ({"at": 1767225600}, "at", "a moment with its offset"),
    ({"at": {}}, "at", "a moment with its offset"),
    ({"metric": "unheard_of"}, "metric", "a metric of the policy"),
    ({"metric": ["uptime"]}, "metric", "a metric of the policy"),
    ({"metric": "old"}, "metric", "this one is retired"),
    ({"metric": "owner_pulse"}, "metric", "this one is computed by the hub"),
    ({"unit": "ratio"}, "unit", "percent: multiply ratios by 100"),
    ({"unit": "ms"}, "unit", "percent, which is the unit of this metric"),
    ({"unit": ["percent"]}, "unit", "percent, which is the unit of this metric"),
    ({"organization_id": str(uuid4())}, "organization_id", "an organization that you work on"),
    ({"organization_id": "northwind\0"}, "organization_id", "an organization that you work on"),
    ({"organization_id": 7}, "organization_id", "an organization that you work on"),
    ({"colour": "red"}, "colour", "no such field"),
]


def test_each_bad_row_is_refused_at_its_field_and_the_others_are_taken(northwind: Organization) -> None:
    good = row(northwind, at="2026-03-01T00:00:00+02:00", value=Decimal("99.1234565"))
    rows = [good] + [row(northwind) | wrong for wrong, _field, _expected in WRONG]
    rows += [{"metric": "uptime"}, "text", None, [1], {k: v for k, v in row(northwind).items() if k != "value"}]
    found = bring(rows, skip_bad=True)
    assert found.accepted == 1
    said = {one.row: (one.field, one.expected) for one in found.rejected}
    for number, (wrong, field, expected) in enumerate(WRONG, 2):
        assert said[number][0] == field, wrong
        assert expected in said[number][1], wrong
    last = len(WRONG) + 2
    required = "a value, since this field is required"
    an_object = "an object with organization, metric, at and value"
    assert [said[last + place] for place in range(5)] == [
        ("organization_id", required),
        ("", an_object),
        ("", an_object),
        ("", an_object),
        ("value", required),
    ]
    assert kept() == [("uptime", Decimal("99.123457"))]


def test_all_or_nothing_writes_nothing_for_one_bad_row_and_a_check_writes_nothing_at_all(
    northwind: Organization,
) -> None:
    rows = [row(northwind), row(northwind, at="2026-03-07T00:00:00Z", value="x")]
    found = bring(rows)
    assert (found.accepted, [one.row for one in found.rejected]) == (0, [2])
    assert bring(rows[:1], only_check=True).accepted == 1
    assert (kept(), MetricHead.objects.count(), RecomputeMark.objects.count()) == ([], 0, 0)


def test_the_same_again_is_no_news_and_another_value_is_refused_at_its_row(northwind: Organization) -> None:
    rows = [row(northwind), row(northwind, at="2026-03-08T02:00:00+02:00"), row(northwind, metric="balance", value=-3)]
    assert bring(rows) == IngestResult(accepted=2, unchanged=1)
    marked = RecomputeMark.objects.get()
    assert (marked.organization_id, marked.since) == (northwind.pk, NOW)
    again = bring(rows, now=NOW + timedelta(minutes=1))
    assert again == IngestResult(accepted=0, unchanged=3)
    assert RecomputeMark.objects.get().since == NOW
    other = bring([row(northwind), row(northwind, value=98), row(northwind, metric="balance", value=-4)], skip_bad=True)
    assert (other.accepted, other.unchanged) == (0, 1)
    assert [(one.row, one.field, one.found, one.expected) for one in other.rejected] == [
        (2, "value", "98.000000", "the same value as in row 1, which is of the same instant"),
        (3, "value", "-4.000000", "the value that is here: samples are added, never changed"),
    ]
    from_elsewhere = bring([row(northwind, value=98)], source=source_named("datadog", SourceKind.WEBHOOK))
    assert from_elsewhere.accepted == 1, "a source has samples of its own"
    with pytest.raises(DomainError, match="arrive in another way"):
        source_named("datadog", SourceKind.CSV)


def test_what_is_known_last_follows_samples_in_any_order(northwind: Organization) -> None:
    for day, value in ((5, 95), (2, 92), (7, 97), (3, 93)):
        bring([row(northwind, at=f"2026-03-0{day}T00:00:00Z", value=value)])
    head = MetricHead.objects.get()
    assert (head.first_at.day, head.last_at.day, head.last_value, head.samples) == (2, 7, Decimal(97), 4)


def test_a_foreign_organization_and_an_unknown_one_give_the_same_answer(cast: Cast, northwind: Organization) -> None:
    rows = [row(northwind), row(northwind) | {"organization_id": str(uuid4())}]
    for name, accepted in {"tom": 1, "adam": 1, "otto": 0, "max": 0, "sue": 0, "connie": 0, "nora": 0}.items():
        found = bring(rows, by=cast.actor(name), skip_bad=True, only_check=True)
        assert found.accepted == accepted, name
        assert {one.expected for one in found.rejected} == {"an organization that you work on"}, name


def test_what_the_hub_computes_is_written_without_marks_and_stays_as_it_was_first(northwind: Organization) -> None:
    for value in (60, 70):
        store([(northwind.pk, "owner_pulse", NOW, Decimal(value))], source=hub_source(), now=NOW, marks=False)
    assert kept() == [("owner_pulse", Decimal(60))]
    assert not RecomputeMark.objects.exists()
    months = [datetime(2026, month, 5, tzinfo=UTC) for month in (1, 2, 3)]
    store([(northwind.pk, "balance", at, Decimal(1)) for at in months], source=hub_source(), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'health_sample'::regclass"
            " AND inhrelid::regclass::text IN"
            " ('health_sample_2026_01', 'health_sample_2026_02', 'health_sample_2026_03')"
        )
        assert cursor.fetchone() == (3,), "each month has its partition"


def test_a_metric_that_has_samples_does_not_turn_and_one_that_has_none_may(northwind: Organization) -> None:
    bring([row(northwind)])
    rows = Metric.objects.order_by("key").values_list("key", "unit", "direction", "combine", "is_retired")
    before = list(rows)
    for turned in ({"direction": "less"}, {"unit": "points"}, {"combine": "sum"}):
        with pytest.raises(DomainError, match="uptime has samples") as caught, transaction.atomic():
            load_metrics(metric("uptime", **({"unit": "percent"} | turned)), metric("balance", unit="ms"), now=NOW)
        assert caught.value.field == f"metrics.uptime.{next(iter(turned))}"
    assert (
        list(Metric.objects.order_by("key").values_list("key", "unit", "direction", "combine", "is_retired")) == before
    )
    load_metrics(metric("uptime", unit="percent"), metric("balance", unit="ms", direction="less"), now=NOW)
    found = {one.key: (one.unit, one.direction, one.is_retired) for one in Metric.objects.all()}
    assert found["balance"] == ("ms", "less", False)
    assert found["owner_pulse"] == ("points", "more", True)


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_write_each_sample_once(northwind: Organization) -> None:
    rows = [row(northwind, at=f"2026-02-{day:02}T00:00:00Z") for day in range(1, 21)]
    results: list[IngestResult] = []
    source = source_named("api", SourceKind.API)

    def write(sent: list[Any]) -> None:
        try:
            with scoped(Scope.all()):
                results.append(bring(sent, source=source))
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(sent,)) for sent in (rows, rows[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((found.accepted, found.unchanged) for found in results) == [(0, 20), (20, 0)]
    assert MetricHead.objects.get().samples == 20

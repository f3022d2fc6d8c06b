"""Runs over all organizations: killed anywhere, begun twice, shared by workers: snapshots once, the same digits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection, connections, transaction

from common.scope import Scope, scoped
from health.choices import SourceKind
from health.collectors.registry import collector, unregister
from health.models import HealthRun, HealthState, RecomputeMark, RunPart, Sample, Snapshot
from health.services import runs
from health.services.ingest import store
from health.services.sources import source_named
from partners.models import Organization, OrganizationFacts
from tests.factories.partners import make_organization

DAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
KILLS = 100
MOST = 11
"""Statements of one organization whose band does not turn: the marks, what is in force, what is known, and what becomes
of it."""


class Killed(Exception):
    pass


def world(count: int) -> list[Organization]:
    """Partners with two days of samples, and one of each day's collected ones."""
    rng, source = Random(3), source_named("feed", SourceKind.API)
    found = [make_organization(stage="post_launch", at=NOW - timedelta(days=400)) for _number in range(count)]
    rows = [
        (one.pk, metric, NOW - timedelta(hours=hours), Decimal(rng.randrange(50, 101)))
        for one in found
        for metric in ("order_success_rate", "uptime", "feature_adoption", "owner_pulse", "throughput")
        for hours in (5, 29, 1000)
    ]
    store(rows, source=source, now=NOW, marks=False)
    return found


@pytest.fixture
def counted() -> Iterator[None]:
    """A collector that knows one figure of every organization."""
    collector("figures", "csat")(lambda ids, at: [(pk, "csat", Decimal(pk % 5 + 1)) for pk in ids])
    yield
    unregister("figures")


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(runs, "enqueue_on_commit", lambda name, **_ids: names.append(name))
    monkeypatch.setattr(runs, "LEAST_PART", 1)
    return names


def written() -> list[Any]:
    """Everything a run has written, but for keys that count up."""
    snapshots = Snapshot.objects.order_by("organization_id", "card", "day", "occasion").values_list(
        "organization_id", "card", "day", "occasion", "score", "band", "inputs_hash", "receipt", "computed_at"
    )
    states = HealthState.objects.order_by("organization_id", "card").values_list(
        "organization_id", "card", "score", "band", "band_since", "moved", "reason", "daily", "inputs_hash"
    )
    facts = OrganizationFacts.objects.order_by("pk").values_list("pk", "health_band", "health_score", "health_at")
    samples = Sample.objects.order_by("organization_id", "metric_id", "at").values_list(
        "organization_id", "at", "value"
    )
    return [list(snapshots), list(states), list(facts), list(samples)]


@pytest.mark.django_db
def test_killed_a_hundred_times_anywhere_it_writes_what_one_undisturbed_run_does(
    counted: None, queued: list[str]
) -> None:
    partners = world(5)
    with transaction.atomic():
        runs.run_day(day=DAY, now=NOW)
        wanted = written()
        transaction.set_rollback(True)
    assert len(wanted[0]) >= len(partners)

    rng, kills = Random(11), 0
    run = runs.begin(day=DAY, now=NOW)
    assert RunPart.objects.filter(run=run).count() == 5
    while HealthRun.objects.get(pk=run.pk).state == "running":
        for _kill in range(KILLS // 5):
            left = rng.randrange(1, 26)
            with pytest.raises(Killed):
                _killed_part(run, left, NOW + timedelta(minutes=kills))
            kills += 1
        runs.go_on(run_id=run.pk, now=NOW + timedelta(hours=3))
    assert kills >= KILLS
    assert written() == wanted
    run.refresh_from_db()
    assert (run.done, run.total, run.ended_at is not None) == (5, 5, True)
    assert not runs.go_on(run_id=run.pk, now=NOW)
    assert runs.run_day(day=DAY, now=NOW + timedelta(hours=9)) == run, "a second run is the first one"
    assert written() == wanted


def _killed_part(run: HealthRun, left: int, now: datetime) -> None:
    """One part that dies after so many statements, at the latest when all it lacks is its commit."""
    with transaction.atomic(), connection.execute_wrapper(_killer(left)):
        runs.go_on(run_id=run.pk, now=now)
        raise Killed


def _killer(left: int) -> Callable[..., Any]:
    """Lets so many statements pass and kills at the next one."""
    remaining = [left]

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        remaining[0] -= 1
        if remaining[0] < 0:
            raise Killed
        return execute(sql, params, many, context)

    return wrapper


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_and_two_workers_at_once_compute_everybody_once(queued: list[str]) -> None:
    with scoped(Scope.all()):
        partners = world(6)
    gate = threading.Barrier(2)
    failed: list[Exception] = []

    def work() -> None:
        try:
            gate.wait(timeout=30)
            with scoped(Scope.all()):
                runs.keep_going(now=NOW)
            with scoped(Scope.all()):
                run_id = HealthRun.objects.get().pk
            for _turn in range(20):
                with scoped(Scope.all()):
                    runs.go_on(run_id=run_id, now=NOW)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not failed
    with scoped(Scope.all()):
        run = HealthRun.objects.get()
        assert (run.state, run.done, run.total) == ("done", 6, 6)
        main = Snapshot.objects.daily().filter(is_main=True).values_list("organization_id", flat=True)
        assert sorted(main) == sorted(partner.pk for partner in partners)


@pytest.mark.django_db
def test_the_scheduler_begins_a_day_once_and_takes_up_what_rests(queued: list[str]) -> None:
    """The day is that of the reporting zone; a run that moves is left alone; who comes later is computed with it."""
    world(2)
    (run,) = runs.keep_going(now=NOW)
    assert queued == ["health.compute_part"] * runs.WORKERS
    assert runs.keep_going(now=NOW + timedelta(minutes=1)) == []
    assert runs.keep_going(now=NOW + timedelta(minutes=3)) == [run]
    late = make_organization(stage="post_launch", at=NOW - timedelta(days=1))
    while runs.go_on(run_id=run.pk, now=NOW + timedelta(minutes=4)):
        pass
    assert Snapshot.objects.filter(organization=late).exists()
    assert runs.keep_going(now=NOW + timedelta(hours=5)) == []
    (following,) = runs.keep_going(now=runs.end_of(DAY) + timedelta(microseconds=1))
    assert following.day == DAY + timedelta(days=1)
    assert runs.instant_of(DAY, NOW + timedelta(days=9)) == runs.end_of(DAY)


@pytest.mark.django_db
def test_marks_are_computed_and_taken_away(counted: None, queued: list[str]) -> None:
    """Samples compute; what else happened takes the figures of the hub along; what comes later keeps its mark."""
    one, other, later = world(3)
    runs.run_day(day=DAY, now=NOW)
    at = NOW + timedelta(hours=1)
    store([(one.pk, "uptime", at, Decimal(10))], source=source_named("feed", SourceKind.API), now=at)
    unregister("figures")
    collector("figures", "csat")(
        lambda ids, at: [(pk, "csat", Decimal(1 if pk == other.pk else pk % 5 + 1)) for pk in ids]
    )
    RecomputeMark.objects.create(organization=other, since=at, reason="pulse:7")
    RecomputeMark.objects.create(organization=later, since=at + timedelta(hours=2), reason="samples")
    assert runs.compute_marked(now=at) == 2
    assert list(RecomputeMark.objects.values_list("organization_id", flat=True)) == [later.pk]
    occasions = {
        snapshot.organization_id: snapshot.occasion
        for snapshot in Snapshot.objects.filter(is_main=True).exclude(occasion="daily")
    }
    assert occasions[other.pk] == "pulse:7"
    assert occasions[one.pk].startswith("change:")
    assert later.pk not in occasions
    collected = Sample.objects.filter(metric__key="csat", at=at)
    assert [row.organization_id for row in collected] == ([other.pk] if other.pk % 5 else [])


@pytest.mark.django_db
def test_one_organization_after_a_sample_takes_few_statements(queued: list[str]) -> None:
    """What is the same for all of them is read once, and what belongs together in one statement."""
    (one,) = world(1)
    runs.run_day(day=DAY, now=NOW)
    at = NOW + timedelta(hours=1)
    store([(one.pk, "uptime", at, Decimal(10))], source=source_named("feed", SourceKind.API), now=at)
    asked: list[str] = []

    def seen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(seen):
        assert runs.compute_marked(now=at) == 1
    counted = [sql for sql in asked if not sql.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(counted) <= MOST, counted
    assert HealthState.objects.main().get(organization=one).computed_at == at

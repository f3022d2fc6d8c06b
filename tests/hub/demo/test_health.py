"""Health in the demo world: samples of a season, stories among the steady ones, bands that say why."""

from collections import Counter

from django.utils import timezone

from health.models import FeatureUse, HealthState, MetricHead, Pulse, Sample, Snapshot
from partners.models import Organization


def test_what_runs_is_measured_and_of_what_is_being_tested_three_metrics() -> None:
    now = timezone.now()
    measured = Organization.objects.filter(
        pk__in=Sample.objects.filter(source__key="monitoring").values("organization")
    )
    assert set(measured.values_list("stage", flat=True)) == {"post_launch", "live", "gate_2", "gate_3"}
    tested = Sample.objects.filter(source__key="monitoring", organization__stage__in=["gate_2", "gate_3"])
    known = {"order_success_rate", "uptime", "performance_targets_met"}
    assert set(tested.order_by().values_list("metric__key", flat=True).distinct()) == known
    assert measured.count() >= 40
    assert not Sample.objects.filter(at__gt=now).exists()
    heads = MetricHead.objects.filter(organization__in=measured)
    assert sum(heads.values_list("samples", flat=True)) >= 20_000
    assert FeatureUse.objects.values("organization").distinct().count() >= 40
    assert set(Pulse.objects.values_list("value", flat=True)) == {"green", "yellow", "red"}


def test_most_are_well_and_the_stories_show() -> None:
    found = {state.organization_id: state for state in HealthState.objects.main().select_related("organization")}
    launched = [state for state in found.values() if state.organization.stage in ("post_launch", "live")]
    bands = Counter(state.band for state in launched)
    assert bands["green"] > len(launched) / 2, bands
    assert bands["grey"] >= 2, bands
    assert bands["red"] + bands["yellow"] >= 4, bands
    assert Snapshot.objects.daily().values("day").distinct().count() == 8

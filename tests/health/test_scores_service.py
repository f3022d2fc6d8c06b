"""Computing writes snapshots once, what is shown follows them, and people hear when a band turns."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Notification
from health.choices import SourceKind
from health.models import BandOverride, HealthState, Snapshot
from health.policies import HealthPolicies, card_of_version, policies_in_force
from health.rules import receipts
from health.selectors.replaying import replay_all
from health.services import scores
from health.services.ingest import store
from health.services.sources import source_named
from partners.models import Organization, OrganizationFacts, TimelineEntry
from tests.cast import Cast
from tests.factories.partners import make_organization

DAY = date(2026, 11, 2)
GOOD: dict[str, Any] = {
    "order_success_rate": 99,
    "error_rate": Decimal("0.3"),
    "uptime": Decimal("99.95"),
    "latency_p95": 200,
}
GOOD |= {"resource_utilization": 50, "sla_compliance": 99, "open_criticals": 0, "feature_adoption": 90}
GOOD |= {"underused_features": 0, "cadence_kept": 95, "contact_coverage": 100, "owner_pulse": 100, "csat": 5}
BAD: dict[str, Any] = {
    "order_success_rate": 91,
    "error_rate": 5,
    "uptime": 97,
    "latency_p95": 3000,
    "resource_utilization": 95,
}
BAD |= {"sla_compliance": 70, "feature_adoption": 20, "underused_features": 8, "cadence_kept": 40, "csat": 2}

pytestmark = pytest.mark.django_db


def at_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def steady(**fields: Any) -> Organization:
    return make_organization(kind="partner", stage="post_launch", at=at_of(DAY) - timedelta(days=500), **fields)


def samples(organization: Organization, day: date, values: dict[str, Any]) -> None:
    at = at_of(day) - timedelta(hours=5)
    rows = [(organization.pk, metric, at, Decimal(str(value))) for metric, value in values.items()]
    store(rows, source=source_named("feed", SourceKind.API), now=at, marks=False)


def computed(
    day: date,
    *organizations: Organization,
    occasion: str = "daily",
    hours: int = 0,
    policies: HealthPolicies | None = None,
) -> list[scores.Outcome]:
    at = at_of(day) + timedelta(hours=hours)
    ids = [one.pk for one in organizations]
    return scores.compute(ids, at=at, day=day, occasion=occasion, now=at, policies=policies)


def main_state(organization: Organization) -> HealthState:
    return HealthState.objects.main().get(organization=organization)


def test_days_follow_each_other_and_are_told(cast: Cast) -> None:
    """A good day, a bad one, a change within it, a band set by hand; each snapshot replays to the same digit."""
    partner = steady(owners={"tam": cast.tom})
    samples(partner, DAY, GOOD)
    heard: list[scores.Outcome] = []
    scores.on_band_change(lambda turns, now: heard.extend(turns))
    (first, *_beside) = computed(DAY, partner)
    assert (first.card, first.band_before, first.band, first.is_turn) == ("partner_steady", "", "green", False)
    facts = OrganizationFacts.objects.get(organization=partner)
    assert (facts.health_band, facts.health_score, facts.health_changed_on) == (
        "green",
        first.receipt.scored.score,
        DAY,
    )
    assert computed(DAY, partner) == [], "the day is computed already"

    # The next day everything is bad: red at once, since it is far across, and everybody concerned hears of it.
    later = DAY + timedelta(days=1)
    samples(partner, later, BAD)
    (second, *_beside) = computed(later + timedelta(days=29), partner)
    assert second.band in ("yellow", "red")
    assert second.is_turn
    assert heard == [second]
    entry = TimelineEntry.objects.get(organization=partner, kind="health", data__what="band")
    assert entry.data["from"] == "green"
    assert entry.data["to"] == second.band
    assert entry.body
    assert Notification.objects.filter(user=cast.tom, kind="health_bands").count() == 1
    state = main_state(partner)
    change, score = second.receipt.change, first.receipt.scored.score or 0
    assert second.receipt.scored.score == score + (change.total or 0)
    assert change.total == state.moved == change.behavior + change.evidence + change.version

    # Within the day: nothing new writes nothing; a pulse does; the counter of days does not move.
    today = later + timedelta(days=29)
    assert computed(today, partner, occasion="change", hours=1) == []
    samples(partner, today, {"csat": 1})
    (change_now, *_beside) = computed(today, partner, occasion="change", hours=2)
    assert change_now.occasion == f"change:{change_now.receipt.inputs_hash[:12]}"
    assert main_state(partner).daily == state.daily
    assert main_state(partner).daily_on == today

    # Set by hand: shown, the computed one beside it; and nothing is shown of it once it has ended.
    now = at_of(today) + timedelta(hours=3)
    made = BandOverride.objects.create(
        organization=partner,
        band="green",
        reason="Known",
        set_by=cast.tom,
        started_at=now,
        until=now + timedelta(days=9),
    )
    computed(today, partner, occasion=f"override:{made.pk}", hours=3)
    state = main_state(partner)
    assert (state.band, state.computed_band, state.reason["code"]) == ("green", change_now.band, "override")
    BandOverride.objects.filter(pk=made.pk).update(ended_at=now + timedelta(minutes=1))
    computed(today, partner, occasion="change", hours=4)
    assert main_state(partner).band == change_now.band

    said = StringIO()
    call_command("health_replay", "--organization", str(partner.public_id), "--from", DAY.isoformat(), stdout=said)
    assert "snapshots agree to the digit" in said.getvalue()
    for snapshot in Snapshot.objects.filter(organization=partner):
        receipt = receipts.from_json(snapshot.receipt)
        card = card_of_version(snapshot.card, snapshot.card_version)
        assert card is not None
        assert receipts.replay(receipt, card) == receipt
        assert receipt.inputs_hash == snapshot.inputs_hash
        assert snapshot.score == receipt.scored.score


def test_a_replay_names_what_differs() -> None:
    """A receipt that was tampered with, one that cannot be read, one whose scorecard is gone."""
    partner = steady()
    samples(partner, DAY, GOOD)
    computed(DAY, partner)
    (whole,) = Snapshot.objects.filter(organization=partner, is_main=True)
    assert replay_all([whole]).same == 1
    other = deepcopy(whole)
    other.receipt["evidence"]["csat"][1] = "4.900000"
    unreadable = deepcopy(whole)
    del unreadable.receipt["state"]
    gone = deepcopy(whole)
    gone.card_version = 99
    shown = deepcopy(whole)
    shown.score = (whole.score or Decimal(0)) - Decimal("0.01")
    found = replay_all([whole, other, unreadable, gone, shown])
    assert (found.same, found.other) == (1, 4)
    for text, line in zip(("inputs", "cannot be read", "is gone", "instead of"), found.named, strict=True):
        assert text in line


def test_a_day_that_is_computed_late_changes_nothing_that_is_shown(cast: Cast) -> None:
    """Its snapshot follows the one before it; the state and what is shown stay those of the latest day."""
    partner = steady()
    samples(partner, DAY, GOOD)
    computed(DAY, partner)
    computed(DAY + timedelta(days=2), partner)
    before = (main_state(partner).day, OrganizationFacts.objects.get(organization=partner).health_at)
    (late, *_beside) = computed(DAY + timedelta(days=1), partner)
    assert not late.is_latest
    assert Snapshot.objects.daily().filter(organization=partner, is_main=True).count() == 3
    assert (main_state(partner).day, OrganizationFacts.objects.get(organization=partner).health_at) == before
    receipt = receipts.from_json(
        Snapshot.objects.on(DAY + timedelta(days=1)).get(organization=partner, is_main=True).receipt
    )
    assert receipt.change.total is not None


def test_the_card_follows_the_stage() -> None:
    """Another stage, another card: one makes the band at a time, what was computed by the other stays."""
    partner = make_organization(kind="partner", stage="gate_3", at=at_of(DAY) - timedelta(days=90))
    samples(partner, DAY, GOOD)
    computed(DAY, partner)
    assert main_state(partner).card == "partner_launch"
    Organization.objects.filter(pk=partner.pk).update(stage="post_launch")
    (outcome, *_beside) = computed(DAY + timedelta(days=1), partner)
    assert main_state(partner).card == outcome.card == "partner_steady"
    assert Snapshot.objects.filter(organization=partner, card="partner_launch").exists()


def test_statements_do_not_follow_the_number_of_organizations() -> None:
    """A chunk takes as many statements as one organization."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    partners = [steady() for _number in range(12)]
    for partner in partners:
        samples(partner, DAY, GOOD)
    policies = policies_in_force()
    counts = []
    for chunk in (partners[:2], partners[2:]):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            computed(DAY, *chunk, policies=policies)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert HealthState.objects.main().count() == 12
    assert timezone.is_aware(HealthState.objects.main()[0].computed_at)

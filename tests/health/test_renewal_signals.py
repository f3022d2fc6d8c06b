"""A band that turned has renewals judged anew, by what health and the desk know of the organization today."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from partners.models import Organization, Renewal
from partners.renewal_signals import figures_above
from partners.services import renewal_verdicts
from partners.tasks import judge_renewals_of
from tests.factories.tickets import make_queue, make_ticket
from tests.health.test_adoption import NOW, feature, use
from tests.health.test_scores_service import BAD, DAY, GOOD, at_of, computed, samples, steady
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def critical(partner: Organization, now: datetime) -> None:
    made = make_ticket(make_queue(), partner, now=now)
    Ticket.objects.filter(pk=made.pk).update(priority="critical")


def test_a_turn_asks_a_worker_and_a_critical_ticket_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, int | str]]] = []
    monkeypatch.setattr(renewal_verdicts, "enqueue_on_commit", lambda name, **ids: asked.append((name, ids)))
    now, partner, other = at_of(DAY), steady(), steady()
    made = Renewal.objects.create(organization=partner, amount=9, due_on=DAY + timedelta(days=300))
    for one in (partner, other):
        samples(one, DAY, GOOD)
    computed(DAY, partner, other)
    assert asked == [], "the first band of all turns nothing"
    later = DAY + timedelta(days=1)
    for one in (partner, other):
        samples(one, later, BAD)
    turned = [one for one in computed(DAY + timedelta(days=30), partner, other) if one.is_turn]
    assert {one.organization_id for one in turned} == {partner.pk, other.pk}
    assert asked == [("partners.judge_renewals_of", {"organization_id": partner.pk})]

    critical(partner, now)
    judge_renewals_of(organization_id=partner.pk)
    made.refresh_from_db()
    assert "criticals" in {reason["code"] for reason in made.machine_reason}
    assert made.machine_verdict in ("at_risk", "leave")

    monkeypatch.setattr(renewal_verdicts, "ONE_BY_ONE", 0)
    asked.clear()
    renewal_verdicts.queue_judging([partner.pk, other.pk])
    assert asked == [("partners.judge_renewals", {})]


def test_what_is_known_above_is_a_figure_and_what_is_not_is_none() -> None:
    partner, quiet = steady(), steady()
    critical(partner, NOW - timedelta(days=1))
    for key, uses in (("orders", 40), ("reports", 1)):
        use(partner, feature(key), 1, uses)
    found = figures_above([partner.pk, quiet.pk], NOW)
    assert found == {partner.pk: {"adoption": Decimal(50), "open_criticals": Decimal(1)}}

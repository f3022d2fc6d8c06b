"""What the hub computes of organizations: each figure by hand, nothing where nothing is known, as it was then."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model

from health.collectors.registry import collectors
from health.models import Sample
from health.services import collecting
from partners.gate_checks import Asked, known_checks
from partners.models import CommitmentChange, InteractionContact, Organization, Touchpoint
from tests.cast import Cast
from tests.factories.health import make_health
from tests.factories.partners import make_contact, make_interaction, make_organization
from tests.factories.surveys import make_survey
from tests.factories.tasks import make_commitment, make_review, make_task
from tests.factories.tickets import MONDAY, make_queue, make_ticket
from tickets.models import Incident, IncidentOrganization, SlaClock, Ticket

AT = MONDAY + timedelta(hours=3)
TODAY = AT.date()

pytestmark = pytest.mark.django_db


def day(days_ago: int) -> date:
    return TODAY - timedelta(days=days_ago)


def moment(days_ago: int) -> datetime:
    return AT - timedelta(days=days_ago)


def made_long_ago(*rows: Model) -> None:
    for row in rows:
        type(row)._default_manager.filter(pk=row.pk).update(created_at=moment(300))


def relations(partner: Organization, cast: Cast) -> None:
    """Meetings, people, promises, tasks and answers."""
    for days_ago, state in (
        (5, "done"),
        (20, "done"),
        (30, "skipped"),
        (40, "planned"),
        (-5, "planned"),
        (200, "done"),
    ):
        done = {"closed_at": moment(max(days_ago, 1))} if state != "planned" else {}
        reason = {"skip_reason": "Away"} if state == "skipped" else {}
        Touchpoint.objects.create(
            organization=partner, kind="check_in", planned_on=day(days_ago), state=state, **done, **reason
        )
    known = make_contact(partner, role="champion")
    made_long_ago(known, make_contact(partner, role="executive"))
    talk = make_interaction(partner, cast.tom, happened_at=moment(12))
    InteractionContact.objects.create(organization=partner, interaction=talk, contact=known)
    make_interaction(partner, cast.tom, happened_at=moment(2), is_two_way=False)
    for days_ago, state, closed_on in ((10, "kept", 11), (20, "kept", 15), (30, "broken", 29), (5, "open", None)):
        closed: dict[str, Any] = {}
        if closed_on is not None:
            closed = {"closed_at": moment(closed_on), "closed_on": day(closed_on)}
        make_commitment(partner, due_on=day(days_ago), state=state, made_at=moment(60), **closed)
    make_commitment(partner, due_on=day(-3), made_at=moment(1))
    # Kept by a day that was agreed in time; and by one that was agreed once the day before it was over.
    for agreed_ago, was_due_ago in ((30, 25), (22, 25)):
        moved = make_commitment(partner, due_on=day(18), made_at=moment(60), state="kept", closed_on=day(19),
                                closed_at=moment(19))  # fmt: skip
        CommitmentChange.objects.create(
            organization=partner,
            commitment=moved,
            was_due_on=day(was_due_ago),
            due_on=day(18),
            reason="Asked for",
            changed_at=moment(agreed_ago),
        )
    # Moved again after that instant: then its day was another one, and it was overdue.
    later = make_commitment(partner, due_on=day(-40), made_at=moment(60))
    CommitmentChange.objects.create(
        organization=partner,
        commitment=later,
        was_due_on=day(4),
        due_on=day(-40),
        reason="Asked for",
        changed_at=moment(-1),
    )
    finished = [make_task(partner, due_on=day(8), state="done", done_at=moment(days)) for days in (9, 3)]
    skipped = make_task(partner, state="skipped", skip_reason="Not needed")
    made_long_ago(*finished, skipped, make_task(partner, due_on=day(-8)), make_task(partner, due_on=day(1)))
    make_survey(known, score=4, at=moment(10))
    make_survey(known, score=1, at=moment(200))
    make_survey(known, score=5, at=moment(-2))


def desk(partner: Organization) -> None:
    """Two tickets of yesterday, one critical and solved, one critical and open, and an incident for all."""
    queue = make_queue()
    tickets = [make_ticket(queue, partner, now=moment(1)) for _number in range(3)]
    tickets.append(make_ticket(queue, partner, now=moment(9)))
    critical = Ticket.objects.filter(pk__in=[tickets[0].pk, tickets[3].pk])
    critical.update(priority="critical")
    Ticket.objects.filter(pk=tickets[3].pk).update(status="solved", solved_at=moment(4), first_solved_at=moment(4))
    SlaClock.objects.filter(ticket__in=tickets).delete()
    for ticket, fields in zip(
        tickets,
        (
            {"state": "met", "stopped_at": moment(2)},
            {"state": "met", "stopped_at": moment(40)},
            {"state": "breached", "breached_at": moment(3), "breach_at": moment(3)},
            {"state": "running", "breach_at": AT + timedelta(days=1)},
        ),
        strict=True,
    ):
        values = {"metric": "resolution", "cycle": 1, "started_at": moment(50), **fields}
        SlaClock.objects.create(organization=partner, ticket=ticket, **values)
    incident = Incident.objects.create(
        title="Orders fail", queue=queue, severity="s1", started_at=moment(1), declared_at=moment(1)
    )
    IncidentOrganization.objects.create(incident=incident, organization=partner, added_at=moment(1))


def test_every_figure_by_hand(cast: Cast) -> None:
    partner = make_organization(stage="gate_3", at=moment(100))
    silent = make_organization(stage="gate_3", at=moment(100))
    relations(partner, cast)
    desk(partner)
    ids = [partner.pk, silent.pk]

    added = collecting.collect(ids, at=AT, now=AT)

    found = {row.metric.key: row.value for row in Sample.objects.filter(organization=partner).select_related("metric")}
    assert found == {
        "cadence_kept": Decimal(50),
        "contact_coverage": Decimal("33.333333"),
        "days_since_contact": Decimal(12),
        "commitments_kept": Decimal("28.571429"),
        "gate_progress": Decimal(50),
        "plan_progress": Decimal("33.333333"),
        "csat": Decimal(4),
        "sla_compliance": Decimal(50),
        "open_criticals": Decimal(2),
        "tickets_opened": Decimal(3),
    }
    assert added == len(found)
    assert not Sample.objects.filter(organization=silent).exists()

    # Again, within a day: what is known already is not said again, and what is new is.
    assert collecting.collect(ids, at=AT, now=AT) == 0
    later = AT + timedelta(minutes=30)
    assert collecting.collect(ids, at=later, now=later, only_new=True) == 0
    Ticket.objects.filter(organization=partner, priority="critical").update(priority="low")
    assert collecting.collect(ids, at=later, now=later, only_new=True) == 1
    assert Sample.objects.get(at=later).value == 1


def test_collectors_name_metrics_of_the_policy() -> None:
    from health.policies import policies_in_force

    metrics = policies_in_force().metrics
    named = [metric for collector in collectors() for metric in collector.metrics]
    assert len(named) == len(set(named)), "one collector computes a metric"
    assert all(metrics[metric].is_collected for metric in named)


def test_a_gate_waits_for_health_that_is_at_least_yellow(cast: Cast) -> None:
    partner = make_organization(stage="gate_3", at=moment(100))
    (check,) = (check for check in known_checks() if check.name == "health_at_least_yellow")
    asked = Asked(organization=partner, review=make_review(partner), now=AT)
    state = check.check(asked)
    assert (state.is_met, state.params["words"]) == (False, "Health has not been computed yet.")
    make_health(partner)
    assert check.check(asked).is_met
    make_health(partner, day=date(2026, 3, 3), override="red")
    state = check.check(asked)
    assert not state.is_met
    assert "Red" in state.params["words"]
    assert "Tom Okafor" in state.params["words"]

"""The desk of the demo world: ninety days of tickets, some of them close to their promise."""

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import Absence, Notification, User
from accounts.selectors.rota_pages import rota_cards
from common.models import Outbox
from partners.models import Contact
from tickets.models import Message, Queue, SlaClock, SlaTimer, Ticket
from tickets.selectors.sla_states import states
from tickets.services.sweeping import fire_due


def test_three_hundred_tickets_of_ninety_days() -> None:
    now = timezone.now()
    assert 290 <= Ticket.objects.count() <= 310
    assert Ticket.objects.filter(opened_at__gt=now - timedelta(days=92)).count() == Ticket.objects.count()
    counted = Counter(Ticket.objects.values_list("status", flat=True))
    assert set(counted) == {"new", "open", "pending", "on_hold", "solved", "closed"}
    assert counted["closed"] > 200
    assert 25 <= sum(counted[status] for status in ("new", "open", "pending", "on_hold")) <= 50
    assert Ticket.objects.filter(organization__isnull=True).count() == 3
    assert Ticket.objects.filter(reopened__gt=0).count() > 10
    assert Ticket.objects.filter(is_technical_escalation=True, escalated_at__isnull=False).count() > 10
    assert Queue.objects.annotate(held=Count("tickets")).filter(held=0).count() == 0


def test_most_promises_were_kept_and_some_were_not() -> None:
    answered = SlaClock.objects.filter(metric__in=("first_response", "next_response"))
    met, broken = answered.filter(state="met").count(), answered.filter(breached_at__isnull=False).count()
    assert broken > 20
    assert 0.7 < met / (met + broken) < 0.97
    assert set(SlaClock.objects.values_list("state", flat=True)) >= {"met", "breached", "running", "paused"}


def test_some_breach_soon_and_what_passed_was_told() -> None:
    now = timezone.now()
    assert Ticket.objects.unsolved().filter(breaches_at__range=(now, now + timedelta(hours=2))).exists()
    assert not SlaTimer.objects.filter(fired_at__isnull=True, fire_at__lt=now - timedelta(minutes=5)).exists()
    assert not Outbox.objects.filter(done_at__isnull=True).exists()
    assert not Notification.objects.filter(mailed_at__isnull=True).exists()
    with transaction.atomic():
        assert fire_due(now=now + timedelta(hours=2)) > 0
        transaction.set_rollback(True)


def test_clocks_say_what_the_events_say() -> None:
    now = timezone.now()
    for ticket in Ticket.objects.order_by("pk")[::25]:
        seen = {
            (one.metric.value, one.cycle): one.stopped_at for one in states(ticket, list(ticket.events.all()), now=now)
        }
        assert seen == {(one.metric, one.cycle): one.stopped_at for one in ticket.clocks.all()}


def test_everybody_of_the_desk_finds_work_and_the_contact_their_own() -> None:
    for name, least in (("support", 150), ("senior", 10), ("supportlead", 290), ("tam", 5), ("contact", 5)):
        user = User.objects.get(email=f"{name}@demo.example")
        contact = Contact.objects.filter(user=user).first()
        actor = actor_for(user, organization_id=contact.organization_id if contact else None)
        assert Ticket.objects.visible_to(actor).count() >= least, name


def test_conversations_read_like_some() -> None:
    threads = Ticket.objects.annotate(said=Count("messages")).filter(said__gte=4)
    assert threads.count() > 60
    assert not Message.objects.filter(sent_at__lt=F("ticket__opened_at")).exists()


def test_somebody_is_on_call_and_a_hole_is_to_be_found() -> None:
    (card,) = rota_cards(actor_for(User.objects.get(email="supportlead@demo.example")), now=timezone.now())
    assert (card.now.is_hole, card.holes) == (False, 1)
    away = Absence.objects.filter(user__email__in=["support2@demo.example", "csm2@demo.example"])
    assert (away.count(), Absence.objects.count()) == (2, 10)

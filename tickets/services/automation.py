"""Rules of automation at work: each fires once per ticket and occasion, and what it did is logged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.services.notifications import notify
from common.errors import DomainError
from common.policy_cache import active_policy
from common.scope import Scope, scoped
from tickets import notices
from tickets.choices import UNSOLVED, TicketStatus
from tickets.models import Firing, Ticket, TicketEvent
from tickets.rules.automation import AutomationFacts, AutomationPack, AutomationRule, event_of
from tickets.rules.sla_packs import Told
from tickets.selectors.rule_effects import effect_of, named_by
from tickets.selectors.told import Whose, listeners
from tickets.services.changes import change_by_rule
from tickets.services.macros import count_use
from tickets.services.rule_texts import say_by_rule

PACK = "automation"
CHUNK = 500
LATELY = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Due:
    """A rule that would fire on a ticket, and for what."""

    ticket: Ticket
    rule: AutomationRule
    occasion: str


def rules_in_force() -> AutomationPack | None:
    """The rules that count; None while none are loaded. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, AutomationPack) else None


def on_event(event: TicketEvent, *, now: datetime) -> int:
    """Let the rules fire that this event sets off; how many. The caller sees all organizations."""
    pack = rules_in_force()
    on = event_of(event.kind, event.side, event.changes, event.data)
    if pack is None or on is None:
        return 0
    ticket = _tickets().get(pk=event.ticket_id)
    rules = pack.for_event(on, facts_of([ticket])[ticket.pk])
    found = (Due(ticket=ticket, rule=rule, occasion=f"event:{event.pk}") for rule in rules)
    return sum(fire(due, version=pack.version, now=now) for due in found)


def run_time_rules(*, now: datetime, after: int = 0) -> int:
    """Let the time rules fire on a chunk of tickets; the id to go on from, 0 at the end. Safe to run twice."""
    pack = rules_in_force()
    if pack is None or not pack.time_rules:
        return 0
    with scoped(Scope.all()):
        found, last = due_now(pack, now=now, after=after)
        for due in found:
            fire(due, version=pack.version, now=now)
    return last


def due_now(pack: AutomationPack, *, now: datetime, after: int = 0, size: int = CHUNK) -> tuple[list[Due], int]:
    """What time rules would do on the next tickets by id, and the id to go on from (0 at the end). Writes nothing."""
    standing = Q(status__in=UNSOLVED) | Q(status=TicketStatus.SOLVED)
    shortest = min((rule.wait.time for rule in pack.time_rules if rule.wait), default=timedelta(0))
    rows = _tickets().filter(standing, merged_into__isnull=True, opened_at__lte=now - shortest, pk__gt=after)
    tickets = list(rows.order_by("pk")[:size])
    facts = facts_of(tickets)
    fired = set(Firing.objects.filter(ticket__in=tickets).values_list("ticket_id", "rule", "occasion"))
    found = [
        Due(ticket=ticket, rule=rule, occasion=occasion)
        for ticket in tickets
        for rule in pack.time_rules
        if (occasion := rule.occasion(facts[ticket.pk], now=now)) and (ticket.pk, rule.id, occasion) not in fired
    ]
    return found, tickets[-1].pk if len(tickets) == size else 0


def would_fire(pack: AutomationPack, *, now: datetime) -> list[Due]:
    """What the event rules would do again for the newest events of a week, on tickets as they stand now.

    For a dry run: writes nothing. Five statements.
    """
    recent = TicketEvent.objects.filter(at__gt=now - LATELY, at__lte=now).order_by("-pk")
    events = list(recent.only("kind", "side", "changes", "data", "ticket_id")[:CHUNK])
    tickets = {ticket.pk: ticket for ticket in _tickets().filter(pk__in={event.ticket_id for event in events})}
    facts = facts_of(list(tickets.values()))
    return [
        Due(ticket=tickets[event.ticket_id], rule=rule, occasion=f"event:{event.pk}")
        for event in events
        for rule in pack.for_event(event_of(event.kind, event.side, event.changes, event.data), facts[event.ticket_id])
    ]


def fire(due: Due, *, version: int, now: datetime) -> bool:
    """Do what a rule says, unless it was done for this occasion; False for that. A refusal is logged and not raised."""
    with transaction.atomic():
        row, is_new = Firing.objects.get_or_create(
            ticket=due.ticket,
            rule=due.rule.id,
            occasion=due.occasion,
            defaults={
                "organization_id": due.ticket.organization_id,
                "pack_version": version,
                "fired_at": now,
            },
        )
        if not is_new:
            return False
        try:
            with transaction.atomic():
                row.done = list(_do(due, str(row.public_id), now))
        except DomainError as error:
            row.fault = error.message[:300]
        row.save(update_fields=["done", "fault"])
    return True


def facts_of(tickets: list[Ticket]) -> dict[int, AutomationFacts]:
    """What decides of each ticket whether a rule fires: one statement for the moments of all."""
    moments = _moments([ticket.pk for ticket in tickets])
    return {
        ticket.pk: AutomationFacts(
            status=ticket.status,
            priority=ticket.priority,
            queue=ticket.queue.key,
            category=ticket.category.key if ticket.category else "",
            channel=ticket.channel,
            kind=ticket.kind,
            tags=frozenset(ticket.tags),
            still_since=moments.get(ticket.pk, {}).get("still"),
            pending_since=moments.get(ticket.pk, {}).get("pending") if ticket.status == TicketStatus.PENDING else None,
            solved_since=ticket.solved_at if ticket.status == TicketStatus.SOLVED else None,
        )
        for ticket in tickets
    }


def _moments(ticket_ids: list[int]) -> Mapping[int, Mapping[str, datetime]]:
    rows = TicketEvent.objects.filter(ticket_id__in=ticket_ids).order_by().values("ticket_id")
    by_people = ~Q(data__has_key="automation")
    to_pending = Q(changes__status__1=TicketStatus.PENDING.value)
    found = rows.annotate(still=Max("at", filter=by_people), pending=Max("at", filter=to_pending))
    return {row["ticket_id"]: {"still": row["still"], "pending": row["pending"]} for row in found}


def _tickets() -> Any:
    return Ticket.objects.select_related("queue", "category", "contact")


def _do(due: Due, key: str, now: datetime) -> Iterator[str]:
    """Everything a rule says, in its order; each thing in words for the log. Raises DomainError."""
    rule, ticket = due.rule, due.ticket
    effect = effect_of(rule, ticket, named_by([rule]))
    if effect.values or effect.priority is not None:
        values, priority = effect.values, effect.priority
        changes = change_by_rule(ticket=ticket, values=values, priority=priority, rule=rule.id, now=now)
        yield from sorted(changes)
    for text in effect.texts:
        say_by_rule(ticket=ticket, text=text, rule=rule.id, now=now)
        yield "note" if text.is_note else "reply"
    if effect.macro_id is not None:
        count_use(effect.macro_id)
        yield f"macro {rule.macro}"
    for target in rule.tell:
        if _tell(ticket, rule, Told(target), key, now):
            yield f"told {target}"


def _tell(ticket: Ticket, rule: AutomationRule, told: Told, key: str, now: datetime) -> int:
    whose = Whose(
        queue_id=ticket.queue_id,
        assignee_id=ticket.assignee_id,
        organization_id=ticket.organization_id,
        ticket_id=ticket.pk,
    )
    found = listeners([whose], now=now)
    return notify(
        user_ids=found.reached[0].get(told, frozenset()),
        kind=notices.AUTOMATION,
        title=_("#%(number)s %(subject)s") % {"number": ticket.number, "subject": ticket.subject},
        body=rule.label.get("en", rule.id),
        key=f"automation:{key}:{told.value}",
        now=now,
        target_type="ticket",
        target_id=ticket.pk,
        organization_id=ticket.organization_id,
    )

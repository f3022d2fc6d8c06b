"""Where tickets would go under rules that are being written: nothing is given to anybody, nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.scope import Scope, scoped
from tickets.choices import Side
from tickets.models import Message, Queue, Ticket
from tickets.rules.routing import RoutingFacts, RoutingPack

LATEST = 100
_FACTS = """
SELECT o.id, o.kind, coalesce(f.arr_segment, ''), coalesce(f.gemstone, '')
FROM partners_organization o LEFT JOIN partners_organizationfacts f ON f.organization_id = o.id
WHERE o.id = ANY(%s)
"""


@dataclass(frozen=True, kw_only=True)
class TrialRow:
    """One ticket: where it is, where it would go, by which rule. `is_moved`: another queue than now."""

    number: int
    subject: str
    queue_now: str
    queue: str
    rule: str
    gives: bool
    missed: Sequence[str]

    @property
    def is_moved(self) -> bool:
        return self.queue != self.queue_now


def trial(actor: Actor, pack: RoutingPack) -> list[TrialRow]:
    """The latest tickets that the reader sees, routed by these rules: three statements."""
    first = Message.objects.filter(ticket=OuterRef("pk"), side=Side.CUSTOMER).order_by("written_at", "id")
    rows = Ticket.objects.visible_to(actor).filter(opened_by_us=False).select_related("queue", "category")
    tickets = list(rows.annotate(first_text=Subquery(first.values("body")[:1])).order_by("-opened_at", "-id")[:LATEST])
    queues = {queue.key: queue.name for queue in Queue.objects.filter(archived_at__isnull=True)}
    organizations = _facts({ticket.organization_id for ticket in tickets if ticket.organization_id})
    return [_row(ticket, pack, queues, organizations) for ticket in tickets]


def rule_words(passed: Sequence[Any]) -> list[str]:
    """Why each rule before did not fit, in words."""
    return [
        _("%(rule)s: %(fact)s is none of %(values)s")
        % {"rule": one.rule, "fact": one.condition.fact, "values": ", ".join(one.condition.values)}
        if one.condition
        else _("%(rule)s: its queue is not there") % {"rule": one.rule}
        for one in passed
    ]


def _row(
    ticket: Any, pack: RoutingPack, queues: Mapping[str, str], organizations: Mapping[int, RoutingFacts]
) -> TrialRow:
    facts = replace(
        organizations.get(ticket.organization_id or 0, RoutingFacts()),
        category=ticket.category.key if ticket.category else "",
        language=ticket.language,
        channel=ticket.channel,
        priority=ticket.priority,
        text=f"{ticket.subject}\n{ticket.first_text or ''}",
        recipients=frozenset({ticket.queue.address.lower()} - {""}),
    )
    routed = pack.route(facts, queues=queues.keys())
    rule = routed.rule
    return TrialRow(
        number=ticket.number,
        subject=ticket.subject,
        queue_now=ticket.queue.name,
        # Without a queue of its own a rule leaves it to the address, as it was left then.
        queue=queues[rule.queue] if rule and rule.queue else ticket.queue.name,
        rule=rule.id if rule else "",
        gives=rule is not None and rule.give == "best",
        missed=rule_words(routed.passed),
    )


def _facts(organization_ids: set[int]) -> dict[int, RoutingFacts]:
    if not organization_ids:
        return {}
    with scoped(Scope.all()), connection.cursor() as cursor:
        cursor.execute(_FACTS, [sorted(organization_ids)])
        return {
            pk: RoutingFacts(kind=kind, arr_segment=segment, gemstone=gemstone)
            for pk, kind, segment, gemstone in cursor.fetchall()
        }

"""The one way in for every channel: where a ticket goes is decided, it is opened, and its files are kept beside it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common import composed
from common.errors import DomainError
from common.policy_cache import held
from common.scope import Scope, scoped
from tickets.choices import Channel, Level
from tickets.models import Queue, Ticket
from tickets.rules.priority import priority_of
from tickets.rules.routing import OWN_CATEGORY, Choice, Give, Routed, RoutingPack, choose
from tickets.selectors import routing, sla_book
from tickets.selectors.organization_facts import facts_of_organization
from tickets.selectors.routing import Arrival, candidates_for, facts_of, routing_in_force, without_plus
from tickets.selectors.sla_match import with_calendar
from tickets.services import mail_out
from tickets.services.assigning import tell_assignee
from tickets.services.attachments import attach
from tickets.services.opening import Origin, Requester, open_ticket

_TOLD = (Channel.PORTAL, Channel.MAIL, Channel.PHONE)
"""Who comes in by one of these hears that the ticket is there."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a ticket goes: its queue, what is assumed of it, whom it is given to, and why."""

    queue: Queue
    assumed: Mapping[str, str] = field(default_factory=dict)
    user_id: int | None = None
    why: Mapping[str, Any] = field(default_factory=dict)


def take_in(
    *,
    by: Actor | None,
    requester: Requester,
    values: Mapping[str, Any],
    body: str,
    channel: str = Channel.PORTAL,
    mail_id: str = "",
    recipients: Sequence[str] = (),
    files: Sequence[File] = (),
    follows: Ticket | None = None,
    queue: Queue | None = None,
    gives: bool = True,
    opened_by_us: bool = False,
    sees_all: bool = False,
    now: datetime,
) -> Ticket:
    """Open a ticket in the queue where it belongs, with its files.

    `recipients` are the addresses that a mail went to, `follows` is a closed ticket that it goes on from. A colleague
    may name the `queue`, and give it to somebody afterwards (`gives` false: the rules give it to nobody). `sees_all` as
    in `open_ticket`. Raises NotAllowed, DomainError with `field`.
    """
    with nullcontext() if sees_all else scoped(Scope.all()), held(routing.PACK, sla_book.PACK):
        requester = _known(requester)
        arrival = _arrival(requester, values, body, channel, recipients)
        place = Place(queue=queue) if queue else place_of(arrival, pack=routing_in_force(), now=now)
        assignee = User.objects.get(pk=place.user_id) if gives and place.user_id is not None else None
        ticket = open_ticket(
            by=by,
            requester=requester,
            values={**place.assumed, **values, "assignee": assignee},
            body=body,
            queue=place.queue,
            origin=Origin(channel=channel, mail_id=mail_id, extra={"routed": dict(place.why)} if place.why else {}),
            opened_by_us=opened_by_us,
            sees_all=True,
            now=now,
        )
        if files:
            first = ticket.messages.get()
            attach(message=first, files=files, user_id=by.user_id if by else None)
        if follows is not None:
            ticket.follows = follows
            ticket.save(update_fields=["follows"])
        tell_assignee(by=by, ticket=ticket, before_id=None, now=now)
        if channel in _TOLD and not opened_by_us:
            mail_out.queue_receipt(ticket, now=now)
    return ticket


def place_of(arrival: Arrival, *, pack: RoutingPack | None, now: datetime) -> Place:
    """Where a ticket would go under these rules; nothing is written. Raises DomainError while there is no queue."""
    queues = {queue.key: queue for queue in composed.instances(_queues)}
    fallback = _addressed(queues.values(), arrival.recipients) or _default(queues.values())
    if pack is None:
        return Place(queue=fallback)
    routed = pack.route(facts_of(arrival), queues=queues.keys())
    rule = routed.rule
    if rule is None:
        return Place(queue=fallback, why=_why(routed, None))
    queue = queues[rule.queue] if rule.queue else fallback
    choice = None
    if rule.give is Give.BEST:
        skill = arrival.category if rule.skill == OWN_CATEGORY else rule.skill
        people = candidates_for(queue, team=rule.team, organization_id=arrival.organization_id, now=now)
        choice = choose(people, skill=skill)
    assumed = {name: level for name, level in (("impact", rule.impact), ("urgency", rule.urgency)) if level}
    return Place(
        queue=queue,
        assumed=assumed if arrival.channel == Channel.MAIL else {},
        user_id=choice.user_id if choice else None,
        why=_why(routed, choice) | {"version": pack.version},
    )


def _queues() -> QuerySet[Queue]:
    return with_calendar(Queue.objects.filter(archived_at__isnull=True))


def _known(requester: Requester) -> Requester:
    """The same with the facts of the organization, which routing and service levels both go by."""
    if requester.facts is not None or requester.organization is None:
        return requester
    return replace(requester, facts=facts_of_organization(requester.organization.pk))


def _why(routed: Routed, choice: Choice | None) -> dict[str, Any]:
    """The rule, what it asked, what each rule before it missed, and why this person: kept with the ticket."""
    rule = routed.rule
    return {
        "rule": rule.id if rule else "",
        "label": dict(rule.label) if rule else {},
        "holds": [[one.fact, list(one.values)] for one in rule.conditions] if rule else [],
        "passed": [
            [one.rule, *([one.condition.fact, list(one.condition.values)] if one.condition else ["queue", []])]
            for one in routed.passed
        ],
        "given": choice.why.value if choice else "",
    }


def _arrival(
    requester: Requester, values: Mapping[str, Any], body: str, channel: str, recipients: Sequence[str]
) -> Arrival:
    impact, urgency = str(values.get("impact", Level.MEDIUM)), str(values.get("urgency", Level.MEDIUM))
    is_known = impact in Level.values and urgency in Level.values
    category = values.get("category")
    return Arrival(
        organization_id=requester.organization.pk if requester.organization else None,
        category=category.key if category else "",
        language=str(values.get("language", "en")),
        channel=channel,
        priority=priority_of(impact, urgency) if is_known else "",
        text=f"{values.get('subject', '')}\n{body}",
        recipients=tuple(recipients),
        facts=requester.facts,
    )


def _addressed(queues: Iterable[Queue], recipients: Sequence[str]) -> Queue | None:
    """The queue that one of these addresses belongs to, whatever stands behind a plus in it."""
    plain = {without_plus(address) for address in recipients}
    in_order = sorted(queues, key=lambda queue: queue.pk)
    return next((queue for queue in in_order if queue.address and queue.address.lower() in plain), None)


def _default(queues: Iterable[Queue]) -> Queue:
    found = next((queue for queue in queues if queue.is_default), None)
    if found is None:
        raise DomainError(_("No queue takes tickets yet. Please tell your contact at our side."), code="no_queue")
    return found


def default_queue() -> Queue:
    """The queue that takes what no rule routes. Raises DomainError while there is none."""
    return _default(Queue.objects.filter(is_default=True, archived_at__isnull=True))

"""Webhooks out: another tool is told of a ticket event, by a signed call that is tried again and can be replayed."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common import http, outbox
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.mail import absolute_url
from common.scope import Scope, scoped
from common.sealed import BrokenSeal, seal, unseal
from partners.services.validation import clean
from tickets.hook_choices import DeliveryState, HookEvent
from tickets.models import TicketEvent, WebhookDelivery, WebhookEndpoint
from tickets.rules.hook_events import names_of, told_changes

CALL = "tickets.webhook"
MOST_TRIES = 6
CAPABILITY = "manage_connectors"


def queue(event: TicketEvent, *, now: datetime) -> None:
    """Write a delivery for each endpoint that wants to know of this event; each once."""
    names = names_of(event.kind, event.side, event.changes)
    endpoints = WebhookEndpoint.objects.filter(is_active=True, archived_at__isnull=True, events__overlap=list(names))
    for endpoint in endpoints if names else ():
        for name in (one for one in names if one in endpoint.events):
            delivery, is_new = WebhookDelivery.objects.get_or_create(
                endpoint=endpoint,
                event=event,
                name=name,
                defaults={
                    "organization_id": event.organization_id,
                    "ticket": event.ticket,
                    "body": _body(event, name),
                    "made_at": now,
                },
            )
            if is_new:
                call_later(delivery, now)


@outbox.handler(CALL)
def deliver(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Call the endpoint. A failure is noted and tried again later, by an effect of its own: the note must stay."""
    rows = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("endpoint")
    delivery = rows.get(pk=payload["delivery_id"])
    endpoint = delivery.endpoint
    if delivery.state == DeliveryState.DELIVERED or not endpoint.is_active or endpoint.archived_at is not None:
        return
    said, status = _call(delivery, now)
    is_good = 200 <= status < 300
    tries = sum(not one.get("replayed") for one in delivery.tries) + 1
    delivery.tries = [*delivery.tries, {"at": now.isoformat(), "status": status, "said": said}][-20:]
    if is_good:
        delivery.state, delivery.delivered_at = DeliveryState.DELIVERED, now
    elif tries >= MOST_TRIES:
        delivery.state = DeliveryState.FAILED
    else:
        call_later(delivery, now + timedelta(seconds=15 * 4 ** (tries - 1)))
    delivery.save(update_fields=["state", "tries", "delivered_at"])


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a dot and the bytes of the body, in hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@transaction.atomic
def add_endpoint(
    *, by: Actor, name: str, url: str, events: Collection[str], now: datetime
) -> tuple[WebhookEndpoint, str]:
    """Connect another tool; its secret is shown this once. Raises NotAllowed, DomainError with `field`."""
    _require(by)
    secret = secrets.token_urlsafe(32)
    endpoint = WebhookEndpoint(sealed_secret=seal(secret))
    _write(endpoint, name, url, events, is_active=True)
    endpoint.save()
    _record(by, "webhook.added", endpoint, now, {"url": [None, endpoint.url], "events": [None, endpoint.events]})
    return endpoint, secret


@transaction.atomic
def edit_endpoint(
    *,
    by: Actor,
    endpoint: WebhookEndpoint,
    name: str,
    url: str,
    events: Collection[str],
    is_active: bool,
    version: int | None = None,
    now: datetime,
) -> WebhookEndpoint:
    """Change what an endpoint is told and where. Raises NotAllowed, Missing, Conflict, DomainError with `field`."""
    locked = _locked(by, endpoint)
    before = {"name": locked.name, "url": locked.url, "events": locked.events, "is_active": locked.is_active}
    if version is not None and version != locked.version:
        raise Conflict(_("Somebody else changed this webhook."), version=locked.version, current=before)
    _write(locked, name, url, events, is_active=is_active)
    locked.version += 1
    locked.save(update_fields=["name", "url", "events", "is_active", "version", "updated_at"])
    after = {field: getattr(locked, field) for field in before}
    _record(by, "webhook.changed", locked, now, {f: [before[f], after[f]] for f in before if before[f] != after[f]})
    return locked


@transaction.atomic
def remove_endpoint(*, by: Actor, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Tell it nothing any more; its log stays. Raises NotAllowed, Missing."""
    locked = _locked(by, endpoint)
    locked.archived_at, locked.is_active = now, False
    locked.save(update_fields=["archived_at", "is_active", "updated_at"])
    _record(by, "webhook.removed", locked, now, {"archived_at": [None, now]})


@transaction.atomic
def replay(*, by: Actor, delivery: WebhookDelivery, now: datetime) -> None:
    """Send a delivery again, whatever became of it. Raises NotAllowed, Missing, DomainError."""
    _require(by)
    with scoped(Scope.all()):
        rows = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("endpoint")
        locked = rows.filter(pk=delivery.pk).first()
        if locked is None:
            raise Missing(_("This delivery does not exist, or it is not yours."))
        if not locked.endpoint.is_active:
            raise DomainError(_("This webhook is off."), code="off")
        locked.state = DeliveryState.WAITING
        locked.tries = [{**one, "replayed": True} for one in locked.tries]
        locked.save(update_fields=["state", "tries"])
        call_later(locked, now)
        _record(by, "webhook.replayed", locked.endpoint, now, {"delivery": [None, str(locked.public_id)]})


def _call(delivery: WebhookDelivery, now: datetime) -> tuple[str, int]:
    """What came of one try: words, and the status or 0."""
    body = json.dumps(delivery.body, sort_keys=True, separators=(",", ":")).encode()
    # The moment of the call, not of the event: the receiver refuses what is old.
    timestamp = str(int(timezone.now().timestamp()))
    try:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Onboarding-Hub",
            "X-Hub-Event": delivery.name,
            "X-Hub-Delivery": str(delivery.public_id),
            "X-Hub-Timestamp": timestamp,
            "X-Hub-Signature": f"sha256={signature(unseal(delivery.endpoint.sealed_secret), timestamp, body)}",
        }
        answer = http.post(delivery.endpoint.url, body=body, headers=headers)
    except (http.HttpError, BrokenSeal) as error:
        return str(error)[:300], 0
    return "" if answer.is_good else answer.body[:300].decode("utf-8", "replace").replace("\0", ""), answer.status


def _body(event: TicketEvent, name: str) -> dict[str, Any]:
    """What is sent: no text of people but the subject, no ids of ours."""
    ticket = event.ticket
    return {
        "event": name,
        "at": event.at.isoformat(),
        "by": event.side,
        "changes": told_changes(event.changes),
        "ticket": {
            "id": str(ticket.public_id),
            "number": ticket.number,
            "subject": ticket.subject,
            "status": ticket.status,
            "priority": ticket.priority,
            "queue": ticket.queue.key,
            "organization": str(ticket.organization.public_id) if ticket.organization else None,
            "url": absolute_url(reverse("tickets:ticket", args=[ticket.number])),
        },
    }


def call_later(delivery: WebhookDelivery, at: datetime) -> None:
    """Call the endpoint of a delivery at a moment, out of the outbox."""
    payload = {"delivery_id": delivery.pk}
    outbox.put(topic=CALL, payload=payload, organization_id=delivery.organization_id, now=at)


def _write(endpoint: WebhookEndpoint, name: str, url: str, events: Collection[str], *, is_active: bool) -> None:
    if unknown := sorted(set(events) - set(HookEvent.values)):
        raise DomainError(_("There is no event %(name)s.") % {"name": unknown[0]}, field="events")
    if not events:
        raise DomainError(_("Choose at least one event."), field="events")
    try:
        http.checked_url(url.strip())
    except http.RefusedAddress as error:
        raise DomainError(_("Give an address that begins with https://."), field="url", code="bad_url") from error
    endpoint.name, endpoint.url, endpoint.is_active = name.strip(), url.strip(), is_active
    endpoint.events = [one for one in HookEvent.values if one in events]
    clean(endpoint, ["name"])


def _locked(by: Actor, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    _require(by)
    rows = WebhookEndpoint.objects.visible_to(by).filter(pk=endpoint.pk, archived_at__isnull=True)
    found = rows.select_for_update(no_key=True).first()
    if found is None:
        raise Missing(_("This webhook does not exist any more."))
    return found


def _require(by: Actor) -> None:
    if not by.has(CAPABILITY):
        raise NotAllowed(_("Other tools are connected by administrators."))


def _record(by: Actor, verb: str, endpoint: WebhookEndpoint, now: datetime, changes: Mapping[str, list[Any]]) -> None:
    activity.record(verb=verb, target=endpoint, now=now, actor_id=by.user_id, actor_name=by.name, changes=dict(changes))

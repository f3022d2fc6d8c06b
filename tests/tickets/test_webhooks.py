"""Other tools are told of ticket events by signed calls, tried again, logged and replayed by administrators."""

import http.server
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from common import outbox
from common.errors import Conflict, DomainError, NotAllowed
from common.models import Outbox
from tests.cast import Cast
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import Queue, Ticket, WebhookDelivery, WebhookEndpoint
from tickets.rules.hook_events import names_of
from tickets.services import webhooks
from tickets.services.changes import change
from tickets.services.messages import note, reply

EVERYTHING = ("ticket.opened", "ticket.replied", "ticket.received", "ticket.status", "ticket.changed")


class _Tool(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), body))  # type: ignore[attr-defined]
        status = self.server.statuses.pop(0) if self.server.statuses else 200  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"said so")

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def tool(settings: Any) -> Iterator[Any]:
    settings.HTTP_ALLOW_LOOPBACK = True
    settings.SITE_URL = "https://hub.example"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Tool) as server:
        server.seen, server.statuses = [], []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def endpoint(cast: Cast, tool: Any) -> tuple[WebhookEndpoint, str]:
    url = f"http://127.0.0.1:{tool.server_port}/hook"
    return webhooks.add_endpoint(by=cast.actor("adam"), name="Tool", url=url, events=EVERYTHING, now=MONDAY)


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue)


@pytest.fixture
def ticket(cast: Cast, desk: Queue, endpoint: Any) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact, subject="Orders are lost")


def work(*, at: Any = MONDAY, rounds: int = 3) -> None:
    """Do what waits in the outbox for ticket events and calls, and what follows from it."""
    topics = ("tickets.event_happened", "tickets.webhook")
    for _round in range(rounds):
        for row in Outbox.objects.filter(done_at__isnull=True, topic__in=topics, available_at__lte=at):
            assert outbox.deliver(outbox_id=row.pk, now=at)


@pytest.mark.parametrize(
    ("kind", "side", "changes", "names"),
    [
        ("created", "customer", {}, ("ticket.opened",)),
        ("reply", "agent", {}, ("ticket.replied",)),
        ("reply", "customer", {}, ("ticket.received",)),
        ("note", "agent", {}, ()),
        ("auto_reply", "customer", {}, ()),
        ("status", "agent", {"status": ["open", "solved"]}, ("ticket.status",)),
        (
            "changed",
            "agent",
            {"status": ["open", "solved"], "urgency": ["low", "high"]},
            ("ticket.status", "ticket.changed"),
        ),
        ("changed", "agent", {"assignee": [1, 2]}, ()),
        ("escalated", "system", {}, ("ticket.escalated",)),
    ],
)
def test_what_is_told_of_an_event(kind: str, side: str, changes: dict[str, Any], names: tuple[str, ...]) -> None:
    assert names_of(kind, side, changes) == names


@pytest.mark.django_db
def test_a_signed_call_for_each_event(cast: Cast, tool: Any, endpoint: Any, ticket: Ticket) -> None:
    reply(by=cast.actor("sue"), ticket=ticket, body="Do not tell this text", status="pending", now=MONDAY)
    note(by=cast.actor("sue"), ticket=ticket, body="Nor this", now=MONDAY)
    work()
    assert [headers["X-Hub-Event"] for headers, _body in tool.seen] == [
        "ticket.opened",
        "ticket.replied",
        "ticket.status",
    ]
    headers, body = tool.seen[2]
    expected = webhooks.signature(endpoint[1], headers["X-Hub-Timestamp"], body)
    assert headers["X-Hub-Signature"] == f"sha256={expected}"
    told = json.loads(body)
    assert told["changes"] == {"status": ["new", "pending"]}
    assert told["ticket"]["number"] == ticket.number
    assert told["ticket"]["organization"] == str(cast.northwind.public_id)
    assert all(b"this" not in body for _headers, body in tool.seen)
    assert len({headers["X-Hub-Delivery"] for headers, _body in tool.seen}) == 3


@pytest.mark.django_db
def test_an_event_that_is_worked_on_twice_is_told_once(tool: Any, ticket: Ticket) -> None:
    work()
    Outbox.objects.filter(topic="tickets.event_happened").update(done_at=None)
    work()
    assert len(tool.seen) == 1


@pytest.mark.django_db
def test_a_failure_is_tried_again_with_the_same_id_and_given_up(tool: Any, ticket: Ticket) -> None:
    tool.statuses = [500] * 20
    at = MONDAY
    for _try in range(9):
        work(at=at)
        at += timedelta(hours=8)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, len(delivery.tries), len(tool.seen)) == ("failed", webhooks.MOST_TRIES, 6)
    assert delivery.tries[0]["status"] == 500
    assert delivery.tries[0]["said"] == "said so"
    assert len({(headers["X-Hub-Delivery"], body) for headers, body in tool.seen}) == 1


@pytest.mark.django_db
def test_it_is_not_tried_again_at_once(tool: Any, ticket: Ticket) -> None:
    tool.statuses = [503]
    work(at=MONDAY)
    assert len(tool.seen) == 1
    work(at=MONDAY + timedelta(minutes=1))
    assert WebhookDelivery.objects.get().state == "delivered"


@pytest.mark.django_db
def test_a_delivery_is_replayed(cast: Cast, tool: Any, ticket: Ticket) -> None:
    work()
    delivery = WebhookDelivery.objects.get()
    with pytest.raises(NotAllowed):
        webhooks.replay(by=cast.actor("sara"), delivery=delivery, now=MONDAY)
    webhooks.replay(by=cast.actor("adam"), delivery=delivery, now=MONDAY)
    work()
    assert len(tool.seen) == 2


@pytest.mark.django_db
def test_one_that_is_off_or_removed_is_told_nothing(cast: Cast, tool: Any, endpoint: Any, ticket: Ticket) -> None:
    webhooks.remove_endpoint(by=cast.actor("adam"), endpoint=endpoint[0], now=MONDAY)
    work()
    assert tool.seen == []


@pytest.mark.django_db
def test_the_secret_lies_sealed(endpoint: Any) -> None:
    assert endpoint[1] not in WebhookEndpoint.objects.get().sealed_secret


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": "http://tool.example/"}, "url"),
        ({"url": "https://me:x@tool.example/"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"events": ()}, "events"),
        ({"events": ("ticket.exploded",)}, "events"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_refused(cast: Cast, values: dict[str, Any], field: str) -> None:
    sent = {"name": "Tool", "url": "https://tool.example/", "events": ("ticket.opened",), **values}
    with pytest.raises(DomainError) as refused:
        webhooks.add_endpoint(by=cast.actor("adam"), now=MONDAY, **sent)
    assert refused.value.field == field


@pytest.mark.django_db
def test_two_who_change_it(cast: Cast, endpoint: Any) -> None:
    sent = {"name": "A", "url": "https://tool.example/", "events": ("ticket.opened",), "is_active": True}
    webhooks.edit_endpoint(by=cast.actor("adam"), endpoint=endpoint[0], version=1, now=MONDAY, **sent)
    with pytest.raises(Conflict):
        webhooks.edit_endpoint(by=cast.actor("adam"), endpoint=endpoint[0], version=1, now=MONDAY, **sent)


URL = "/tickets/webhooks/"


@pytest.mark.django_db
def test_the_pages(cast: Cast, client: Any, settings: Any) -> None:
    client.force_login(cast.adam)
    sent = {"name": "Pager", "url": "https://pager.example/in", "events": ["ticket.opened"]}
    assert client.post(f"{URL}new/", {**sent, "url": "nonsense"}).status_code == 422
    shown = client.post(f"{URL}new/", sent).content.decode()
    assert "it is not shown again" in shown
    made = WebhookEndpoint.objects.get()
    again = client.get(f"{URL}{made.public_id}/").content.decode()
    assert "it is not shown again" not in again
    changed = {**sent, "name": "Beeper", "version": made.version}
    assert client.post(f"{URL}{made.public_id}/edit/", changed).status_code == 302
    assert "Beeper" in client.get(URL).content.decode()
    assert client.post(f"{URL}{made.public_id}/remove/").status_code == 302
    assert client.get(f"{URL}{made.public_id}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "status"), [("sara", 403), ("sue", 403), ("max", 403), ("connie", 404)])
def test_they_are_for_administrators(cast: Cast, client: Any, endpoint: Any, name: str, status: int) -> None:
    client.force_login(getattr(cast, name))
    paths = (URL, f"{URL}new/", f"{URL}{endpoint[0].public_id}/", f"{URL}{endpoint[0].public_id}/edit/")
    assert [client.get(path).status_code for path in paths] == [status] * 4


@pytest.mark.django_db
def test_a_change_of_a_field_is_told(cast: Cast, tool: Any, ticket: Ticket) -> None:
    change(by=cast.actor("sue"), ticket=ticket, values={"urgency": "high", "assignee": cast.sue}, now=MONDAY)
    work()
    assert set(json.loads(tool.seen[-1][1])["changes"]) == {"urgency", "priority"}

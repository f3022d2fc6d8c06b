"""Tickets through the API: found, opened by the routing, changed with their version, written on by those who may."""

from typing import Any

import pytest

from accounts.models import User
from tests.cast import Cast
from tests.factories.tickets import make_category, make_desk, make_ticket
from tests.hub.api_world import BASE, MISSING, call
from tickets.models import Message, Queue, Ticket
from tickets.services.opening import Requester

pytestmark = pytest.mark.django_db
URL = f"{BASE}/tickets/"
NEW = {"subject": "Orders stopped", "body": "Since **Monday**.", "email": "connie@northwind.example"}


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, cast.sven, key="first", is_default=True)


def one(ticket: Ticket, part: str = "") -> str:
    return f"{URL}{ticket.public_id}/{part}"


def subjects(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.content
    return {row["subject"] for row in answer.json()["results"]}


def test_found_and_narrowed_by_who_sees_them(cast: Cast, desk: Queue) -> None:
    printing = make_ticket(desk, cast.northwind, subject="Printing fails", urgency="high", impact="high", tags=["vip"])
    make_ticket(
        make_desk(), cast.birch, subject="Invoice is wrong", assignee=cast.sven, category=make_category(key="a")
    )
    everything = {"Printing fails", "Invoice is wrong"}
    assert subjects(call(cast.sara, "get", URL)) == everything
    assert subjects(call(cast.sue, "get", URL)) == {"Printing fails"}
    for query, found in {
        f"number={printing.number}": {"Printing fails"},
        "priority=critical&priority=high": {"Printing fails"},
        "status=solved": set(),
        "status=any": everything,
        "queue=first": {"Printing fails"},
        "tag=vip": {"Printing fails"},
        "assignee=none": {"Printing fails"},
        f"assignee={cast.sven.public_id}": {"Invoice is wrong"},
        "category=a": {"Invoice is wrong"},
        f"organization={cast.birch.public_id}": {"Invoice is wrong"},
        "q=printing": {"Printing fails"},
        "breached=true&waiting=true": everything,
    }.items():
        assert subjects(call(cast.sara, "get", f"{URL}?{query}")) == found, query
    for query in ("status=martian", "assignee=xx", "number=-1", "within=0", "queue=%00"):
        assert call(cast.sara, "get", f"{URL}?{query}").status_code == 400, query


def test_the_plain_list_says_the_same_as_a_narrowed_one(cast: Cast, desk: Queue) -> None:
    """It is read by a question of its own, and built without the fields of the serializer."""
    make_ticket(desk, cast.northwind, assignee=cast.sue, tags=["vip"], category=make_category(key="a"))
    make_ticket(desk, requester=Requester(name="Somebody", email="somebody@else.example"))
    User.objects.filter(pk=cast.sue.pk).update(timezone="Asia/Tokyo")
    for person in (cast.sara, cast.sue, cast.tom):
        plain = call(person, "get", URL).json()["results"]
        assert plain == call(person, "get", f"{URL}?breached=&tag=").json()["results"]
        assert [row["subject"] for row in plain]


def test_one_ticket_says_what_its_row_says_and_more(cast: Cast, desk: Queue) -> None:
    ticket = make_ticket(desk, cast.northwind, assignee=cast.sue, category=make_category(key="a"))
    Ticket.objects.filter(pk=ticket.pk).update(resolution="Restarted.", expected_on="2026-03-05")
    (row,) = call(cast.sue, "get", f"{URL}?status=any").json()["results"]
    told = call(cast.sue, "get", one(ticket)).json()
    more: dict[str, Any] = {
        "priority_reason": "",
        "resolution": "Restarted.",
        "workaround": "",
        "root_cause": "",
        "prevention": "",
    }
    more |= {"expected_on": "2026-03-05", "acknowledged_at": None, "source": "", "external_key": ""}
    assert told == {**row, **more, "sla_policy": ticket.sla_policy}


def test_opened_where_the_routing_says_and_once(cast: Cast, desk: Queue) -> None:
    make_ticket(desk, cast.northwind)
    key = {"Idempotency-Key": "one"}
    made = call(cast.sue, "post", URL, NEW, **key)
    assert made.status_code == 201, made.content
    assert call(cast.sue, "post", URL, NEW, **key).json()["id"] == made.json()["id"]
    told = made.json()
    assert (told["queue"], told["channel"], told["organization_name"]) == ("first", "api", "Northwind")
    ticket = Ticket.objects.get(public_id=told["id"])
    assert (ticket.contact, ticket.opened_by) == (cast.connie_contact, cast.sue)
    plain = call(
        cast.sue, "post", URL, {**NEW, "email": "", "organization": str(cast.northwind.public_id), "name": "Al"}
    )
    assert plain.json()["requester_name"] == "Al"
    for field, value in {"organization": str(cast.birch.public_id), "category": "none", "impact": "huge"}.items():
        refused = call(cast.sue, "post", URL, {**NEW, field: value})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, field)
    assert call(cast.petra, "post", URL, NEW).status_code == 403


def test_changed_by_who_read_it(cast: Cast, desk: Queue) -> None:
    ticket = make_ticket(desk, cast.northwind)
    tag = call(cast.sue, "get", one(ticket))["ETag"]
    edit = {"urgency": "high", "assignee": str(cast.sven.public_id)}
    assert call(cast.sue, "patch", one(ticket), edit).status_code == 428
    changed = call(cast.sue, "patch", one(ticket), edit, **{"If-Match": tag})
    assert (changed.json()["priority"], changed.json()["assignee_name"]) == ("high", cast.sven.name)
    assert call(cast.sue, "patch", one(ticket), {"tier": 2}, **{"If-Match": tag}).status_code == 412
    by_hand = call(cast.sue, "patch", one(ticket), {"priority": "low"}, **{"If-Match": changed["ETag"]})
    assert by_hand.json()["errors"][0]["field"] == "priority_reason"
    stranger = {"assignee": str(cast.otto.public_id)}
    assert call(cast.sue, "patch", one(ticket), stranger, **{"If-Match": changed["ETag"]}).status_code == 400
    assert call(cast.sue, "get", one(ticket), **{"If-None-Match": changed["ETag"]}).status_code == 304


def test_written_on_and_its_history_and_clocks(cast: Cast, desk: Queue) -> None:
    ticket = make_ticket(desk, cast.northwind)
    key = {"Idempotency-Key": "two"}
    reply = {"kind": "reply", "body": "Which version?", "status": "pending"}
    sent = call(cast.sue, "post", one(ticket, "messages/"), reply, **key)
    assert (sent.status_code, sent.json()["state"], sent.json()["channel"]) == (201, "sent", "api")
    assert call(cast.sue, "post", one(ticket, "messages/"), reply, **key).json() == sent.json()
    assert call(cast.petra, "post", one(ticket, "messages/"), reply).status_code == 403
    note = call(cast.tom, "post", one(ticket, "messages/"), {"kind": "note", "body": "Mine."})
    assert note.status_code == 201
    rows = call(cast.sue, "get", one(ticket, "messages/")).json()["results"]
    assert [(row["kind"], row["author_name"]) for row in rows] == [
        ("reply", "Casey"),
        ("reply", cast.sue.name),
        ("note", cast.tom.name),
    ]
    assert Message.objects.filter(ticket=ticket).count() == 3
    events = call(cast.sue, "get", one(ticket, "events/")).json()["results"]
    assert [event["kind"] for event in events] == ["created", "reply", "status", "note"]
    assert events[2]["changes"] == {"status": ["new", "pending"]}
    clocks = call(cast.sue, "get", one(ticket, "clocks/")).json()
    states = {clock["metric"]: clock["state"] for clock in clocks}
    assert states == {row.metric: row.state for row in ticket.clocks.all()} | {"first_response": "breached"}
    assert (
        call(cast.sue, "post", one(ticket, "messages/"), {"kind": "note", "body": "x", "status": "solved"}).status_code
        == 400
    )


def test_who_may_not(cast: Cast, desk: Queue) -> None:
    ticket = make_ticket(desk, cast.northwind)
    for part in ("", "messages/", "events/", "clocks/"):
        assert call(cast.connie, "get", one(ticket, part)).status_code == 404
        assert call(cast.otto, "get", one(ticket, part)).status_code == 404
    assert call(cast.sue, "get", f"{URL}{MISSING}/").status_code == 404
    assert (
        call(cast.sue, "post", one(ticket, "messages/"), {"kind": "note", "body": "x"}, scope="read").status_code == 403
    )

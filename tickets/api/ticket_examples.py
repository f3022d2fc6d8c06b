"""Examples of tickets in the API's description."""

from drf_spectacular.utils import OpenApiExample

_ROW = {
    "id": "0198f1a2-7c10-7b52-8d21-53b1a9d0c6f7",
    "number": 10421,
    "subject": "Orders are not synchronized",
    "status": "open",
    "priority": "high",
    "kind": "incident",
    "channel": "api",
    "language": "en",
    "impact": "medium",
    "urgency": "high",
    "tier": 1,
    "tags": ["sync"],
    "is_internal": False,
    "is_technical_escalation": False,
    "opened_by_us": False,
    "queue": "support",
    "category": None,
    "organization_id": "0198f1a2-7c11-7d3e-9a55-2f6d1c0b8e41",
    "organization_name": "Northwind",
    "requester_name": "Connie Contact",
    "requester_email": "connie@northwind.example",
    "assignee_id": None,
    "assignee_name": "",
    "opened_at": "2026-03-02T09:30:00Z",
    "moved_at": "2026-03-02T09:30:00Z",
    "first_replied_at": None,
    "waits_since": "2026-03-02T09:30:00Z",
    "solved_at": None,
    "closed_at": None,
    "escalated_at": None,
    "due_at": "2026-03-02T13:30:00Z",
    "breaches_at": "2026-03-02T13:30:00Z",
    "reopened": 0,
    "replies": 0,
    "version": 1,
}
_MESSAGE = {"kind": "reply", "body": "Please try **again**: it is repaired.", "status": "pending"}

TICKETS = OpenApiExample("A ticket that waits for us", response_only=True, value=_ROW)
NEW = OpenApiExample(
    "For a contact",
    request_only=True,
    value={
        "subject": "Orders are not synchronized",
        "body": "Since this morning nothing arrives.",
        "email": "connie@northwind.example",
        "urgency": "high",
    },
)
CHANGE = OpenApiExample("Solved", request_only=True, value={"status": "solved", "resolution": "The job was restarted."})
REPLY = OpenApiExample("A reply that asks back", request_only=True, value=_MESSAGE)
NOTE = OpenApiExample(
    "A note for colleagues", request_only=True, value={"kind": "note", "body": "The queue is full again."}
)

"""Examples of incidents in the API's description."""

from drf_spectacular.utils import OpenApiExample

INCIDENTS = OpenApiExample(
    "An open incident",
    response_only=True,
    value={
        "id": "0198f1a2-7c10-7b52-8d21-53b1a9d0c6f7",
        "number": 12,
        "title": "Orders are lost between the shop and the hub",
        "public_title": "Orders arrive late",
        "summary": "New orders do not reach the warehouse; old ones can be read.",
        "severity": "s1",
        "state": "identified",
        "queue": "support",
        "commander_id": "0198f1a2-7c11-7d3e-9a55-2f6d1c0b8e41",
        "commander_name": "Sue Tanaka",
        "cause": "change",
        "organizations": [{"id": "0198f1a2-7c12-7d3e-9a55-2f6d1c0b8e41", "name": "Northwind"}],
        "started_at": "2026-03-02T09:10:00Z",
        "declared_at": "2026-03-02T09:20:00Z",
        "acknowledged_at": "2026-03-02T09:24:00Z",
        "mitigated_at": None,
        "resolved_at": None,
        "closed_at": None,
        "published_at": "2026-03-02T09:30:00Z",
        "update_due_at": "2026-03-02T10:00:00Z",
        "reopened": 0,
        "version": 4,
    },
)
UPDATE = OpenApiExample(
    "For everybody who is affected",
    request_only=True,
    value={"body": "We found the cause and roll back. Next word at 10:00.", "is_public": True, "state": "identified"},
)

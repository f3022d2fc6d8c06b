"""Examples of alerts in the API's description."""

from drf_spectacular.utils import OpenApiExample

ALERTS = OpenApiExample(
    "An alert that waits for an answer",
    response_only=True,
    value={
        "id": "0198f1a2-7c10-7b52-8d21-53b1a9d0c6f7",
        "organization_id": "0198f1a2-7c12-7d3e-9a55-2f6d1c0b8e41",
        "organization_name": "Northwind",
        "cause": "health_fell",
        "rule": "band_red",
        "severity": 3,
        "urgency": 3,
        "state": "open",
        "outcome": "",
        "outcome_note": "",
        "route": "now",
        "held_back": "",
        "owner_id": "0198f1a2-7c11-7d3e-9a55-2f6d1c0b8e41",
        "owner_name": "Tom Okafor",
        "owner_role": "tam",
        "opened_at": "2026-03-02T02:10:00Z",
        "due_at": "2026-03-09T17:00:00Z",
        "breached_at": None,
        "answered_at": None,
        "recovered_at": None,
        "snoozed_until": None,
        "snooze_reason": "",
        "play_run_id": None,
        "closed_at": None,
        "signals": [
            {
                "rule": "band_red",
                "kind": "band_fell",
                "severity": 3,
                "day": "2026-03-02",
                "at": "2026-03-02T02:10:00Z",
                "card": "partner_steady",
                "occasion": "daily",
            }
        ],
        "version": 2,
    },
)
ACT = OpenApiExample("Acting", request_only=True, value={"note": "We look at the figures with them on Thursday."})
CLOSE = OpenApiExample(
    "A false alarm", request_only=True, value={"outcome": "false", "note": "A planned outage of theirs."}
)
SNOOZE = OpenApiExample(
    "Until they are back",
    request_only=True,
    value={"until": "2026-03-16T09:00:00Z", "reason": "They are closed until the 16th."},
)

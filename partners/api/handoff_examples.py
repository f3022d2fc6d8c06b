"""Examples of handoffs and touchpoints for the API's description."""

from drf_spectacular.utils import OpenApiExample

_USER = "0198f1a2-7c11-7d3e-9a55-2f6d1c0b8e41"

NEW_HANDOFF = OpenApiExample(
    "From the PSM to the TAM",
    request_only=True,
    value={"kind": "psm_to_tam", "receiver": _USER, "summary": "A careful partner: everything in writing"},
)
ITEM = OpenApiExample(
    "A note, and it is complete",
    request_only=True,
    value={"key": "support_processes", "note": "Nights are covered by their own desk", "is_settled": True},
)
READ = OpenApiExample("Read", request_only=True, value={"key": "people"})
DAY = OpenApiExample(
    "The meeting was held", request_only=True, value={"meeting": "handoff_meeting", "on": "2026-03-02"}
)
RETURN = OpenApiExample(
    "What is wanting",
    request_only=True,
    value={"reasons": "Who answers at night?", "items": ["support_processes"]},
)
RESULTS = OpenApiExample(
    "The first week", request_only=True, value={"results": "Twelve orders, one incident, solved in two hours"}
)
NEW_TOUCHPOINT = OpenApiExample(
    "A workshop", request_only=True, value={"kind": "workshop", "on": "2026-03-18", "topic": "Sizing"}
)
SKIP = OpenApiExample("Why not", request_only=True, value={"reason": "They are at a fair that week"})
MOVE = OpenApiExample("Another day", request_only=True, value={"on": "2026-03-11"})
HOLD = OpenApiExample(
    "What was said",
    request_only=True,
    value={"kind": "call", "happened_at": "2026-03-02T09:00:00+01:00", "summary": "All is well", "is_two_way": True},
)

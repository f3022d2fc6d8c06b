"""Examples of tasks, commitments and plays for the API's description."""

from drf_spectacular.utils import OpenApiExample

NEW_TASK = OpenApiExample(
    "A task for them, shown in the portal",
    request_only=True,
    value={
        "title": "Send the list of pilot users",
        "court": "partner",
        "due_on": "2026-03-13",
        "is_shared": True,
        "needs_evidence": True,
    },
)
TASK_EDIT = OpenApiExample("Another day", request_only=True, value={"due_on": "2026-03-20"})
SKIP = OpenApiExample("Why it is not done", request_only=True, value={"reason": "They use their own runbook"})
BLOCK = OpenApiExample("What blocks it", request_only=True, value={"reason": "Legal has not answered yet"})
COMPLETE = OpenApiExample("With a note", request_only=True, value={"note": "Sent by mail on Monday"})
NEW_COMMITMENT = OpenApiExample(
    "What we promised",
    request_only=True,
    value={"side": "us", "title": "Answer the security questionnaire", "due_on": "2026-03-18"},
)
RENEGOTIATE = OpenApiExample(
    "Another day", request_only=True, value={"due_on": "2026-03-27", "reason": "Their auditor is away until then"}
)
BREAK = OpenApiExample("What went wrong", request_only=True, value={"note": "The release slipped by two weeks"})
START_PLAY = OpenApiExample(
    "A play for a critical incident",
    request_only=True,
    value={"play": "critical_production_issue", "reason": "Orders fail since 09:40 UTC"},
)
END_PLAY = OpenApiExample("How it ended", request_only=True, value={"outcome": "resolved", "note": "Runbook updated"})

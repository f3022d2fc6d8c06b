"""Examples of guides in the API's description."""

from drf_spectacular.utils import OpenApiExample

_USER = "0198f1a2-7c11-7d3e-9a55-2f6d1c0b8e41"
_ROW = {
    "id": "executive_sponsorship_validation",
    "title": "Executive Sponsorship Validation Guide",
    "section": "Phase 1A",
    "kinds": ["partner"],
    "stage": "gate_1",
    "phase": "1A",
    "roles": ["pdm", "pam"],
    "link": "",
    "owner_role": "pam",
    "owner_id": _USER,
    "owner_name": "Ana Silva",
    "review_days": 180,
    "reviewed_on": "2026-01-12",
    "reviewed_by": "Ana Silva",
    "review_due_on": "2026-07-11",
    "is_overdue": False,
    "version": 3,
}

GUIDES = OpenApiExample("A guide of a phase", response_only=True, value=_ROW)
GUIDE = OpenApiExample(
    "A guide with its text", response_only=True, value={**_ROW, "body": "Ask for an hour with the sponsor..."}
)
KEEPER = OpenApiExample("Somebody keeps it", request_only=True, value={"owner": _USER})

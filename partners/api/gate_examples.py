"""Examples of the calls of gates."""

from drf_spectacular.utils import OpenApiExample

_GATE = "0198f1a2-7c20-7b52-8d21-53b1a9d0c6f7"

GATE = OpenApiExample(
    "Gate 0, submitted",
    response_only=True,
    value={
        "id": _GATE,
        "stage": "gate_0",
        "journey_version": 1,
        "opened_at": "2026-02-02T08:15:00Z",
        "outcome": "",
        "decided_at": None,
        "decided_by_name": None,
        "reason": "",
        "decision": {},
        "standing": {
            "outcome": "awaits_signature",
            "blockers": [
                {
                    "code": "signature_missing",
                    "about": "pam",
                    "text": "The signature of the Partner Account Manager is missing.",
                }
            ],
            "missing_roles": ["pam"],
            "waived": [],
            "skipped": [],
        },
    },
)
OVERRIDE = OpenApiExample(
    "Against the rules", request_only=True, value={"reason": "Decided by the board on 2 March, minutes in the portal."}
)
WAIVER = OpenApiExample(
    "A tier 2 partner",
    request_only=True,
    value={
        "stage": "pre_contract",
        "criterion": "section:strategic-classification",
        "reason": "The only partner in this market.",
        "expires_at": "2026-05-01T00:00:00Z",
    },
)
DRAFT_BEGIN = OpenApiExample("The kickoff", request_only=True, value={"questionnaire": "gate-0-kickoff"})
ANSWERS = OpenApiExample(
    "Two answers",
    request_only=True,
    value={
        "answers": [
            {"field": "contract-signed", "value": "yes", "base_version": 0},
            {"field": "contract-signature-date", "value": "2026-02-27", "base_version": 2},
        ]
    },
)
JUDGE = OpenApiExample(
    "Strategic value",
    request_only=True,
    value={"section": "strategic-value", "is_passed": True, "reason": "Opens the public sector to us."},
)
SIGN = OpenApiExample("As PAM", request_only=True, value={"role": "pam", "name": "Ana Silva"})
SUBMISSION = OpenApiExample(
    "The first version",
    response_only=True,
    value={
        "id": "0198f1a2-7c30-7b52-8d21-53b1a9d0c6f7",
        "gate_id": _GATE,
        "questionnaire": "gate-0-kickoff",
        "number": 1,
        "outcome": "passed",
        "is_current": True,
        "is_intact": True,
        "content_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "evaluated_on": "2026-03-02",
        "submitted_by_name": "Paul Novak",
        "submitted_at": "2026-03-02T09:30:00Z",
        "is_open": True,
        "answers": {"contract-signed": "yes", "contract-signature-date": "2026-02-27"},
        "sources": {},
        "evidence": [],
        "result": {"overall": "passed", "sections": [{"section": "contract-execution", "outcome": "passed"}]},
        "signatures": [{"role": "pdm", "name": "Paul Novak", "kind": "typed", "signed_at": "2026-03-02T10:00:00Z"}],
    },
)

"""Examples of the API's description: the demo world, in one place."""

from drf_spectacular.utils import OpenApiExample

_USER = "0198f1a2-7c11-7d3e-9a55-2f6d1c0b8e41"

NEW_ORGANIZATION = OpenApiExample(
    "A new partner",
    request_only=True,
    value={"kind": "partner", "name": "Northwind", "country": "DE", "timezone": "Europe/Berlin", "ccv": "180000.00"},
)
ORGANIZATION_EDIT = OpenApiExample(
    "Two fields", request_only=True, value={"industry": "Energy", "target_launch_on": "2026-09-01"}
)
ORGANIZATION = OpenApiExample(
    "A partner in Gate 3",
    response_only=True,
    value={
        "id": "0198f1a2-7c10-7b52-8d21-53b1a9d0c6f7",
        "kind": "partner",
        "name": "Northwind",
        "summary": "Sells meters to municipal utilities.",
        "is_summary": False,
        "stage": "gate_3",
        "stage_entered_at": "2026-02-02T08:15:00Z",
        "target_launch_on": "2026-04-20",
        "launched_on": None,
        "country": "DE",
        "timezone": "Europe/Berlin",
        "industry": "Energy",
        "website": "https://northwind.example",
        "market_segment": "mid_market",
        "edition": "Premium",
        "deployment": "Cloud",
        "licenses": 250,
        "external_key": "crm-1042",
        "via_partner_id": None,
        "partner_tier": 1,
        "arr_segment": None,
        "engagement_tier": None,
        "gemstone": "sapphire",
        "commercial": {"currency": "EUR", "ccv": "180000.00", "country_lrp": None, "arr": None},
        "owners": [
            {
                "id": "0198f1a2-7c12-7f0a-b1c4-9e8d7c6b5a43",
                "user_id": _USER,
                "name": "Ana Silva",
                "role": "pam",
                "is_primary": True,
            }
        ],
        "last_interaction_at": "2026-03-01T13:05:00Z",
        "version": 7,
        "is_archived": False,
        "created_at": "2025-10-14T09:30:00Z",
        "updated_at": "2026-03-01T13:05:02Z",
    },
)
NEW_CONTACT = OpenApiExample(
    "A champion",
    request_only=True,
    value={
        "name": "Kim Example",
        "email": "kim@northwind.example",
        "job_title": "Head of Operations",
        "role": "champion",
        "timezone": "Europe/Berlin",
    },
)
NEW_ASSIGNMENT = OpenApiExample(
    "A TAM beside the present one",
    request_only=True,
    value={"user": _USER, "role": "tam", "is_primary": False, "reason": "Takes over in May"},
)
NEW_INTERACTION = OpenApiExample(
    "A call",
    request_only=True,
    value={
        "kind": "call",
        "happened_at": "2026-03-02T09:00:00+01:00",
        "minutes": 25,
        "summary": "Walked through the launch plan",
        "body": "They need the sandbox until **Friday**.",
        "is_two_way": True,
        "commitments": [{"side": "us", "title": "Open the sandbox", "due_on": "2026-03-06"}],
    },
)
GRANT_ASK = OpenApiExample(
    "Why the answers are needed", request_only=True, value={"reason": "To understand what the beta promised"}
)
OVERRIDE = OpenApiExample(
    "A gemstone by hand", request_only=True, value={"value": "diamond", "reason": "Agreed with the board in January"}
)
MAPPING = OpenApiExample(
    "Which column is which",
    request_only=True,
    value={
        "mapping": {
            "columns": {"customer_id": "external_key", "company": "name", "plan_tier": "edition", "mrr": "arr"},
            "constants": {"kind": "customer", "source": "crm", "stage": "live"},
            "factors": {"arr": "12"},
            "date_order": "YMD",
            "decimal": ".",
        },
        "skip_bad_rows": False,
    },
)

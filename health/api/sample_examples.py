"""Examples of samples in the API's description."""

from drf_spectacular.utils import OpenApiExample

BATCH = OpenApiExample(
    "Two samples of a monitor",
    request_only=True,
    value={
        "source": "monitoring",
        "skip_bad": False,
        "samples": [
            {
                "organization_id": "0198f1a2-7c12-7d3e-9a55-2f6d1c0b8e41",
                "metric": "uptime",
                "at": "2026-03-02T00:00:00Z",
                "value": 99.95,
                "unit": "percent",
            },
            {
                "organization_id": "0198f1a2-7c12-7d3e-9a55-2f6d1c0b8e41",
                "metric": "latency_p95",
                "at": "2026-03-02T00:00:00Z",
                "value": 240,
            },
        ],
    },
)
RESULT = OpenApiExample(
    "One taken, one known, one refused",
    response_only=True,
    value={
        "accepted": 1,
        "unchanged": 1,
        "rejected": [{"row": 3, "field": "value", "found": "140", "expected": "100 or less"}],
    },
)

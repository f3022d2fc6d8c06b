"""Examples of health in the API's description."""

from drf_spectacular.utils import OpenApiExample

_STATE = {
    "organization_id": "0197c1d0-2f6a-7c3e-9d10-3c8f5a1b2c3d",
    "name": "Northwind",
    "kind": "partner",
    "stage": "post_launch",
    "scorecard": "partner_steady",
    "score": "61.25",
    "coverage": "88.00",
    "band": "yellow",
    "computed_band": "yellow",
    "band_since": "2026-02-26",
    "moved": "-4.10",
    "reason": {"code": "weak", "text": "Weakest: Error rate 4.2 % (16 of 100), Uptime 98.9 % (47 of 100)."},
    "groups": [{"group": "operations", "label": "Operations", "points": "48.30", "coverage": "100.00"}],
    "day": "2026-03-02",
}
STATES = OpenApiExample("The worst first", response_only=True, value=_STATE)
RECEIPT = OpenApiExample(
    "A receipt, cut short",
    response_only=True,
    value={
        "organization_id": _STATE["organization_id"],
        "scorecard": "partner_steady",
        "scorecard_version": 3,
        "day": "2026-03-02",
        "occasion": "daily",
        "score": "61.25",
        "coverage": "88.00",
        "band": "yellow",
        "computed_band": "yellow",
        "parts": [
            {
                "measure": "error_rate",
                "group": "operations",
                "metric": "error_rate",
                "label": "Error rate",
                "raw": "4.200000",
                "points": "16.00",
                "weight": "6.000000",
                "contribution": "0.96",
                "state": "fresh",
                "count": 30,
                "newest_at": "2026-03-02T00:00:00Z",
                "window_from": "2026-01-31T03:00:00Z",
            }
        ],
        "vetoes": [],
        "change": {
            "total": "-4.10",
            "behavior": "-4.10",
            "evidence": "0.00",
            "version": "0.00",
            "movers": [{"measure": "error_rate", "cause": "behavior", "by": "-4.10"}],
        },
        "inputs_hash": "9f2c7c1f0f5f6d1f1b8c2f7f0a5f4e1d9f2c7c1f0f5f6d1f1b8c2f7f0a5f4e1d",
        "computed_at": "2026-03-02T03:00:00Z",
    },
)
PULSE = OpenApiExample("At risk", request_only=True, value={"value": "red", "note": "Their sponsor left."})
OVERRIDE = OpenApiExample(
    "For a planned outage",
    request_only=True,
    value={"band": "yellow", "reason": "The outage was planned with us.", "until": "2026-03-14T00:00:00Z"},
)

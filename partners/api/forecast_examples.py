"""Examples of forecasts, launches and load in the API's description."""

from drf_spectacular.utils import OpenApiExample

FORECAST = OpenApiExample(
    "A partner before its last gate",
    response_only=True,
    value={
        "as_of": "2026-03-02",
        "gates": [{"stage": "gate_3", "p50": "2026-03-19", "p80": "2026-03-31"}],
        "launch_p50_on": "2026-03-19",
        "launch_p80_on": "2026-03-31",
        "target_on": "2026-04-20",
        "buffer_days": 20,
        "risk": "none",
        "journey_version": 1,
        "receipt": {
            "pace": 1.12,
            "pace_from": 4,
            "days_in_stage": 11,
            "tier": "1",
            "gemstone": "",
            "draws": 512,
            "seed": 20260101,
            "bases": [
                {
                    "stage": "gate_3",
                    "median_days": 23,
                    "p80_days": 34,
                    "pools": [
                        {"level": "like", "count": 12, "weight": 0.6},
                        {"level": "same_tier", "count": 12, "weight": 0.24},
                        {"level": "same_kind", "count": 40, "weight": 0.13},
                        {"level": "fallback", "count": 0, "weight": 0.03},
                    ],
                }
            ],
        },
    },
)
LAUNCH = OpenApiExample(
    "One that will probably be late",
    response_only=True,
    value={
        "organization_id": "0198f1a2-7c10-7b52-8d21-53b1a9d0c6f7",
        "name": "Northwind",
        "kind": "partner",
        "stage": "gate_2",
        "carried_by": "Tina Berg",
        "target_on": "2026-04-20",
        "launch_p50_on": "2026-04-28",
        "launch_p80_on": "2026-05-21",
        "buffer_days": -31,
        "risk": "high",
        "reasons": ["So far 24% slower than like organizations", "Less than one in two like it would make this target"],
        "as_of": "2026-03-02",
    },
)
LOAD = OpenApiExample(
    "A week that is too full",
    response_only=True,
    value={
        "user_id": "0198f1a2-7c11-7d3e-9a55-2f6d1c0b8e41",
        "name": "Paul Novak",
        "week_on": "2026-03-02",
        "minutes_wanted": 3150,
        "minutes_there": 2400,
        "percent": 131,
        "band": "over",
        "organizations": 3,
        "lines": [{"label": "Work of the stages", "minutes": 3150, "count": 3}],
        "counts": [{"role": "pdm", "count": 3, "expected": "6–8"}],
    },
)

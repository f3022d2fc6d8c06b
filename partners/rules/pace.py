"""When an organization may reach a later stage, at the usual pace of its journey. Pure.

Until an organization has history of its own and like ones to compare with, the usual days per stage are the answer
(journey.md, Forecast: 30, 7, 84, 35, 21 days).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

USUAL_DAYS: Mapping[str, int] = {
    "pre_contract": 30,
    "gate_0": 7,
    "gate_1": 84,
    "gate_2": 35,
    "gate_3": 21,
}


def expected_on(*, journey: Sequence[str], stage: str, entered_on: date, today: date) -> dict[str, date]:
    """The expected first day in each stage after `stage`; empty where a stage on the way has no usual pace.

    An organization that is past its usual days is expected to leave today, never in the past.
    """
    days: dict[str, date] = {}
    leaves_on = entered_on
    for position in range(journey.index(stage), len(journey) - 1):
        usual = USUAL_DAYS.get(journey[position])
        if usual is None:
            break
        leaves_on = max(leaves_on + timedelta(days=usual), today)
        days[journey[position + 1]] = leaves_on
    return days

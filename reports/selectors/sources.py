"""The statement behind each measure, by its name.

One text serves three readers (ADR 0032): `DailyFact` adds its rows up, a report of a past day reads them, the page
behind a figure lists them.
"""

from __future__ import annotations

from collections.abc import Mapping

from reports.selectors import (
    customer_sources,
    delivery_sources,
    gate_sources,
    health_sources,
    journey_sources,
    relation_sources,
    support_sources,
    technical_sources,
    ticket_sources,
)
from reports.selectors.source import Source

FLOWS: Mapping[str, Source] = {
    **ticket_sources.FLOWS,
    **relation_sources.FLOWS,
    **journey_sources.FLOWS,
    **gate_sources.FLOWS,
    **delivery_sources.FLOWS,
    **customer_sources.FLOWS,
    **support_sources.FLOWS,
    **technical_sources.FLOWS,
}
STATES: Mapping[str, Source] = {
    **ticket_sources.STATES,
    **relation_sources.STATES,
    **health_sources.STATES,
    **journey_sources.STATES,
    **gate_sources.STATES,
    **delivery_sources.STATES,
    **customer_sources.STATES,
    **technical_sources.STATES,
}

# Where there are many rows. Few are read when they are asked for, and so is what depends on the rates of the day.
IN_FACTS: Mapping[str, Source] = {name: source for name, source in FLOWS.items() if source.is_in_facts}

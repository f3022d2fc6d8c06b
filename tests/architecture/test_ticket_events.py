"""Events of tickets have one door in: what is written past it sets nothing off, and nobody would notice."""

import ast
from pathlib import Path

import pytest

from tests.architecture.test_rooms import FILES, ROOT

WRITERS = {"tickets/services/events.py", "tickets/services/histories.py"}
MAKERS = WRITERS | {"tickets/services/sweeping.py", "tickets/services/opening.py"}
"""Who may ask for an event that is not written yet; the sweep and the opening hand their own to the door."""
WRITING = {"create", "bulk_create", "get_or_create", "update_or_create", "acreate", "abulk_create"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def written_past_the_door(source: str) -> list[str]:
    """Calls that make or write an event: the constructor, a manager, the rows of a ticket."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    found = []
    for call in calls:
        text = ast.unparse(call.func)
        owner, _dot, verb = text.rpartition(".")
        is_manager = verb in WRITING and (owner.startswith("TicketEvent.") or owner.split(".")[-1] == "events")
        if text.split(".")[-1] == "TicketEvent" or is_manager:
            found.append(text)
    return found


def asks_for_events(source: str) -> bool:
    """Whether a room imports the maker of events that are not written."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    return any(node.module == "tickets.services.events" and "event" in {n.name for n in node.names} for node in nodes)


@pytest.mark.parametrize(
    "line",
    [
        "TicketEvent(kind='note')",
        "models.TicketEvent(kind='note')",
        "TicketEvent.objects.create(kind='note')",
        "TicketEvent.objects.all().bulk_create([])",
        "ticket.events.create(kind='note')",
    ],
)
def test_the_wall_sees(line: str) -> None:
    assert written_past_the_door(line)


def test_the_wall_lets_reading_be() -> None:
    assert not written_past_the_door("TicketEvent.objects.filter(kind='note')\nticket.events.order_by('at')")


def test_events_are_written_at_one_door() -> None:
    sources = {_name(path): path.read_text() for path in FILES}
    assert {name: found for name, text in sources.items() if (found := written_past_the_door(text))}.keys() == WRITERS
    assert {name for name, text in sources.items() if asks_for_events(text)} == MAKERS - {"tickets/services/events.py"}

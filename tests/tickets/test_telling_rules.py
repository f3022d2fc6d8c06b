"""Which step fires instead of one that reaches nobody (sla.md R16)."""

from datetime import UTC, datetime, timedelta

import pytest

from tickets.rules.sla_packs import Told
from tickets.rules.telling import Waiting, firing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TARGETS = (Told.ASSIGNEE, Told.QUEUE_LEADS, Told.SUPPORT_MANAGERS)
A, B, C = ({Told.ASSIGNEE: {1}}, {Told.QUEUE_LEADS: {2}}, {Told.SUPPORT_MANAGERS: {3}})


def steps(due: str, gone: str = "") -> list[Waiting]:
    """Steps a, b, c, which tell assignee, leads and managers; those of `due` are due in that order."""
    return [
        Waiting(
            place=place,
            id=name,
            tell=TARGETS[place],
            due_at=NOON + timedelta(minutes=due.index(name)) if name in due else None,
        )
        for place, name in enumerate("abc")
        if name not in gone
    ]


@pytest.mark.parametrize(
    ("due", "gone", "reached", "expected"),
    [
        ("", "", {**A, **B, **C}, []),
        ("a", "", {**A, **B, **C}, [("a", {1}, "")]),
        ("ab", "", {**A, **B, **C}, [("a", {1}, ""), ("b", {2}, "")]),
        ("a", "", {**B, **C}, [("a", set(), ""), ("b", {2}, "a")]),
        ("a", "", C, [("a", set(), ""), ("b", set(), "a"), ("c", {3}, "b")]),
        ("a", "", {}, [("a", set(), ""), ("b", set(), "a"), ("c", set(), "b")]),
        # The step that fired in place of another does not fire a second time.
        ("ab", "", {**B, **C}, [("a", set(), ""), ("b", {2}, "a")]),
        # What nobody waits for any more (acknowledged, fired) is passed over.
        ("a", "b", {**B, **C}, [("a", set(), ""), ("c", {3}, "a")]),
        # In the order of their instants, whatever their places.
        ("ca", "", {**A, **C}, [("c", {3}, ""), ("a", {1}, "")]),
        # The last step has none after it.
        ("c", "", {**A, **B}, [("c", set(), "")]),
    ],
)
def test_what_fires(
    due: str, gone: str, reached: dict[Told, set[int]], expected: list[tuple[str, set[int], str]]
) -> None:
    found = firing(steps(due, gone), reached)
    assert [(fired.id, set(fired.people), fired.fell_from) for fired in found] == expected

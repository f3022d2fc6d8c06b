"""The chain: any change of what was sealed shows, at its row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from accounts.rules.chain import START, Broken, Fault, Link, State, TrailRow, check, next_digest, row_bytes

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def row(number: int, **changes: Any) -> TrailRow:
    plain = TrailRow(
        id=number,
        public_id=f"0195{number:04d}",
        at=NOW + timedelta(seconds=number),
        actor_id=7,
        actor_name="Inés Duarte",
        via="web",
        verb="organization.edited",
        target_type="organization",
        target_id=3,
        target_name="Northwind",
        organization_id=3,
        changes={"name": ["North", "Northwind"], "arr": [None, "12.50"]},
        reason="",
        address="203.0.113.9",
        request_id="r1",
    )
    return replace(plain, **changes)


def chain(*rows: TrailRow) -> list[tuple[Link, TrailRow | None]]:
    digest, found = START, []
    for position, one in enumerate(rows, start=1):
        digest = next_digest(digest, one)
        found.append((Link(position=position, activity_id=one.id, digest=digest), one))
    return found


def verdict(pairs: list[tuple[Link, TrailRow | None]]) -> State | Broken:
    return list(check(State(), pairs))[-1]


def test_an_untouched_chain_holds() -> None:
    pairs = chain(row(1), row(5), row(2))
    assert verdict(pairs) == State(position=3, digest=pairs[-1][0].digest)


CHANGES: dict[str, Any] = {
    "id": 99,
    "public_id": "other",
    "at": NOW + timedelta(microseconds=1),
    "actor_id": None,
    "actor_name": "Ines Duarte",
    "via": "api",
    "verb": "organization.archived",
    "target_type": "contact",
    "target_id": 4,
    "target_name": "",
    "organization_id": None,
    "changes": {"name": ["North", "Northwind"], "arr": [None, "12.5"]},
    "reason": "because",
    "address": None,
    "request_id": "",
}


def test_every_column_is_in_the_table() -> None:
    assert set(CHANGES) == set(TrailRow.__dataclass_fields__)


@pytest.mark.parametrize("column", CHANGES)
def test_a_change_of_any_column_shows(column: str) -> None:
    pairs = chain(row(1), row(2), row(3))
    changed = replace(row(2), **{column: CHANGES[column]})
    pairs[1] = (pairs[1][0], changed)
    found = verdict(pairs)
    assert isinstance(found, Broken)
    assert found.link.position == 2


@pytest.mark.parametrize(
    ("meddle", "position", "fault"),
    [
        (lambda pairs: [pairs[0], pairs[2]], 3, Fault.GAP),
        (lambda pairs: pairs[1:], 2, Fault.GAP),
        (lambda pairs: [pairs[0], (pairs[1][0], None), pairs[2]], 2, Fault.MISSING),
        (lambda pairs: [pairs[0], pairs[0], pairs[2]], 1, Fault.GAP),
        (lambda pairs: [(pairs[0][0], row(1, verb="x")), *pairs[1:]], 1, Fault.CHANGED),
    ],
)
def test_what_was_done_to_the_chain_is_named(meddle: Any, position: int, fault: Fault) -> None:
    found = verdict(meddle(chain(row(1), row(2), row(3))))
    assert isinstance(found, Broken)
    assert (found.link.position, found.fault) == (position, fault)


def test_a_row_sealed_anew_breaks_the_next_link() -> None:
    pairs = chain(row(1), row(2), row(3))
    forged = row(2, reason="forged")
    pairs[1] = (Link(position=2, activity_id=2, digest=next_digest(pairs[0][0].digest, forged)), forged)
    found = verdict(pairs)
    assert isinstance(found, Broken)
    assert found.link.position == 3


def test_a_row_has_one_way_to_be_written() -> None:
    there = row(1, at=NOW.astimezone(timezone(timedelta(hours=9))))
    assert row_bytes(there) == row_bytes(row(1, at=NOW))
    shuffled = row(1, changes={"arr": [None, "12.50"], "name": ["North", "Northwind"]})
    assert row_bytes(shuffled) == row_bytes(row(1))


def test_text_cannot_pass_for_structure() -> None:
    assert row_bytes(row(1, verb='a","via":"b')) != row_bytes(row(1, verb="a", via="b"))

"""Rows written by the hundred: in their order, when the block ends, and none of them if it fails."""

import pytest

from common.gathering import Gathering


@pytest.fixture
def written() -> list[list[str]]:
    return []


@pytest.fixture
def door(written: list[list[str]]) -> Gathering[str]:
    return Gathering("test", written.append)


def test_without_a_block_rows_are_written_at_once(door: Gathering[str], written: list[list[str]]) -> None:
    door.add(["a"])
    door.add(iter(["b", "c"]))
    assert written == [["a"], ["b", "c"]]


def test_within_a_block_they_wait_for_its_end(door: Gathering[str], written: list[list[str]]) -> None:
    with door.block():
        door.add(["a"])
        door.add(["b", "c"])
        assert written == []
    assert written == [["a", "b", "c"]]
    door.add(["d"])
    assert written[1:] == [["d"]]


def test_a_block_that_fails_writes_nothing(door: Gathering[str], written: list[list[str]]) -> None:
    def fail() -> None:
        with door.block():
            door.add(["a"])
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    door.add(["b"])
    assert written == [["b"]]


def test_a_block_in_a_block_writes_its_own(door: Gathering[str], written: list[list[str]]) -> None:
    with door.block():
        door.add(["a"])
        with door.block():
            door.add(["b"])
        door.add(["c"])
    assert written == [["b"], ["a", "c"]]

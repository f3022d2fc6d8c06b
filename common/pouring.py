"""Rows as they come: a cursor of the server gives them by the thousand, and nobody holds them all."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

Given = TypeVar("Given")
Row = TypeVar("Row")
BATCH = 2_000


def poured(rows: Any) -> Iterator[Any]:
    """The rows of a queryset with what is fetched along; within a transaction."""
    found: Iterator[Any] = rows.iterator(chunk_size=BATCH)
    return found


def in_batches(
    rows: Iterable[Given], read: Callable[[list[Given]], Iterable[Row]], *, size: int = BATCH
) -> Iterator[Row]:
    """What `read` makes of `size` rows at a time, for what is asked of many rows in one statement."""
    following = iter(rows)
    while batch := list(islice(following, size)):
        yield from read(batch)

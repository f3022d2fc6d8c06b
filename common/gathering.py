"""Rows that use cases add one at a time, written by the hundred where one transaction does very many of them.

Whoever begins a block answers for nothing within it reading those rows; they are there when the block has ended.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

Row = TypeVar("Row")


class Gathering(Generic[Row]):
    """The door in of one table. `write` takes rows in the order in which they were added."""

    def __init__(self, name: str, write: Callable[[list[Row]], None]) -> None:
        self._write = write
        self._waiting: ContextVar[list[Row] | None] = ContextVar(name, default=None)

    def add(self, rows: Iterable[Row]) -> None:
        """Write them, or within a block when it ends."""
        waiting = self._waiting.get()
        if waiting is None:
            self._write(list(rows))
        else:
            waiting.extend(rows)

    @contextmanager
    def block(self) -> Iterator[None]:
        """What is added within is written at the end, in the transaction of the block; nothing of it if that fails."""
        waiting: list[Row] = []
        token = self._waiting.set(waiting)
        try:
            yield
        finally:
            self._waiting.reset(token)
        self._write(waiting)

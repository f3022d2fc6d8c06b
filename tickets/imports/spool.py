"""Where an import keeps what it has read: on disk, so that a file of any length takes the same memory.

A private database of SQLite without a name: no other process sees it, and it is gone with its connection.
"""

import pickle
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

_PAGE = 200
_Value = TypeVar("_Value")

Row = Mapping[str, Any]


def _database(*statements: str) -> sqlite3.Connection:
    found = sqlite3.connect("", isolation_level=None)
    for statement in ("PRAGMA journal_mode = OFF", "PRAGMA cache_size = -4096", *statements):
        found.execute(statement)
    return found


def _kept(value: Any) -> bytes:
    return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


def _read(data: bytes) -> Any:
    return pickle.loads(data)  # noqa: S301 - written by this very object, into a file that has no name


class Ordered(Generic[_Value]):
    """Values that come back by the two numbers that `place_of` gives them."""

    def __init__(self, place_of: Callable[[_Value], tuple[int, int]]) -> None:
        self._rows = _database("CREATE TABLE kept (first INTEGER, second INTEGER, data BLOB)")
        self._place_of, self._count = place_of, 0

    def append(self, value: _Value) -> None:
        self._rows.execute("INSERT INTO kept VALUES (?, ?, ?)", (*self._place_of(value), _kept(value)))
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[_Value]:
        rows = self._rows.execute("SELECT data FROM kept ORDER BY first, second, rowid")
        while some := rows.fetchmany(_PAGE):
            yield from (_read(data) for (data,) in some)


def key_of(value: Any) -> bytes:
    """What things of an export are found by: their id; an id that is none is one of its own."""
    text = f"{int(value)}" if isinstance(value, int) else f"'{value}" if isinstance(value, str) else repr(value)
    return text.encode("utf-8", "surrogatepass")


class Lists:
    """The lists of an export: each thing once by its id, found by that, or by the ticket that it belongs to."""

    def __init__(self) -> None:
        self._rows = _database(
            "CREATE TABLE thing (place INTEGER PRIMARY KEY, list TEXT, key BLOB, ticket BLOB, data BLOB)",
            "CREATE UNIQUE INDEX thing_once ON thing (list, key)",
            "CREATE INDEX thing_of_ticket ON thing (list, ticket)",
        )

    def add(self, name: str, row: Row) -> None:
        """Keep a thing; a second one of the same id is passed over."""
        kept = (name, key_of(row.get("id")), key_of(row.get("ticket_id")), _kept(row))
        self._rows.execute("INSERT OR IGNORE INTO thing (list, key, ticket, data) VALUES (?, ?, ?, ?)", kept)

    def all_of(self, name: str) -> Iterator[Row]:
        """The things of a list in the order in which they came."""
        last = 0
        question = "SELECT place, data FROM thing WHERE list = ? AND place > ? ORDER BY place LIMIT ?"
        while some := self._rows.execute(question, (name, last, _PAGE)).fetchall():
            yield from (_read(data) for _place, data in some)
            last = some[-1][0]

    def one(self, name: str, key: Any) -> Row:
        """The thing of this id; empty for none. Raises TypeError for what can be no id."""
        if isinstance(key, list | dict):
            raise TypeError("an id is a number or a text")
        found = self._rows.execute("SELECT data FROM thing WHERE list = ? AND key = ?", (name, key_of(key))).fetchone()
        row: Row = _read(found[0]) if found is not None else {}
        return row

    def of_ticket(self, name: str, ticket_id: Any) -> list[Row]:
        """The things of a ticket in the order in which they came."""
        question = "SELECT data FROM thing WHERE list = ? AND ticket = ? ORDER BY place"
        return [_read(data) for (data,) in self._rows.execute(question, (name, key_of(ticket_id)))]

    def take(self, name: str, ticket_id: Any) -> list[Row]:
        """The same, and they are gone from here."""
        found = self.of_ticket(name, ticket_id)
        if found:
            self._rows.execute("DELETE FROM thing WHERE list = ? AND ticket = ?", (name, key_of(ticket_id)))
        return found

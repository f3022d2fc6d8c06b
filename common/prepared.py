"""Questions that PostgreSQL plans once for a connection (ADR 0022).

A question with the visibility terms in it takes PostgreSQL several times as long to plan as to answer. From its second
asking through a connection on, it is prepared there. Ids and moments are its parameters; all else is part of its text,
so that the planner knows it.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import psycopg2
from django.conf import settings
from django.db.backends.signals import connection_created
from psycopg2.extensions import TRANSACTION_STATUS_INERROR, TRANSACTION_STATUS_INTRANS, AsIs

SHORTEST = 300
"""Characters of a question that is worth it: shorter ones are planned in a tenth of a millisecond."""
SHORTEST_FOR_ALL = 120
"""The same of a question whose values are all parameters: one plan of it serves whoever asks."""
MOST = 120
"""Questions that a connection remembers; the one unused for longest gives way."""


class Differing(str):
    """A text that is a parameter too, since it differs from one asking to the next: the place in a list."""

    __slots__ = ()


# In this order, for kinds of these: a truth value is an int to Python, and a moment a day.
_KINDS: dict[type, str] = {
    Differing: "unknown",
    str: "",
    bool: "",
    int: "bigint",
    UUID: "uuid",
    datetime: "timestamptz",
    date: "",
    Decimal: "",
    float: "",
    type(None): "",
}

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]
# For each parameter the type that PostgreSQL knows it by, or the kind and the value that stand in the text.
Shape = tuple[str | tuple[type, Any], ...]


@dataclass(slots=True)
class _Question:
    """What a connection knows of a question: how it is called once it is prepared, or that it cannot be."""

    name: str = ""
    is_refused: bool = False


class Prepared:
    """An execute wrapper of one connection: asks what was asked before by the name it was prepared under."""

    def __init__(self) -> None:
        self._questions: OrderedDict[tuple[str, Shape], _Question] = OrderedDict()
        self._numbers = count(1)

    def __call__(self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        shape = None if many or len(sql) < SHORTEST_FOR_ALL else _shape(sql, params, context["cursor"])
        if shape is None or (len(sql) < SHORTEST and not all(isinstance(part, str) for part in shape)):
            return execute(sql, params, many, context)
        name = self._name(sql, shape, context["cursor"])
        if not name:
            return execute(sql, params, many, context)
        values = [value for value, part in zip(params, shape, strict=True) if isinstance(part, str)]
        places = f" ({', '.join(['%s'] * len(values))})" if values else ""
        return execute(f"EXECUTE {name}{places}", values, many, context)

    def _name(self, sql: str, shape: Shape, cursor: Any) -> str:
        """The name to ask by; empty for what is asked for the first time or cannot be prepared."""
        question = self._questions.get((sql, shape))
        if question is None:
            self._questions[sql, shape] = _Question()
            self._forget(cursor)
            return ""
        self._questions.move_to_end((sql, shape))
        if not question.name and not question.is_refused:
            name = f"hub_{next(self._numbers)}"
            question.is_refused = not _prepare(name, _text(sql, shape, cursor), cursor.connection)
            question.name = "" if question.is_refused else name
        return question.name

    def _forget(self, cursor: Any) -> None:
        while len(self._questions) > MOST:
            _key, question = self._questions.popitem(last=False)
            if question.name:
                with cursor.connection.cursor() as own:
                    own.execute(f"DEALLOCATE {question.name}")


def offer() -> None:
    """Have the connections of the application ask this way, unless the installation says otherwise."""
    if settings.PREPARED_STATEMENTS:
        connection_created.connect(_on_connected, dispatch_uid="common.prepared")


def _on_connected(*, connection: Any, **_signal: Any) -> None:
    """What an earlier connection had prepared is gone with it."""
    if connection.alias == "default":
        others = [wrapper for wrapper in connection.execute_wrappers if not isinstance(wrapper, Prepared)]
        connection.execute_wrappers[:] = [Prepared(), *others]


def _shape(sql: str, params: Sequence[Any] | None, cursor: Any) -> Shape | None:
    """What of the question may differ from one asking to the next; None for what is not to be prepared."""
    is_question = sql[:8].lstrip().startswith(("SELECT", "(SELECT"))
    if not is_question or params is None or isinstance(params, dict) or cursor.name:
        return None
    if cursor.connection.get_transaction_status() == TRANSACTION_STATUS_INERROR:
        return None
    shape: list[str | tuple[type, Any]] = []
    for value in params:
        part = _part(value)
        if part is None:
            return None
        shape.append(part)
    return tuple(shape)


def _part(value: Any) -> str | tuple[type, Any] | None:
    known_as = _KINDS.get(type(value))
    if known_as is not None:
        return known_as or (type(value), value)
    if isinstance(value, list | tuple):
        kinds = {type(part) for part in value}
        return "bigint[]" if kinds == {int} else "text[]" if kinds == {str} else None
    kind = next((kind for kind in _KINDS if isinstance(value, kind)), None)
    return None if kind is None else _KINDS[kind] or (kind, value)


def _text(sql: str, shape: Shape, cursor: Any) -> str:
    numbers = count(1)
    values = [AsIs(_parameter(next(numbers), part)) if isinstance(part, str) else part[1] for part in shape]
    text: str = cursor.mogrify(sql, values).decode()
    return text


def _parameter(number: int, known_as: str) -> str:
    """A text takes its type from what it is compared with: that may ignore case."""
    return f"${number}" if known_as == "unknown" else f"${number}::{known_as}"


def _prepare(name: str, text: str, connection: Any) -> bool:
    """Prepare `text`, on the connection itself: it is no statement of a page, and a rollback does not take it back.

    False if PostgreSQL refuses, as it does where an id stands for something narrower (`left(name, 5)`).
    """
    is_inside = connection.get_transaction_status() == TRANSACTION_STATUS_INTRANS
    before, after = ("SAVEPOINT hub_prepare; ", "; RELEASE SAVEPOINT hub_prepare") if is_inside else ("", "")
    with connection.cursor() as own:
        try:
            own.execute(f"{before}PREPARE {name} AS {text}{after}")
        except psycopg2.Error:
            if is_inside:
                own.execute("ROLLBACK TO SAVEPOINT hub_prepare")
            return False
    return True

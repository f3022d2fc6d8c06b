"""Statements that the ORM puts together once and a process runs again and again (ADR 0019).

Home and shell ask the same few questions for the same people all day, and putting a question together takes the ORM
longer than PostgreSQL takes to answer it. Here its text and parameters are kept by what they depend on.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

Compose = Callable[..., "QuerySet[Any]"]


def fetch(compose: Compose, *key: Hashable) -> list[tuple[Any, ...]]:
    """The rows of `compose(*key)`, a `values_list`, as they are in the database.

    `compose` is a function of a module and makes the same question of the same `key`, whoever asks and whenever: it
    reads neither clock nor database. An actor is a fine key: it holds roles, led people and the policy itself.
    """
    sql, params, alias = _statement(compose, *key)
    if not sql:
        return []
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@lru_cache(maxsize=4_096)
def _statement(compose: Compose, *key: Hashable) -> tuple[str, tuple[Any, ...], str]:
    """Text, parameters and database; no text for a question that has no answer whatever the rows."""
    found = compose(*key)
    try:
        sql, params = found.query.get_compiler(using=found.db).as_sql()
    except EmptyResultSet:
        return "", (), found.db
    return sql, tuple(params), found.db

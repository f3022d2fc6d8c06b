"""The second wall: which organizations the database shows to this transaction.

Row-level security policies (ADR 0002) read the setting `hub.scope`. It is set with SET LOCAL semantics, so it
ends with the transaction and cannot leak to the next request on a pooled connection. No setting means no rows.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections, transaction


@dataclass(frozen=True)
class Scope:
    """What a transaction may see: everything, or the organizations with these internal ids."""

    setting: str

    @classmethod
    def all(cls) -> "Scope":
        return cls("all")

    @classmethod
    def none(cls) -> "Scope":
        return cls("")

    @classmethod
    def of(cls, organization_ids: Iterable[int]) -> "Scope":
        ids = sorted({int(pk) for pk in organization_ids})
        return cls("{" + ",".join(map(str, ids)) + "}") if ids else cls.none()


def set_scope(scope: Scope, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Show `scope` to the rest of this transaction. Raises RuntimeError outside of one: it would have no effect."""
    connection = connections[using]
    if not connection.in_atomic_block:
        raise RuntimeError("a scope is set inside a transaction only")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hub.scope', %s, true)", [scope.setting])


def current_scope(*, using: str = DEFAULT_DB_ALIAS) -> Scope:
    """The scope in force in this transaction (none, if nothing set one)."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('hub.scope', true), '')")
        row = cursor.fetchone()
    return Scope(row[0] if row else "")


@contextmanager
def scoped(scope: Scope, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Run a block in a transaction that sees `scope`, and give the outer transaction its own scope back."""
    outermost = not connections[using].in_atomic_block
    with transaction.atomic(using=using):
        before = Scope.none() if outermost else current_scope(using=using)
        set_scope(scope, using=using)
        yield
        if not outermost:
            set_scope(before, using=using)


def widen_scope(organization_id: int, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Add an organization that this transaction has just made, so that its maker can go on reading it."""
    before = current_scope(using=using).setting
    if before == "all":
        return
    ids = {int(part) for part in before.strip("{}").split(",") if part}
    set_scope(Scope.of(ids | {organization_id}), using=using)

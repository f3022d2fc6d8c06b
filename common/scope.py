"""The second wall: which organizations the database shows to this transaction.

Row-level security policies (ADR 0002) read the settings `hub.scope` and, for tickets, `hub.desk`. They are set with SET
LOCAL semantics, so they end with the transaction and cannot leak to the next request on a pooled connection. No setting
means no rows.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import DEFAULT_DB_ALIAS, connections, transaction


@dataclass(frozen=True)
class Scope:
    """What a transaction may see: everything, or the organizations with these internal ids.

    `desk` adds the tickets, of whatever organization, whose queues these teams serve (ADR 0023); "all" adds every one.
    """

    setting: str
    desk: str = ""

    @classmethod
    def all(cls) -> "Scope":
        return cls("all")

    @classmethod
    def none(cls) -> "Scope":
        return cls("")

    @classmethod
    def of(cls, organization_ids: Iterable[int]) -> "Scope":
        return cls(_listed(organization_ids))

    def at_desk(self, team_ids: Iterable[int] | None) -> "Scope":
        """The same with the tickets of the queues of these teams; None means every ticket."""
        return replace(self, desk="all" if team_ids is None else _listed(team_ids))


def _listed(ids: Iterable[int]) -> str:
    """The ids as PostgreSQL writes an array of them; empty for none."""
    found = sorted({int(pk) for pk in ids})
    return "{" + ",".join(map(str, found)) + "}" if found else ""


def set_scope(scope: Scope, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Show `scope` to the rest of this transaction. Raises RuntimeError outside of one: it would have no effect."""
    connection = connections[using]
    if not connection.in_atomic_block:
        raise RuntimeError("a scope is set inside a transaction only")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('hub.scope', %s, true), set_config('hub.desk', %s, true)", [scope.setting, scope.desk]
        )


def current_scope(*, using: str = DEFAULT_DB_ALIAS) -> Scope:
    """The scope in force in this transaction (none, if nothing set one)."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('hub.scope', true), ''), coalesce(current_setting('hub.desk', true), '')"
        )
        row = cursor.fetchone()
    return Scope(*row) if row else Scope.none()


def _exchange(scope: Scope, *, using: str) -> Scope:
    """Show `scope` instead of what is shown until now, which is the answer. One statement: pages do this a lot."""
    with connections[using].cursor() as cursor:
        # OFFSET keeps the inner question apart, so that it is answered before anything is set.
        cursor.execute(
            "SELECT set_config('hub.scope', %s, true), set_config('hub.desk', %s, true), before.scope, before.desk"
            " FROM (SELECT coalesce(current_setting('hub.scope', true), '') AS scope,"
            " coalesce(current_setting('hub.desk', true), '') AS desk OFFSET 0) before",
            [scope.setting, scope.desk],
        )
        _scope, _desk, *before = cursor.fetchone()
    return Scope(*before)


@contextmanager
def scoped(scope: Scope, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Run a block in a transaction that sees `scope`, and give the outer transaction its own scope back."""
    outermost = not connections[using].in_atomic_block
    with transaction.atomic(using=using):
        before = _exchange(scope, using=using)
        yield
        if not outermost:
            set_scope(before, using=using)


def widen_scope(organization_id: int, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Add an organization that this transaction has just made, so that its maker can go on reading it."""
    before = current_scope(using=using)
    if before.setting == "all":
        return
    ids = {int(part) for part in before.setting.strip("{}").split(",") if part}
    set_scope(replace(before, setting=_listed(ids | {organization_id})), using=using)

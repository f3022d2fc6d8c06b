"""Targets: what a notice or a line of the trail points at, resolved at the moment of use in the reader's own scope.

Lower floors keep plain (type, id) pairs; the app that owns the type registers how to open one (architecture.md).
"""

from collections.abc import Callable
from typing import Any

Resolve = Callable[[Any, int], str | None]
_resolvers: dict[str, Resolve] = {}
_guarding: set[str] = set()


def register_target(target_type: str, resolve: Resolve, *, guards_notices: bool = False) -> None:
    """Say how `target_type` is opened; called in AppConfig.ready() of its app.

    With `guards_notices` a notice about it is mailed to those alone who may still open it, also where it belongs to no
    organization.

    `resolve(actor, id)` returns the path of the object's page, or None where the actor may not open it: whether it is
    foreign or missing makes no difference (security.md 2).
    """
    _resolvers[target_type] = resolve
    if guards_notices:
        _guarding.add(target_type)


def guards_notices(target_type: str) -> bool:
    """Whether notices about it are for those alone who may open it."""
    return target_type in _guarding


def resolve_target(actor: Any, target_type: str, target_id: int | None) -> str | None:
    """The path of a target for `actor`, or None: not theirs, gone, or of a type that nothing installed opens."""
    resolve = _resolvers.get(target_type)
    if resolve is None or target_id is None:
        return None
    return resolve(actor, target_id)

"""The policies in force, parsed once per process.

Versions are immutable, so a parsed one is kept by its id; which version is in force is asked anew with every call, so
that a new one holds from the next request on (ADR 0014).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from common import composed
from common.models import PolicyVersion
from common.packs import PackError, parse_pack

logger = logging.getLogger(__name__)


# Rows of versions by name, None for a name of which none is loaded; (id, checksum) by name and version.
_held: ContextVar[dict[str | tuple[str, int], Any] | None] = ContextVar("held_policies", default=None)


@contextmanager
def held(*names: str) -> Iterator[None]:
    """Within, each policy is asked for once, and holds to the end: for one transaction of very many use cases.

    Those of `names` are asked for at once: one statement for what a use case needs in any case.
    """
    token = _held.set({} if _held.get() is None else _held.get())
    try:
        if names:
            _rows(names)
        yield
    finally:
        _held.reset(token)


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivePolicy:
    """The version of a pack that is in force; `policy` is what the parser of its kind made of it."""

    name: str
    kind: str
    version_id: int
    version: int
    policy: object


def active_policy(name: str) -> ActivePolicy | None:
    """The policy of this name, or None while none is loaded. One statement."""
    return active_policies(name).get(name)


def active_policies(*names: str) -> dict[str, ActivePolicy]:
    """The policies of these names by name, without those of which none is loaded. One statement for all."""
    found: dict[str, ActivePolicy] = {}
    for name, kind, version_id, version, checksum in _rows(names):
        try:
            policy = _parsed(version_id, checksum)
        except PackError:
            # A version written by an older release that this one cannot read: as if none were loaded, but said aloud.
            logger.exception("the policy in force cannot be read", extra={"pack": name, "version": version})
            continue
        found[name] = ActivePolicy(name=name, kind=kind, version_id=version_id, version=version, policy=policy)
    return found


def versions_of_kind(kind: str) -> tuple[tuple[int, str], ...]:
    """Ids and checksums of the policies in force of a family, such as all `kpis.<area>`, by name. One statement."""
    return tuple(composed.fetch(_of_kind, kind))


def _of_kind(kind: str) -> QuerySet[Any, Any]:
    found = PolicyVersion.objects.filter(kind=kind, is_active=True)
    return found.order_by("name").values_list("pk", "checksum")


def _rows(names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    held = _held.get()
    if held is None:
        return composed.fetch(_active, *names)
    if missing := tuple(name for name in names if name not in held):
        held.update(dict.fromkeys(missing))
        held.update({row[0]: row for row in composed.fetch(_active, *missing)})
    return [row for name in names if (row := held[name]) is not None]


def _active(*names: str) -> QuerySet[Any, Any]:
    found = PolicyVersion.objects.filter(name__in=names, is_active=True)
    return found.order_by().values_list("name", "kind", "pk", "version", "checksum")


def policy_of_version(name: str, version: int) -> object:
    """One version of a pack, in force or not: what is under way keeps the one it began with. One statement.

    Raises PolicyVersion.DoesNotExist, and PackError for one that this release cannot read.
    """
    held = _held.get()
    known = held.get((name, version)) if held is not None else None
    row = known or next(iter(composed.fetch(_version, name, gaps=(version,))), None)
    if row is None:
        raise PolicyVersion.DoesNotExist(f"{name} {version}")
    if held is not None:
        held[name, version] = row
    return _parsed(*row)


def _version(name: str, version: int) -> QuerySet[Any, Any]:
    return PolicyVersion.objects.filter(name=name, version=version).values_list("pk", "checksum")


def policy_of_row(version_id: int, checksum: str) -> object:
    """The same from values that another statement has read along. Raises PackError."""
    return _parsed(version_id, checksum)


def policy_of_id(version_id: int, checksum: str) -> object | None:
    """A version whose id and checksum the caller has read along with other things; None for one that is unreadable.

    No statement once a process knows it.
    """
    try:
        return _parsed(version_id, checksum)
    except PackError:
        logger.exception("a policy cannot be read", extra={"version_id": version_id})
        return None


@lru_cache(maxsize=64)
def _parsed(version_id: int, _checksum: str) -> object:
    row = PolicyVersion.objects.get(pk=version_id)
    return parse_pack(row.kind, row.body, version=row.version)

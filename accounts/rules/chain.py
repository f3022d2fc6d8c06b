"""The chain of the audit trail: what is hashed of a row, and how one link follows from the one before. Pure (ADR 0007).

A changed row changes its own digest and all that follow; so does a row taken out or put in between.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

START = "0" * 64
"""What stands before the first link."""


@dataclass(frozen=True, kw_only=True)
class TrailRow:
    """One row of the trail, every column of it."""

    id: int
    public_id: str
    at: datetime
    actor_id: int | None
    actor_name: str
    via: str
    verb: str
    target_type: str
    target_id: int | None
    target_name: str
    organization_id: int | None
    changes: Mapping[str, Any]
    reason: str
    address: str | None
    request_id: str


@dataclass(frozen=True, kw_only=True)
class Link:
    """A sealed row as it was written down: its place in the chain and its digest."""

    position: int
    activity_id: int
    digest: str


def row_bytes(row: TrailRow) -> bytes:
    """The row as bytes, one way only: JSON with sorted keys and no spaces, the moment in UTC to the microsecond."""
    content = {**row.__dict__, "at": row.at.astimezone(UTC).isoformat(timespec="microseconds")}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def next_digest(previous: str, row: TrailRow) -> str:
    """The digest of a row that follows `previous`: SHA-256 over both, in hexadecimal digits."""
    return hashlib.sha256(bytes.fromhex(previous) + row_bytes(row)).hexdigest()


class Fault(StrEnum):
    """Why a link does not hold."""

    GAP = "gap"  # a link between this one and the one before is gone
    MISSING = "missing"  # the row is gone, or moved to another moment
    CHANGED = "changed"  # the row, or something before it, is not what was sealed


@dataclass(frozen=True, kw_only=True)
class Broken:
    """The first link that does not hold, and why."""

    link: Link
    fault: Fault


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a check has come to: the last link that held."""

    position: int = 0
    digest: str = START


def check(state: State, pairs: Iterable[tuple[Link, TrailRow | None]]) -> Iterator[State | Broken]:
    """Follow links with their rows (None: not found) from `state` on; ends with the first one that is Broken."""
    for link, row in pairs:
        fault = _fault(state, link, row)
        if fault is not None:
            yield Broken(link=link, fault=fault)
            return
        state = State(position=link.position, digest=link.digest)
        yield state


def _fault(state: State, link: Link, row: TrailRow | None) -> Fault | None:
    if link.position != state.position + 1:
        return Fault.GAP
    if row is None or row.id != link.activity_id:
        return Fault.MISSING
    return None if next_digest(state.digest, row) == link.digest else Fault.CHANGED

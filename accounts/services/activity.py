"""The audit trail's one door in. Rows are added only; the database role may not change them (ADR 0007)."""

import json
from collections.abc import Iterable, Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from accounts.models.people import CONTACT_NAME
from common import together
from common.gathering import Gathering
from common.ids import uuid7


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a change came from: the channel, the client's address and the request's or task's id."""

    via: str = "command"
    address: str | None = None
    request_id: str = ""


_NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=_NOWHERE)


def set_origin(origin: Origin) -> Token[Origin]:
    """Say where the following records come from; the web sets it per request, tasks per run.

    The token gives the origin before it back through `reset_origin`: threads are used again for other people.
    """
    return _origin.set(origin)


def reset_origin(token: Token[Origin]) -> None:
    """Take back a `set_origin`, in the thread or task that set it."""
    _origin.reset(token)


def current_origin() -> Origin:
    """Where records come from now."""
    return _origin.get()


_INSERT = """
INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id, target_name,
    organization_id, changes, reason, address, request_id)
VALUES """
# A contact has a right to be erased, and the trail is never changed: it names them by their id, and pages look them up.
_ACTOR_NAME = "CASE WHEN (SELECT audience FROM accounts_user WHERE id = %s) = 'contact' THEN %s ELSE %s END"
_PLACES = f"(%s, %s, %s, {_ACTOR_NAME}, {', '.join(['%s'] * 10)})"
_PAGE = 500


@dataclass(frozen=True, kw_only=True)
class Happening:
    """What happened to one target; `record_many` takes one for each."""

    target: models.Model | None
    organization_id: int | None = None
    changes: Mapping[str, Any] | None = None
    target_type: str = ""
    target_name: str = ""


def record(
    *,
    verb: str,
    target: models.Model | None,
    now: datetime,
    actor_id: int | None = None,
    actor_name: str = "",
    organization_id: int | None = None,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    target_type: str = "",
    target_name: str = "",
) -> None:
    """Add one row to the trail, in the caller's transaction.

    `changes`: {"field": [before, after]}. `verb` reads "noun.past_participle". Written without RETURNING,
    since the writer need not be allowed to read the trail.
    """
    happening = Happening(
        target=target,
        organization_id=organization_id,
        changes=changes,
        target_type=target_type,
        target_name=target_name,
    )
    row = _row(happening, verb=verb, now=now, actor_id=actor_id, actor_name=actor_name, reason=reason)
    gathering.add([row])


def record_many(
    *,
    verb: str,
    happenings: Iterable[Happening],
    now: datetime,
    actor_id: int | None = None,
    actor_name: str = "",
    reason: str = "",
) -> None:
    """Add one row for each happening, as `record` does: one statement for five hundred."""
    gathering.add(
        _row(happening, verb=verb, now=now, actor_id=actor_id, actor_name=actor_name, reason=reason)
        for happening in happenings
    )


def _write(rows: list[list[Any]]) -> None:
    for start in range(0, len(rows), _PAGE):
        page = rows[start : start + _PAGE]
        together.execute(_INSERT + ", ".join([_PLACES] * len(page)), list(chain.from_iterable(page)))


gathering = Gathering("activity", _write)


def _row(
    happening: Happening, *, verb: str, now: datetime, actor_id: int | None, actor_name: str, reason: str
) -> list[Any]:
    origin, target = _origin.get(), happening.target
    organization_id = happening.organization_id
    # The trail is never changed: rows that may have to be erased say of themselves how they are named in it.
    trail_name = str(getattr(target, "trail_name", target if target is not None else ""))
    acts_on_itself = target is not None and target._meta.model_name == "user" and target.pk == actor_id
    return [
        uuid7(),
        now,
        actor_id,
        *(actor_id, CONTACT_NAME, (trail_name if acts_on_itself else actor_name)[:150]),
        origin.via,
        verb,
        happening.target_type or (target._meta.model_name or "" if target is not None else ""),
        target.pk if target is not None else None,
        (happening.target_name or trail_name)[:200],
        organization_id if organization_id is not None else getattr(target, "organization_id", None),
        json.dumps(dict(happening.changes or {}), cls=DjangoJSONEncoder),
        reason,
        origin.address,
        origin.request_id[:40],
    ]


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields that differ, as {"field": [before, after]}."""
    return {key: [before.get(key), value] for key, value in after.items() if before.get(key) != value}

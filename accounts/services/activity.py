"""The audit trail's one door in. Rows are added only; the database role may not change them (ADR 0007)."""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from common.ids import uuid7


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a change came from: the channel, the client's address and the request's or task's id."""

    via: str = "command"
    address: str | None = None
    request_id: str = ""


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())


def set_origin(origin: Origin) -> None:
    """Say where the following records come from; the web sets it per request, tasks per run."""
    _origin.set(origin)


_INSERT = """
INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id, target_name,
    organization_id, changes, reason, address, request_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


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
    origin = _origin.get()
    values = [
        uuid7(),
        now,
        actor_id,
        actor_name[:150],
        origin.via,
        verb,
        target_type or (target._meta.model_name or "" if target is not None else ""),
        target.pk if target is not None else None,
        (target_name or (str(target) if target is not None else ""))[:200],
        organization_id if organization_id is not None else getattr(target, "organization_id", None),
        json.dumps(dict(changes or {}), cls=DjangoJSONEncoder),
        reason,
        origin.address,
        origin.request_id[:40],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields that differ, as {"field": [before, after]}."""
    return {key: [before.get(key), value] for key, value in after.items() if before.get(key) != value}

"""Writing planned touchpoints by the thousand: one statement for new ones, one for those that changed.

The ORM's bulk calls took several times as long as PostgreSQL did; columns go as arrays instead.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection

from partners.models import Touchpoint

_INSERT = """
INSERT INTO partners_touchpoint (
    public_id, created_at, updated_at, organization_id, kind, series, policy_version, slot_on, planned_on, overdue_from,
    is_fixed, topic, meeting_url, recording_url, owner_id, owner_role, state, interaction_id, skip_reason, closed_at,
    version
)
SELECT public_id, %s, %s, organization_id, kind, kind, policy_version, slot_on, planned_on, overdue_from,
       false, '', '', '', owner_id, owner_role, state, interaction_id, '', closed_at, 1
  FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::integer[], %s::date[], %s::date[], %s::date[], %s::bigint[],
              %s::text[], %s::text[], %s::bigint[], %s::timestamptz[])
       made(public_id, organization_id, kind, policy_version, slot_on, planned_on, overdue_from, owner_id,
            owner_role, state, interaction_id, closed_at)
"""
_UPDATE = """
UPDATE partners_touchpoint row
   SET slot_on = new.slot_on, planned_on = new.planned_on, overdue_from = new.overdue_from, owner_id = new.owner_id,
       owner_role = new.owner_role, state = new.state, policy_version = new.policy_version,
       interaction_id = new.interaction_id, closed_at = new.closed_at, version = new.version, updated_at = %s
  FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::date[], %s::bigint[], %s::text[], %s::text[], %s::integer[],
              %s::bigint[], %s::timestamptz[], %s::integer[])
       new(id, slot_on, planned_on, overdue_from, owner_id, owner_role, state, policy_version, interaction_id,
           closed_at, version)
 WHERE row.id = new.id
"""


def write(made: Collection[Touchpoint], changed: Collection[Touchpoint], *, now: datetime) -> None:
    """Add the ones and rewrite what the cadence says of the others. Two statements at most."""
    with connection.cursor() as cursor:
        if made:
            cursor.execute(_INSERT, [now, now, *_columns(made, ("public_id", "organization_id", "kind", *_OF_NEW))])
        if changed:
            cursor.execute(_UPDATE, [now, *_columns(changed, ("id", *_OF_CHANGED))])


_OF_NEW = (
    "policy_version", "slot_on", "planned_on", "overdue_from", "owner_id", "owner_role", "state", "interaction_id",
    "closed_at",
)  # fmt: skip
_OF_CHANGED = (
    "slot_on", "planned_on", "overdue_from", "owner_id", "owner_role", "state", "policy_version", "interaction_id",
    "closed_at", "version",
)  # fmt: skip


def _columns(rows: Collection[Touchpoint], names: Collection[str]) -> list[list[object]]:
    return [[_plain(getattr(row, name)) for row in rows] for name in names]


def _plain(value: object) -> object:
    """Enumerations and ids as the driver takes them."""
    return str(value) if isinstance(value, str | UUID) else value

"""Writes what was heard of organizations in one statement: row by row that cost more than the hearing itself."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection

from health.models import AlertWatch


def remember(watches: Sequence[AlertWatch]) -> None:
    """Keep day, facts, what was told and when it was heard of these watches, which the caller has locked."""
    if not watches:
        return
    rows = [
        {
            "organization_id": one.pk,
            "day": one.day.isoformat(),
            "facts": one.facts,
            "told": one.told,
            "heard_at": one.heard_at.isoformat(),
        }
        for one in watches
    ]
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, [json.dumps(rows, separators=(",", ":"))])


_REMEMBER = """
UPDATE health_alertwatch w SET day = g.day, facts = g.facts, told = g.told, heard_at = g.heard_at
FROM jsonb_to_recordset(%s::jsonb) AS g(
    organization_id bigint, day date, facts jsonb, told jsonb, heard_at timestamptz)
WHERE w.organization_id = g.organization_id
"""

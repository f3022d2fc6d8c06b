"""What was known before under one key: the versions that the database keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps

from partners.models import RecordFact

MOST = 30


@dataclass(frozen=True, kw_only=True)
class PastFact:
    """One version, as it was written down."""

    at: datetime
    value: str
    source: str
    as_of: date
    author: str


def history_of(fact: RecordFact | None) -> Sequence[PastFact]:
    """All versions but the present one, the latest first. One statement; the caller may read the fact."""
    if fact is None:
        return ()
    events: Any = apps.get_model("partners", "RecordFactEvent")
    rows = events._default_manager.filter(pgh_obj_id=fact.pk, organization_id=fact.organization_id)
    rows = rows.exclude(version=fact.version).select_related("author").order_by("-pgh_id")
    return [
        PastFact(
            at=row.pgh_created_at,
            value=row.value,
            source=row.source,
            as_of=row.as_of,
            author=row.author.name if row.author is not None else "",
        )
        for row in rows[:MOST]
    ]

"""Which organizations are to be computed and what is known of their health so far, for a whole chunk at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection

from health.models import BandOverride
from health.rules.bands import BandState
from health.rules.receipts import Receipt, from_json
from health.rules.scorecard_packs import Scorecard
from partners.models import Organization


@dataclass(kw_only=True)
class Last:
    """The health of an organization by a scorecard as it was last computed."""

    is_main: bool
    band: str
    band_since: date
    day: date
    score: Decimal | None
    is_overridden: bool
    daily: Mapping[str, Any]
    daily_on: date | None
    written: str | None

    @cached_property
    def receipt(self) -> Receipt | None:
        """Of the snapshot behind it."""
        return from_json(json.loads(self.written)) if self.written else None

    @property
    def state(self) -> BandState | None:
        """After the last daily snapshot."""
        return BandState.from_json(self.daily)


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """A band set by hand that is in force."""

    band: str
    by: str
    why: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An organization to be computed. `band`: the one shown of it so far, "" where there is none."""

    id: int
    kind: str
    stage: str
    segment: str
    band: str
    last: dict[str, Last] = field(default_factory=dict)

    @property
    def main(self) -> Last | None:
        """By the scorecard that has made the band so far."""
        return next((last for last in self.last.values() if last.is_main), None)


def subjects(organization_ids: Sequence[int]) -> list[Subject]:
    """Those of these organizations that are not archived, in the order of their keys, with their last health.

    Two statements. Their states are locked in that order: two computations of one organization follow each other.
    """
    rows = Organization.objects.current().filter(pk__in=organization_ids).order_by("pk")
    found = {
        row[0]: Subject(id=row[0], kind=row[1], stage=row[2], segment=row[3] or "", band=row[4] or "")
        for row in rows.values_list("pk", "kind", "stage", "facts__arr_segment", "facts__health_band")
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATES, [list(found)])
        for pk, card, *row in cursor.fetchall():
            found[pk].last[card] = _last(row)
    return list(found.values())


def before(organization_ids: Sequence[int], day: date) -> dict[tuple[int, str], Last]:
    """By organization and scorecard the last daily snapshot before a day: for days that are computed late."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [list(organization_ids), day])
        return {(pk, card): _last(row) for pk, card, *row in cursor.fetchall()}


def overrides(organization_ids: Sequence[int], moment: datetime) -> dict[int, Override]:
    """The bands set by hand that are in force, by organization."""
    rows = BandOverride.objects.filter(organization_id__in=organization_ids).in_force(moment).order_by("started_at")
    return {
        pk: Override(band=band, by=by, why=why, until=until)
        for pk, band, by, why, until in rows.values_list("organization_id", "band", "set_by__name", "reason", "until")
    }


def chosen(cards: Mapping[str, Scorecard], subject: Subject) -> list[tuple[str, Scorecard]]:
    """The scorecards that apply, by name: first the one that makes the band, then those beside it.

    Of several the one that fits most closely makes the band: a card for segments before one for stages before one for
    kinds; among equals the first by name.
    """
    fitting = [
        (name, card)
        for name, card in sorted(cards.items())
        if card.applies_to(kind=subject.kind, stage=subject.stage, segment=subject.segment)
    ]
    main = min(
        (entry for entry in fitting if not entry[1].is_beside),
        key=lambda entry: (not entry[1].segments, not entry[1].stages, len(entry[1].kinds), entry[0]),
        default=None,
    )
    return [*([main] if main else []), *(entry for entry in fitting if entry[1].is_beside)]


def _last(row: Sequence[Any]) -> Last:
    is_main, band, band_since, day, score, is_overridden, daily, daily_on, written = row
    return Last(
        is_main=is_main,
        band=band,
        band_since=band_since,
        day=day,
        score=score,
        is_overridden=is_overridden,
        daily=json.loads(daily),
        daily_on=daily_on,
        written=written,
    )


# Each snapshot by its key: its day says in which month it lies, and no other is opened.
_STATES = """
SELECT s.organization_id, s.card, s.is_main, s.band, s.band_since, s.day, s.score, s.reason ->> 'code' = 'override',
    s.daily, s.daily_on, p.receipt
FROM health_healthstate s LEFT JOIN LATERAL (
    SELECT p.receipt FROM health_snapshot p
    WHERE p.organization_id = s.organization_id AND p.card = s.card AND p.day = s.day AND p.occasion = s.occasion
    OFFSET 0
) p ON true
WHERE s.organization_id = ANY (%s) ORDER BY s.organization_id, s.card FOR NO KEY UPDATE OF s
"""
_BEFORE = """
SELECT DISTINCT ON (organization_id, card) organization_id, card, is_main, band, day, day, score,
    band <> computed_band, receipt -> 'state', day, receipt
FROM health_snapshot WHERE organization_id = ANY (%s) AND day < %s AND occasion = 'daily'
ORDER BY organization_id, card, day DESC
"""

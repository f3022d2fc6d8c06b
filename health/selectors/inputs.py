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

from health.rules.bands import BandState
from health.rules.receipts import Receipt, from_json
from health.rules.scorecard_packs import Scorecard


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
    override: Override | None = None
    last: dict[str, Last] = field(default_factory=dict)

    @property
    def main(self) -> Last | None:
        """By the scorecard that has made the band so far."""
        return next((last for last in self.last.values() if last.is_main), None)


def subjects(organization_ids: Sequence[int], moment: datetime) -> list[Subject]:
    """Those of these organizations that are not archived, in the order of their keys, with their last health.

    One statement. Their states are locked in that order: two computations of one organization follow each other. An
    override is that in force at `moment`.
    """
    found: dict[int, Subject] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SUBJECTS, [sorted(organization_ids), moment, moment, moment])
        for pk, kind, stage, segment, shown, band, by, why, until, card, *row in cursor.fetchall():
            if pk not in found:
                override = Override(band=band, by=by, why=why, until=until) if band is not None else None
                found[pk] = Subject(id=pk, kind=kind, stage=stage, segment=segment, band=shown, override=override)
            if card is not None:
                found[pk].last[card] = _last(row)
    return list(found.values())


def before(organization_ids: Sequence[int], day: date) -> dict[tuple[int, str], Last]:
    """By organization and scorecard the last daily snapshot before a day: for days that are computed late."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [list(organization_ids), day])
        return {(pk, card): _last(row) for pk, card, *row in cursor.fetchall()}


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


# One organization after the other, so that states are locked in the order of the keys. Each snapshot by its key: its
# day says in which month it lies, and no other is opened.
_SUBJECTS = """
SELECT o.id, o.kind, o.stage, o.arr_segment, o.health_band, v.band, v.name, v.reason, v.until, s.*
FROM (
    SELECT o.id, o.kind, o.stage, coalesce(f.arr_segment, '') AS arr_segment,
        coalesce(f.health_band, '') AS health_band
    FROM partners_organization o LEFT JOIN partners_organizationfacts f ON f.organization_id = o.id
    WHERE o.id = ANY (%s) AND o.archived_at IS NULL ORDER BY o.id OFFSET 0
) o LEFT JOIN LATERAL (
    SELECT v.band, u.name, v.reason, v.until FROM health_bandoverride v JOIN accounts_user u ON u.id = v.set_by_id
    WHERE v.organization_id = o.id AND (v.ended_at IS NULL OR v.ended_at > %s) AND v.started_at <= %s AND v.until > %s
    ORDER BY v.started_at DESC LIMIT 1
) v ON true LEFT JOIN LATERAL (
    SELECT s.card, s.is_main, s.band, s.band_since, s.day, s.score, s.reason ->> 'code' = 'override', s.daily,
        s.daily_on, p.receipt
    FROM health_healthstate s LEFT JOIN LATERAL (
        SELECT p.receipt FROM health_snapshot p
        WHERE p.organization_id = s.organization_id AND p.card = s.card AND p.day = s.day AND p.occasion = s.occasion
        OFFSET 0
    ) p ON true
    WHERE s.organization_id = o.id ORDER BY s.card FOR NO KEY UPDATE OF s
) s ON true
"""
_BEFORE = """
SELECT DISTINCT ON (organization_id, card) organization_id, card, is_main, band, day, day, score,
    band <> computed_band, receipt -> 'state', day, receipt
FROM health_snapshot WHERE organization_id = ANY (%s) AND day < %s AND occasion = 'daily'
ORDER BY organization_id, card, day DESC
"""

"""The health of one organization with its receipt: everything its page says, read in one statement.

Callers have made sure that the reader opens the organization in full; row security holds beside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from common.policy_cache import policy_of_id
from health.choices import Band, PulseValue
from health.models import DAILY
from health.policies import HealthPolicies, policies_of
from health.rules import receipts
from health.rules.receipts import Receipt
from health.rules.scorecard_packs import Scorecard
from health.words import PULSE_ICONS, TONES
from partners.selectors.page import OrganizationPage

HISTORY = timedelta(days=365)
SHOWN_PULSES = 12


@dataclass(frozen=True, kw_only=True)
class GivenPulse:
    """What an owner thought, when, and why."""

    value: str
    note: str
    by: str
    at: datetime

    @property
    def label(self) -> str:
        return str(PulseValue(self.value).label)

    @property
    def icon(self) -> str:
        return PULSE_ICONS[self.value]

    @property
    def tone(self) -> str:
        return TONES[self.value]


@dataclass(frozen=True, kw_only=True)
class SetBand:
    """A band that was set by hand; `is_in_force` at the moment of reading."""

    public_id: str
    band: str
    reason: str
    by: str
    started_at: datetime
    until: datetime
    ended_at: datetime | None
    is_in_force: bool

    @property
    def label(self) -> str:
        return str(Band(self.band).label)


@dataclass(frozen=True, kw_only=True)
class StoredState:
    """The latest state by one scorecard."""

    card: str
    is_main: bool
    score: Decimal | None
    coverage: Decimal
    band: str
    computed_band: str
    band_since: date
    moved: Decimal | None
    reason: Mapping[str, Any]
    day: date
    occasion: str


@dataclass(frozen=True, kw_only=True)
class HistoryPoint:
    """One snapshot in the history."""

    day: date
    occasion: str
    score: Decimal | None
    coverage: Decimal
    band: str
    computed_band: str
    card: str
    card_version: int

    @property
    def is_daily(self) -> bool:
        return self.occasion == DAILY


@dataclass(frozen=True, kw_only=True)
class ShownSnapshot:
    """The snapshot whose receipt is shown. `card` None: the version is gone, and labels with it."""

    day: date
    occasion: str
    score: Decimal | None
    coverage: Decimal
    band: str
    computed_band: str
    is_main: bool
    computed_at: datetime
    receipt: Receipt
    card: Scorecard | None


@dataclass(frozen=True, kw_only=True)
class HealthPage:
    """What was read. `asked` is the day of the address; None shows the latest."""

    page: OrganizationPage
    policies: HealthPolicies
    states: Sequence[StoredState]
    shown: ShownSnapshot | None
    history: Sequence[HistoryPoint]
    pulses: Sequence[GivenPulse]
    overrides: Sequence[SetBand]
    asked: date | None

    @cached_property
    def state(self) -> StoredState | None:
        return next((state for state in self.states if state.is_main), None)

    @property
    def beside(self) -> list[StoredState]:
        """The other scorecards, which make no band in lists."""
        return [state for state in self.states if not state.is_main]

    @property
    def override(self) -> SetBand | None:
        return next((one for one in self.overrides if one.is_in_force), None)

    @property
    def daily(self) -> list[HistoryPoint]:
        return [point for point in self.history if point.is_daily]

    @property
    def before(self) -> HistoryPoint | None:
        """The daily snapshot before the one that is shown: what its change is told against."""
        return next((one for one in reversed(self.daily) if self.shown and one.day < self.shown.day), None)

    @property
    def after(self) -> HistoryPoint | None:
        """The daily snapshot after it."""
        return next((one for one in self.daily if self.shown and one.day > self.shown.day), None)

    @property
    def first_day(self) -> date | None:
        return self.daily[0].day if self.daily else None


def health_page(page: OrganizationPage, *, day: date | None = None, occasion: str = "", card: str = "") -> HealthPage:
    """The health of an organization, with the receipt of a day and occasion, else the latest. One statement."""
    values = {
        "organization": page.row.pk,
        "day": day,
        "occasion": occasion or (DAILY if day else None),
        "card": card or None,
        "since": timezone.localdate(page.now) - HISTORY,
        "pulses": SHOWN_PULSES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, values)
        in_force, snapshot, version, states, history, pulses, overrides = cursor.fetchone()
    return HealthPage(
        page=page,
        policies=policies_of(in_force),
        states=[_state(row) for row in _rows(states)],
        shown=_shown(snapshot, version),
        history=[_point(row) for row in _rows(history)],
        pulses=[GivenPulse(value=row[0], note=row[1], by=row[2], at=_at(row[3])) for row in _rows(pulses)],
        overrides=[_override(row, page.now) for row in _rows(overrides)],
        asked=day,
    )


# The latest snapshot by the main scorecard, or the one that is asked for, with the version it was computed by. The
# state names the day of the latest one, so that one month of snapshots is read, however many there are.
_PAGE = """
WITH shown AS MATERIALIZED (
    SELECT s.* FROM health_snapshot s
    WHERE s.organization_id = %(organization)s
        AND CASE WHEN %(card)s IS NULL THEN s.is_main ELSE s.card = %(card)s END
        AND s.day = coalesce(
            %(day)s::date,
            (SELECT t.day FROM health_healthstate t WHERE t.organization_id = %(organization)s AND t.is_main),
            (SELECT max(m.day) FROM health_snapshot m WHERE m.organization_id = %(organization)s AND m.is_main)
        )
        AND (%(occasion)s IS NULL OR s.occasion = %(occasion)s)
        AND s.occasion NOT LIKE 'shadow%%'
    ORDER BY s.computed_at DESC LIMIT 1
)
SELECT
    (SELECT string_agg(concat_ws(' ', v.name, v.id, v.checksum), E'\n' ORDER BY v.name)
        FROM common_policyversion v WHERE v.is_active AND (v.kind = 'scorecard' OR v.name = 'metrics')),
    (SELECT to_jsonb(shown) FROM shown),
    (SELECT concat_ws(' ', v.id, v.checksum) FROM common_policyversion v, shown
        WHERE v.name IN (shown.card, 'scorecard.' || shown.card) AND v.version = shown.card_version),
    (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.card) FROM health_healthstate t
        WHERE t.organization_id = %(organization)s),
    (SELECT jsonb_agg(jsonb_build_array(
            h.day, h.occasion, h.score, h.coverage, h.band, h.computed_band, h.card, h.card_version)
            ORDER BY h.day, h.computed_at)
        FROM health_snapshot h WHERE h.organization_id = %(organization)s AND h.is_main AND h.day > %(since)s
        AND h.occasion NOT LIKE 'shadow%%'),
    (SELECT jsonb_agg(p.told) FROM (
        SELECT jsonb_build_array(g.value, g.note, u.name, g.given_at) AS told
        FROM health_pulse g JOIN accounts_user u ON u.id = g.given_by_id
        WHERE g.organization_id = %(organization)s ORDER BY g.given_at DESC, g.id DESC LIMIT %(pulses)s) p),
    (SELECT jsonb_agg(jsonb_build_array(
            b.public_id, b.band, b.reason, u.name, b.started_at, b.until, b.ended_at) ORDER BY b.started_at DESC)
        FROM health_bandoverride b JOIN accounts_user u ON u.id = b.set_by_id
        WHERE b.organization_id = %(organization)s)
"""


def _rows(text: str | None) -> list[Any]:
    return list(json.loads(text, parse_float=Decimal)) if text else []


def _shown(text: str | None, version: str | None) -> ShownSnapshot | None:
    if not text:
        return None
    row = json.loads(text, parse_float=Decimal)
    card = None
    if version:
        version_id, checksum = version.split(" ")
        card = policy_of_id(int(version_id), checksum)
    return ShownSnapshot(
        day=date.fromisoformat(row["day"]),
        occasion=row["occasion"],
        score=_decimal(row["score"]),
        coverage=Decimal(row["coverage"]),
        band=row["band"],
        computed_band=row["computed_band"],
        is_main=row["is_main"],
        computed_at=_at(row["computed_at"]),
        receipt=receipts.from_json(row["receipt"]),
        card=card if isinstance(card, Scorecard) else None,
    )


def _state(row: Mapping[str, Any]) -> StoredState:
    return StoredState(
        card=row["card"],
        is_main=row["is_main"],
        score=_decimal(row["score"]),
        coverage=Decimal(row["coverage"]),
        band=row["band"],
        computed_band=row["computed_band"],
        band_since=date.fromisoformat(row["band_since"]),
        moved=_decimal(row["moved"]),
        reason=row["reason"],
        day=date.fromisoformat(row["day"]),
        occasion=row["occasion"],
    )


def _point(row: Sequence[Any]) -> HistoryPoint:
    day, occasion, score, coverage, band, computed, card, version = row
    return HistoryPoint(
        day=date.fromisoformat(day),
        occasion=occasion,
        score=_decimal(score),
        coverage=Decimal(coverage),
        band=band,
        computed_band=computed,
        card=card,
        card_version=version,
    )


def _override(row: Sequence[Any], now: datetime) -> SetBand:
    public_id, band, reason, by, started, until, ended = row
    ends, ended_at = _at(until), _at(ended) if ended else None
    return SetBand(
        public_id=public_id,
        band=band,
        reason=reason,
        by=by,
        started_at=_at(started),
        until=ends,
        ended_at=ended_at,
        is_in_force=(ended_at is None or ended_at > now) and ends > now,
    )


def _at(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None:
        raise ValueError(text)
    return found


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)

"""Writes what was computed: snapshots, the latest states, and what lists show of organizations. One statement."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection

from common.partitions import ensure_partitions
from health.models import DAILY
from health.rules.receipts import to_json

if TYPE_CHECKING:
    from health.services.scores import Outcome


def write(outcomes: Sequence[Outcome], *, months: Collection[tuple[int, int]] = ()) -> None:
    """Add the snapshots that are not there yet; of the latest ones the states and the facts of organizations follow.

    `months` (year, month) are some that hold snapshots, so that nobody has to ask for them.
    """
    if not outcomes:
        return
    day = outcomes[0].day
    if (day.year, day.month) not in months:
        _ensure_month(day)
    body = json.dumps([_row(outcome) for outcome in outcomes], separators=(",", ":"), ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"rows": body, "daily": DAILY})


def _ensure_month(day: date) -> None:
    """Make the month of a day where it is missing. Asking comes first: whoever makes one lets all others wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"health_snapshot_{day:%Y_%m}"])
        if cursor.fetchone()[0] is None:
            ensure_partitions(table="health_snapshot", key="day", start=day, end=day)


def forget(cards: Mapping[int, Sequence[str]]) -> None:
    """Take away states by scorecards that apply to an organization no longer; their snapshots stay."""
    if cards:
        body = json.dumps(cards, separators=(",", ":"))
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, {"cards": body, "ids": list(cards)})


def _row(outcome: Outcome) -> dict[str, Any]:
    receipt = outcome.receipt
    score = receipt.scored.score
    return {
        "organization_id": outcome.organization_id,
        "card": outcome.card,
        "day": outcome.day.isoformat(),
        "occasion": outcome.occasion,
        "card_version": receipt.card_version,
        "is_main": outcome.is_main,
        "is_latest": outcome.is_latest,
        "score": str(score) if score is not None else None,
        "coverage": str(receipt.scored.coverage),
        "band": outcome.band,
        "computed_band": receipt.state.band,
        "raw_band": outcome.raw_band,
        "inputs_hash": receipt.inputs_hash,
        "receipt": to_json(receipt),
        "computed_at": outcome.computed_at.isoformat(),
        "band_since": outcome.band_since.isoformat(),
        "moved": str(outcome.moved) if outcome.moved is not None else None,
        "reason": outcome.reason,
        "groups": outcome.groups,
        "state": receipt.state.to_json(),
    }


# States by other scorecards give way first: one of an organization makes its band. Facts are locked in the order of
# their keys, and left alone where nothing of them is new.
_WRITE = """
WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
        organization_id bigint, card text, day date, occasion text, card_version integer, is_main boolean,
        is_latest boolean, score numeric(5, 2), coverage numeric(5, 2), band text, computed_band text, raw_band text,
        inputs_hash text, receipt jsonb, computed_at timestamptz, band_since date, moved numeric(5, 2), reason jsonb,
        groups jsonb, state jsonb)
), snapshots AS (
    INSERT INTO health_snapshot (organization_id, card, day, occasion, card_version, is_main, score, coverage, band,
        computed_band, raw_band, inputs_hash, receipt, computed_at)
    SELECT organization_id, card, day, occasion, card_version, is_main, score, coverage, band, computed_band, raw_band,
        inputs_hash, receipt, computed_at FROM given
    ON CONFLICT DO NOTHING
), states AS (
    INSERT INTO health_healthstate AS kept (organization_id, card, is_main, card_version, score, coverage, band,
        computed_band, band_since, moved, reason, groups, inputs_hash, day, occasion, computed_at, daily, daily_on)
    SELECT organization_id, card, is_main, card_version, score, coverage, band, computed_band, band_since, moved,
        reason, groups, inputs_hash, day, occasion, computed_at,
        CASE WHEN occasion = %(daily)s THEN state ELSE '{}' END, CASE WHEN occasion = %(daily)s THEN day END
    FROM given WHERE is_latest ORDER BY organization_id, card
    ON CONFLICT (organization_id, card) DO UPDATE SET
        is_main = excluded.is_main, card_version = excluded.card_version, score = excluded.score,
        coverage = excluded.coverage, band = excluded.band, computed_band = excluded.computed_band,
        band_since = excluded.band_since, moved = excluded.moved, reason = excluded.reason, groups = excluded.groups,
        inputs_hash = excluded.inputs_hash, day = excluded.day, occasion = excluded.occasion,
        computed_at = excluded.computed_at,
        daily = CASE WHEN excluded.daily_on IS NULL THEN kept.daily ELSE excluded.daily END,
        daily_on = coalesce(excluded.daily_on, kept.daily_on)
), shown AS MATERIALIZED (
    SELECT f.organization_id, g.score, g.coverage, g.band, g.band_since, g.moved, g.reason, g.computed_at
    FROM partners_organizationfacts f JOIN given g USING (organization_id)
    WHERE g.is_main AND g.is_latest AND (f.health_band, f.health_score, f.health_coverage, f.health_moved,
        f.health_changed_on, f.health_reason)
        IS DISTINCT FROM (g.band, g.score, g.coverage, g.moved, g.band_since, g.reason)
    ORDER BY f.organization_id FOR NO KEY UPDATE OF f
)
UPDATE partners_organizationfacts f SET health_band = shown.band, health_score = shown.score,
    health_coverage = shown.coverage, health_moved = shown.moved, health_reason = shown.reason,
    health_changed_on = shown.band_since, health_at = shown.computed_at
FROM shown WHERE f.organization_id = shown.organization_id
"""
_FORGET = """
DELETE FROM health_healthstate s WHERE s.organization_id = ANY (%(ids)s)
    AND NOT (%(cards)s::jsonb -> s.organization_id::text) ? s.card
"""

"""Health on the homes: one's own organizations, worst first, and how all bands are spread; one statement each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When, Window
from django.utils import timezone

from accounts.labels import stage_label
from accounts.rules.access import Actor
from common import composed
from health.policies import IN_FORCE, policies_of
from health.words import short_reason
from partners.models import Assignment, Organization

SHOWN = 12
WEEK = timedelta(days=7)
UNKNOWN = "none"
_BANDS = ("red", "yellow", "grey", "green")
_RANK = Case(
    *(When(facts__health_band=band, then=Value(place)) for place, band in enumerate(_BANDS)),
    default=Value(len(_BANDS)),
    output_field=IntegerField(),
)


@dataclass(frozen=True, kw_only=True)
class OwnRow:
    """One organization of one's own; `band` is empty where nothing has been computed."""

    public_id: str
    name: str
    stage_label: str
    band: str
    score: Decimal | None
    moved: Decimal | None
    reason: str
    last_two_way_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class OwnHealth:
    """The worst ones first; `counts` by band, "none" for what has not been computed."""

    rows: tuple[OwnRow, ...]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def own_health(actor: Actor) -> OwnHealth:
    """The organizations that `actor` holds today and opens in full."""
    rows = composed.records(_own, actor)
    counts = {band: int(rows[0][f"count_{band}"]) if rows else 0 for band in (*_BANDS, UNKNOWN)}
    return OwnHealth(rows=tuple(_own_row(values) for values in rows), counts=counts)


def _own(actor: Actor) -> QuerySet[Any, Any]:
    held = Assignment.objects.active().filter(user_id=actor.user_id)
    found = Organization.objects.opened_to(actor).current().filter(pk__in=held.values("organization_id"))
    counts = {
        f"count_{band}": Window(Count("pk", filter=Q(facts__health_band="" if band == UNKNOWN else band)))
        for band in (*_BANDS, UNKNOWN)
    }
    names = ("public_id", "name", "stage", "facts__last_two_way_at")
    health = ("facts__health_band", "facts__health_score", "facts__health_moved", "facts__health_reason")
    found = found.annotate(rank=_RANK, in_force=IN_FORCE, **counts)
    ordered = found.order_by("rank", F("facts__health_score").asc(nulls_last=True), "name_sort", "pk")
    return ordered.values(*names, *health, "in_force", *counts)[:SHOWN]


def _own_row(values: Mapping[str, Any]) -> OwnRow:
    reason = values["facts__health_reason"] or {}
    return OwnRow(
        public_id=str(values["public_id"]),
        name=values["name"],
        stage_label=stage_label(values["stage"]),
        band=values["facts__health_band"] or "",
        score=values["facts__health_score"],
        moved=values["facts__health_moved"],
        # Names of measures are for all who open it; figures of commercial ones are not told on a home.
        reason=short_reason(reason, policies_of(values["in_force"]), with_commercial=False),
        last_two_way_at=values["facts__last_two_way_at"],
    )


@dataclass(frozen=True, kw_only=True)
class BandCount:
    """How many organizations are in a band, and how many of them came into it within seven days."""

    band: str
    total: int
    moved: int


def band_counts(actor: Actor, *, now: datetime) -> list[BandCount]:
    """Of all organizations that `actor` opens; one aggregate."""
    week_ago = timezone.localdate(now) - WEEK
    found = {band: (total, moved) for band, total, moved in composed.fetch(_by_band, actor, gaps=(week_ago,))}
    return [BandCount(band=band, total=found[band][0], moved=found[band][1]) for band in _BANDS if band in found]


def _by_band(actor: Actor, week_ago: date) -> QuerySet[Any, Any]:
    seen = Organization.objects.opened_to(actor).current().filter(health_states__is_main=True).order_by()
    moved = Q(health_states__band_since__gte=week_ago)
    counted = seen.values("health_states__band").annotate(total=Count("pk"), moved=Count("pk", filter=moved))
    return counted.values_list("health_states__band", "total", "moved")

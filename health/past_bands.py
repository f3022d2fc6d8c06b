"""Bands of past days, for lists that are read as of one: the daily snapshots by the main scorecard."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from health.models.scores import Snapshot
from partners.models import Organization
from partners.past_health import Band, PastBands, keep_bands

# A day that was not computed has the band of one of the two before it, as in reports.
LOOKED_BACK = timedelta(days=2)


def offer() -> None:
    """Say how lists read the bands of a day."""
    keep_bands(PastBands(of=_of, having=_having))


def _latest(day: date) -> Any:
    """The latest daily snapshot of each organization up to a day."""
    rows = Snapshot.objects.daily().filter(is_main=True, day__range=(day - LOOKED_BACK, day))
    latest = rows.filter(organization_id=OuterRef("organization_id")).order_by("-day").values("day")[:1]
    return rows.filter(day=Subquery(latest))


def _of(ids: Iterable[int], day: date) -> Mapping[int, Band]:
    rows = _latest(day).filter(organization_id__in=list(ids)).values_list("organization_id", "band", "score")
    return {organization_id: (band, score) for organization_id, band, score in rows}


def _having(bands: Iterable[str], day: date) -> Any:
    wanted, latest = set(bands), _latest(day)
    found = Q(pk__in=latest.filter(band__in=wanted - {""}).values("organization_id"))
    if "" in wanted:
        found |= ~Q(pk__in=latest.values("organization_id"))
    return Organization.objects.filter(found).values("pk")

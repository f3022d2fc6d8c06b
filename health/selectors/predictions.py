"""Predictions as people read them: what was learned of a kind, whom it concerns most, and one organization."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from health.models import Prediction, Training
from health.prediction_choices import TrainingState
from partners.rules.small_samples import share

LIKELIEST = Order((SortKey(name="probability", descending=True),), tie_break="organization_id")
SIZE = 50


@dataclass(frozen=True, kw_only=True)
class PredictionRow:
    """One organization in the list of predictions."""

    organization: str
    organization_id: str
    probability: float
    reasons: Sequence[dict[str, Any]]
    as_of: date


@dataclass(frozen=True, kw_only=True)
class BinRow:
    """A bin of calibration with the 95 % interval of its share."""

    low: float
    high: float
    n: int
    losses: int
    mean: float
    share: float
    share_low: float
    share_high: float


def trainings(kind: str) -> tuple[Training | None, Training | None]:
    """The latest that is done, and the one under way. One statement."""
    states = (TrainingState.DONE, TrainingState.RUNNING)
    rows = list(Training.objects.filter(kind=kind, state__in=states).order_by("-started_at", "-pk")[:5])
    done = next((row for row in rows if row.state == TrainingState.DONE), None)
    return done, next((row for row in rows if row.state == TrainingState.RUNNING), None)


def prediction_page(actor: Actor, kind: str, *, cursor: str) -> Page:
    """A page of predictions of what `actor` opens, the likeliest first. One statement."""
    page = paginate(_rows(actor, kind), LIKELIEST, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row) for row in page.rows], previous=page.previous, next=page.next)


def prediction_rows(actor: Actor, kind: str) -> Iterator[PredictionRow]:
    """All of them for a file."""
    return (_row(row) for row in poured(_rows(actor, kind).order_by("-probability", "organization_id")))


def prediction_of(actor: Actor, organization_id: int) -> Prediction | None:
    """That of one organization with its training. One statement."""
    rows = Prediction.objects.all().visible_to(actor).select_related("training")
    found: Prediction | None = rows.filter(organization_id=organization_id).first()
    return found


def bin_rows(training: Training) -> list[BinRow]:
    """Bins of the backtest of a training."""
    found = []
    for one in training.figures.get("bins", ()):
        wilson = share(one["losses"], one["n"])
        came = one["losses"] / one["n"]
        found.append(BinRow(**one, share=came, share_low=wilson.low, share_high=wilson.high))
    return found


def _rows(actor: Actor, kind: str) -> "QuerySet[Any, Any]":
    rows = Prediction.objects.all().visible_to(actor).filter(organization__kind=kind)
    found: QuerySet[Any, Any] = rows.select_related("organization")
    return found


def _row(row: Any) -> PredictionRow:
    return PredictionRow(
        organization=row.organization.name,
        organization_id=str(row.organization.public_id),
        probability=float(row.probability),
        reasons=row.reasons,
        as_of=row.as_of,
    )

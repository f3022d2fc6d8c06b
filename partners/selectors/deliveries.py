"""What the gemstone of an organization promises against what was delivered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from partners.enablement_policy import known_services, services_of, word
from partners.models import ServiceDelivery
from partners.rules.services_promised import Against, Standing, against

SHOWN = 50
_WORDS = {
    Standing.NOT_COUNTED: (_("Throughout"), "neutral"),
    Standing.OPEN: (_("To deliver"), "warning"),
    Standing.DELIVERED: (_("Delivered"), "success"),
    Standing.OVER: (_("More than promised"), "info"),
    Standing.NOT_PROMISED: (_("Not promised"), "info"),
}


@dataclass(frozen=True, kw_only=True)
class ServiceRow:
    """One service: what was promised, and the days delivered. Days are working days."""

    id: str
    label: str
    word: str
    tone: str
    days_min: int | None
    days_max: int | None
    delivered: Decimal
    remaining: Decimal

    @property
    def is_counted(self) -> bool:
        return self.days_min is not None or self.days_max is not None


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    """Days that were delivered, as they were written down."""

    public_id: str
    label: str
    delivered_on: date
    days: Decimal
    note: str
    who: str
    is_withdrawn: bool


def promised_to(actor: Actor, organization_id: int, gemstone: str) -> list[ServiceRow]:
    """What is promised, then what was delivered beyond it. Three statements."""
    rows = seen_deliveries(actor).filter(organization_id=organization_id, withdrawn_at__isnull=True)
    sums = rows.order_by().values_list("service").annotate(Sum("days"))
    labels = _labels()
    return [_service(row, labels) for row in against(services_of(gemstone), dict(sums))]


def deliveries_of(actor: Actor, organization_id: int) -> list[DeliveryRow]:
    """The latest ones, withdrawn ones too. Two statements."""
    labels = _labels()
    rows = seen_deliveries(actor).filter(organization_id=organization_id).order_by("-delivered_on", "-pk")[:SHOWN]
    return [
        DeliveryRow(
            public_id=str(row.public_id),
            label=labels.get(row.service, row.service),
            delivered_on=row.delivered_on,
            days=row.days.normalize(),
            note=row.note,
            who=row.recorded_by.name if row.recorded_by else "",
            is_withdrawn=row.withdrawn_at is not None,
        )
        for row in rows
    ]


def seen_deliveries(actor: Actor) -> "QuerySet[Any, Any]":
    """With who wrote it down, for lists and for the API."""
    seen: QuerySet[Any, Any] = ServiceDelivery.objects.all().visible_to(actor)
    return seen.select_related("organization", "recorded_by")


def _labels() -> Mapping[str, str]:
    return {key: word(service.label) for key, service in known_services().items()}


def _service(row: Against, labels: Mapping[str, str]) -> ServiceRow:
    said, tone = _WORDS[row.standing]
    service = row.service
    return ServiceRow(
        id=row.id,
        label=word(service.label) if service else labels.get(row.id, row.id),
        word=str(said),
        tone=tone,
        days_min=service.days_min if service else None,
        days_max=service.days_max if service else None,
        delivered=row.delivered.normalize(),
        remaining=row.remaining.normalize(),
    )

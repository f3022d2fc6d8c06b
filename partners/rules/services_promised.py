"""What a gemstone promises against what was delivered (journey.md, Tiers, segments, gemstones). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from partners.rules.classification_packs import Service


class Standing(StrEnum):
    """How a service stands. What is not counted in days is not judged."""

    NOT_COUNTED = "not_counted"
    OPEN = "open"
    DELIVERED = "delivered"
    OVER = "over"
    NOT_PROMISED = "not_promised"


@dataclass(frozen=True, kw_only=True, slots=True)
class Against:
    """One service: days promised and delivered. `service` is None where it was not promised."""

    id: str
    service: Service | None
    delivered: Decimal
    standing: Standing

    @property
    def remaining(self) -> Decimal:
        """Days still to deliver, at least."""
        least = self.service.days_min if self.service and self.service.days_min is not None else 0
        return max(Decimal(least) - self.delivered, Decimal(0))


def against(promised: Iterable[Service], delivered: Mapping[str, Decimal]) -> tuple[Against, ...]:
    """Promised services in their order, then what was delivered beyond them, by name."""
    known = {service.id: service for service in promised}
    rows = [_row(service, delivered.get(service.id, Decimal(0))) for service in known.values()]
    beyond = sorted(key for key in delivered if key not in known)
    rows += [Against(id=key, service=None, delivered=delivered[key], standing=Standing.NOT_PROMISED) for key in beyond]
    return tuple(rows)


def _row(service: Service, days: Decimal) -> Against:
    if service.days_min is None and service.days_max is None:
        standing = Standing.NOT_COUNTED
    elif service.days_max is not None and days > service.days_max:
        standing = Standing.OVER
    elif days >= (service.days_min or 0):
        standing = Standing.DELIVERED
    else:
        standing = Standing.OPEN
    return Against(id=service.id, service=service, delivered=days, standing=standing)

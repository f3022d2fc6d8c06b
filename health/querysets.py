"""The query vocabulary of health. Every read starts with `visible_to(actor)`, made from the one policy.

Whoever may open an organization in full sees its health; who knows it by its summary, and its contacts, do not.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from partners.querysets import ScopedQuerySet

if TYPE_CHECKING:
    from accounts.rules.access import Actor


class CatalogQuerySet(models.QuerySet[Any]):
    """What all organizations share, such as which metrics there are: every colleague may know it."""

    def visible_to(self, actor: "Actor") -> Self:
        return self if actor.is_staff else self.none()


class SampleQuerySet(ScopedQuerySet):
    def known_at(self, moment: datetime) -> Self:
        """What had arrived by then, of instants that had passed by then."""
        return self.filter(at__lte=moment, received_at__lte=moment)


class SnapshotQuerySet(ScopedQuerySet):
    def daily(self) -> Self:
        return self.filter(occasion="daily")

    def on(self, day: date) -> Self:
        return self.filter(day=day)

    def newest_first(self) -> Self:
        return self.order_by("-day", "-computed_at")


class StateQuerySet(ScopedQuerySet):
    def main(self) -> Self:
        """The state by the scorecard that makes the band; others stand beside it."""
        return self.filter(is_main=True)

    def in_band(self, *bands: str) -> Self:
        return self.filter(band__in=bands)


class OverrideQuerySet(ScopedQuerySet):
    def in_force(self, moment: datetime) -> Self:
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=moment), started_at__lte=moment, until__gt=moment)

"""The query vocabulary of losses: why somebody left, and for how much, is for those who read commercial fields."""

from datetime import date
from typing import Self

from django.db.models import Q

from partners.growth_querysets import CommercialQuerySet


class LossQuerySet(CommercialQuerySet):
    def valid(self) -> Self:
        """Without those that were recorded by mistake."""
        return self.exclude(state="withdrawn")

    def lost_on(self, day: date) -> Self:
        """Losses by which an organization was gone on `day`."""
        gone = Q(returned_on__isnull=True) | Q(returned_on__gt=day)
        return self.valid().filter(gone, lost_on__lte=day)

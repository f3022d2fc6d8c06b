"""The query vocabulary of losses: why somebody left, and for how much, is for those who read commercial fields."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from accounts.rules.access import FieldClass, Right, visibility_terms
from partners.querysets import ScopedQuerySet, opened_by

if TYPE_CHECKING:
    from accounts.rules.access import Actor


class LossQuerySet(ScopedQuerySet):
    field_class = FieldClass.COMMERCIAL

    def visible_to(self, actor: "Actor", right: Right = Right.SEE) -> Self:
        """Losses of organizations that are open in full to `actor` with their commercial fields."""
        terms = visibility_terms(actor, right, self.field_class)
        if terms.everything:
            return self
        if terms.is_empty:
            return self.none()
        return self.filter(Q(organization_id__in=opened_by(terms, with_summary=False)))

    def valid(self) -> Self:
        """Without those that were recorded by mistake."""
        return self.exclude(state="withdrawn")

    def lost_on(self, day: date) -> Self:
        """Losses by which an organization was gone on `day`."""
        gone = Q(returned_on__isnull=True) | Q(returned_on__gt=day)
        return self.valid().filter(gone, lost_on__lte=day)

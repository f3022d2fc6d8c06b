"""The query vocabulary of growth: opportunities, renewals and revenue are commercial fields."""

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from accounts.rules.access import FieldClass, Right, visibility_terms
from partners.growth_choices import OPEN_STAGES
from partners.querysets import ScopedQuerySet, opened_by

if TYPE_CHECKING:
    from accounts.rules.access import Actor


class CommercialQuerySet(ScopedQuerySet):
    """Rows of organizations that are open in full to their reader, together with their commercial fields."""

    field_class = FieldClass.COMMERCIAL

    def visible_to(self, actor: "Actor", right: Right = Right.SEE) -> Self:
        terms = visibility_terms(actor, right, self.field_class)
        if terms.everything:
            return self
        if terms.is_empty:
            return self.none()
        return self.filter(Q(organization_id__in=opened_by(terms, with_summary=False)))


class OpportunityQuerySet(CommercialQuerySet):
    def open(self) -> Self:
        return self.filter(stage__in=OPEN_STAGES, archived_at__isnull=True)


class RenewalQuerySet(CommercialQuerySet):
    def open(self) -> Self:
        return self.filter(state="open")

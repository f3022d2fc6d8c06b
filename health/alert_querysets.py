"""The query vocabulary of episodes: seen by whoever may open the organization in full."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from accounts.rules.access import FieldClass, Right, visibility_terms
from health.alert_choices import OPEN_EPISODES, EpisodeState, Route
from partners.querysets import ScopedQuerySet, opened_by

if TYPE_CHECKING:
    from accounts.rules.access import Actor


# That a contract ends soon is a commercial fact, whatever words an alarm finds for it.
COMMERCIAL_CAUSES = ("renewal",)


class EpisodeQuerySet(ScopedQuerySet):
    def visible_to(self, actor: "Actor", right: Right = Right.SEE) -> Self:
        """Those of visible organizations; of commercial causes where the reader reads commercial fields."""
        found = super().visible_to(actor, right)
        terms = visibility_terms(actor, right, FieldClass.COMMERCIAL)
        if terms.everything:
            return found
        read = Q(organization_id__in=opened_by(terms, with_summary=False))
        return found.filter(~Q(cause__in=COMMERCIAL_CAUSES) | read)

    def unfinished(self) -> Self:
        return self.filter(state__in=OPEN_EPISODES)

    def of_current(self) -> Self:
        """Of organizations that are not archived."""
        return self.filter(organization__archived_at__isnull=True)

    def awake(self, moment: datetime) -> Self:
        return self.filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=moment))

    def snoozed(self, moment: datetime) -> Self:
        return self.filter(snoozed_until__gt=moment)

    def to_answer(self) -> Self:
        """Told and not answered yet."""
        return self.filter(state=EpisodeState.OPEN, route=Route.NOW, answered_at__isnull=True)

    def held_back(self) -> Self:
        """Left to the digest, and taken on by nobody."""
        return self.filter(state=EpisodeState.OPEN, route=Route.DIGEST)

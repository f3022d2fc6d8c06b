"""The query vocabulary of episodes: seen by whoever may open the organization in full."""

from datetime import datetime
from typing import Self

from django.db.models import Q

from health.alert_choices import OPEN_EPISODES, EpisodeState, Route
from partners.querysets import ScopedQuerySet


class EpisodeQuerySet(ScopedQuerySet):
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

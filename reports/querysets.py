"""The query vocabulary of saved reports, subscriptions, logins, outer surveys. `visible_to` is the only door."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from accounts.rules.access import Actor
from reports.choices import Sharing

CAPABILITY = "see_reports"


class SavedReportQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own and those that are shared with one's teams, roles or everybody; of people who read reports."""
        if actor.user_id is None or not actor.has(CAPABILITY):
            return self.none()
        shared = Q(sharing=Sharing.EVERYBODY)
        shared |= Q(sharing=Sharing.TEAMS, team_ids__overlap=sorted(actor.team_ids))
        shared |= Q(sharing=Sharing.ROLES, roles__overlap=sorted(actor.roles))
        return self.filter(Q(owner_id=actor.user_id) | shared)


class ReportSubscriptionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, of people who read reports."""
        if actor.user_id is None or not actor.has(CAPABILITY):
            return self.none()
        return self.filter(user_id=actor.user_id)

    def due(self, now: datetime) -> Self:
        """Whose moment has come, and those whose reader lives in another time zone since it was worked out."""
        return self.filter(is_active=True).filter(Q(next_at__lte=now) | ~Q(zone=F("user__timezone")))


class ReportingLoginQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """All of them for those who manage people, one's own for colleagues."""
        if actor.has("manage_people"):
            return self
        return self.filter(user_id=actor.user_id) if actor.is_staff else self.none()

    def in_force(self) -> Self:
        return self.filter(revoked_at__isnull=True)


class ExternalSurveyQuerySet(models.QuerySet[Any]):
    """Counts of nobody by name: whoever reads reports reads them."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.is_staff and actor.has(CAPABILITY) else self.none()

"""Teams, their members and their leads."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import TeamKind
from accounts.models.people import User
from accounts.querysets import StaffReadableQuerySet
from common.models import PublicModel


class Team(PublicModel):
    """A team of colleagues; its leads see what its members see."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=30, choices=[(k.value, k.value) for k in TeamKind])
    purpose = models.CharField(_("what to ask it"), max_length=300, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    calendar = models.ForeignKey("accounts.WorkCalendar", null=True, blank=True, on_delete=models.PROTECT)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a team, since when, and whether as a lead."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    is_lead = models.BooleanField(_("lead"), default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "user"], condition=models.Q(ended_at__isnull=True), name="membership_once"
            )
        ]

    def __str__(self) -> str:
        return "lead" if self.is_lead else "member"

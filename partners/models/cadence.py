"""Beside the cadence policy: what was agreed with one organization, calendar feeds, and what each role ticks off."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.models.organizations import Organization
from partners.querysets import ScopedQuerySet


@pghistory.track(exclude=["updated_at"])
class CadenceAgreement(PublicModel, Timestamped):
    """An exception agreed for one kind of touchpoint during [`starts_on`, `ends_on`), local days.

    One of `every_days` and `every_months` says how often; neither: none are due meanwhile.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="cadence_agreements")
    touchpoint = models.CharField(_("kind"), max_length=40)
    every_days = models.PositiveSmallIntegerField(_("every so many days"), null=True, blank=True)
    every_months = models.PositiveSmallIntegerField(_("every so many months"), null=True, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=300)
    made_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["touchpoint", "starts_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "touchpoint", "starts_on"],
                condition=Q(ended_at__isnull=True),
                name="cadence_agreement_once",
            ),
            models.CheckConstraint(
                condition=Q(every_days__isnull=True) | Q(every_months__isnull=True), name="cadence_agreement_one_way"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")),
                name="cadence_agreement_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint} from {self.starts_on}"


class CalendarFeed(PublicModel):
    """A secret address under which a calendar program reads somebody's touchpoints. Only the secret's hash is kept."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="calendar_feeds")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at__isnull=True), name="calendar_feed_one")
        ]

    def __str__(self) -> str:
        return f"feed of {self.user_id}"


class RoutineTick(models.Model):
    """Somebody has done an item of their role's checklist, in the period from `period_on` (their local day) on."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="routine_ticks")
    item = models.CharField(max_length=60)
    period_on = models.DateField()
    ticked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-period_on", "item"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "item", "period_on"], name="routine_tick_once")
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.period_on}"


class InteractionDraft(models.Model):
    """What somebody has begun to write about an organization and not logged yet; one each."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    values = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "user"], name="interaction_draft_one")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.user_id}"


class MailAddress(PublicModel):
    """The secret part of the address at which mail about an organization is logged as an interaction."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="mail_addresses")
    token = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(revoked_at__isnull=True), name="mail_address_one"
            )
        ]

    def __str__(self) -> str:
        return f"address of {self.organization_id}"

"""Losses: from which day an organization has left us, and why. It stays where it is in its journey."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.loss_choices import LossReason, LossState
from partners.loss_querysets import LossQuerySet
from partners.models.organizations import Organization


@pghistory.track(exclude=["updated_at"])
class Loss(PublicModel, Timestamped):
    """An organization has left from `lost_on` on (its local day) until it came back on `returned_on`, if it did.

    `amount` is what is lost a year, in `currency`. `source` names the file or program it came from, empty for a person.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="losses")
    lost_on = models.DateField(_("lost on"))
    reason = models.CharField(_("reason"), max_length=12, choices=LossReason.choices)
    note = models.TextField(_("note"), blank=True)
    amount = models.DecimalField(_("lost a year"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=LossState.choices, default=LossState.OPEN)
    returned_on = models.DateField(_("came back on"), null=True, blank=True)
    closing_note = models.CharField(_("how it ended"), max_length=300, blank=True)
    source = models.CharField(max_length=60, blank=True)
    recorded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = LossQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-lost_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization"], condition=Q(state="open"), name="loss_one_open"),
            models.CheckConstraint(condition=Q(reason__in=LossReason.values), name="loss_reason_known"),
            models.CheckConstraint(condition=Q(state__in=LossState.values), name="loss_state_known"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="loss_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="returned", returned_on__isnull=False)
                | (~Q(state="returned") & Q(returned_on__isnull=True)),
                name="loss_returned_has_day",
            ),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True) | Q(returned_on__gt=models.F("lost_on")), name="loss_forward"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="loss_closed_has_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-lost_on"], name="loss_of_organization"),
            models.Index(fields=["-lost_on", "-id"], name="loss_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.lost_on}"

"""Waivers that were asked for: who wanted a criterion to be let pass, why, and what came of it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from partners.models.gates import GateReview, Waiver
from partners.models.organizations import Organization
from partners.querysets import ScopedQuerySet
from partners.work_choices import WaiverAnswer


class WaiverRequest(PublicModel):
    """Somebody who works at a gate asks to have one criterion of it waived.

    The database lets nothing be changed of what was asked but names in its reason; `answer` is written once, with who
    gave it, when and why. Empty while it waits, and for good where the gate was decided without it.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(GateReview, on_delete=models.PROTECT, related_name="waiver_requests")
    criterion = models.CharField(max_length=80, help_text='"section:<id>" or "criterion:<id>", as of a waiver.')
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(_("answer"), max_length=9, choices=WaiverAnswer.choices, blank=True)
    answered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    note = models.TextField(_("note"), blank=True, help_text="Why it was refused or withdrawn.")
    waiver = models.ForeignKey(Waiver, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["review", "criterion"], condition=models.Q(answer=""), name="waiver_request_one_waits"
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True)
                | models.Q(answer__in=WaiverAnswer.values, answered_at__gte=models.F("asked_at")),
                name="waiver_request_answered_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(answer="refused") | ~models.Q(note=""), name="waiver_request_refused_says_why"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-asked_at"], name="waiver_request_of"),
            models.Index(fields=["-asked_at", "-id"], name="waiver_request_newest"),
        ]

    def __str__(self) -> str:
        return self.criterion

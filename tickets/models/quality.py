"""Quality reviews of solved tickets."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.models import Organization
from tickets.models.tickets import Ticket
from tickets.quality_querysets import QualityReviewQuerySet


class QualityReview(PublicModel, Timestamped):
    """What a reviewer found in a solved ticket, by the score card of `policy_version`; one a ticket and agent.

    `points` holds a number for each criterion; `score` is their weighted share in percent, and `is_passed` whether that
    was enough. The agent reads it and may answer. `version` guards edits.
    """

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="quality_reviews")
    agent = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    policy_version = models.PositiveIntegerField()
    points = models.JSONField(default=dict)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2)
    is_passed = models.BooleanField(_("passed"))
    comment = models.TextField(_("comment"), blank=True)
    solved_at = models.DateTimeField(help_text="Of the ticket: reviews count in the month of the work.")
    given_at = models.DateTimeField(_("reviewed"))
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = QualityReviewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-given_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "agent"], name="quality_review_once"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="quality_score_is_share"),
            models.CheckConstraint(condition=~Q(agent=models.F("reviewer")), name="quality_not_of_oneself"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agent", "-solved_at"], name="quality_of_agent"),
            models.Index(fields=["-given_at", "-id"], name="quality_newest"),
            models.Index(fields=["-solved_at", "-id"], name="quality_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.score}"

"""Business reviews: a pack of sections that builds itself, is presented once and stays as it was shown."""

from typing import Any, ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, StoredFile, Timestamped
from partners.models.organizations import Organization
from partners.models.touchpoints import Touchpoint
from partners.querysets import ScopedQuerySet
from partners.review_choices import DocumentFormat, DocumentState, Edition, ReviewState, SectionAudience


class ReviewBatchQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Any) -> Self:
        """A person's own."""
        return self.filter(asked_by_id=actor.user_id) if actor.user_id is not None else self.none()


@pghistory.track(exclude=["updated_at", "built_at", "erased_at", "kept_hash"])
class BusinessReview(PublicModel, Timestamped):
    """The review of [`period_from`, `period_to`), local days. `kind` is a touchpoint of the pack "cadence".

    Presenting freezes it, by triggers too: `content_hash` is the SHA-256 of its sections as they were shown. Where
    words of a person were taken out since, `erased_at` says when, `kept_hash` is that of what is left (ADR 0033).
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=40, default="business_review")
    title = models.CharField(_("title"), max_length=200)
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    planned_on = models.DateField(_("planned"), null=True, blank=True)
    touchpoint = models.ForeignKey(Touchpoint, null=True, on_delete=models.PROTECT, related_name="reviews")
    owner = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="reviews")
    state = models.CharField(_("state"), max_length=9, choices=ReviewState.choices, default=ReviewState.BUILDING)
    summary = models.TextField(_("summary"), blank=True)
    agenda = models.TextField(_("agenda"), blank=True)
    follow_up = models.TextField(_("follow-up"), blank=True)
    built_at = models.DateTimeField(null=True)
    presented_at = models.DateTimeField(null=True)
    presented_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64, blank=True)
    kept_hash = models.CharField(max_length=64, blank=True)
    erased_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-period_to", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "kind", "period_from"],
                condition=~Q(state="cancelled"),
                name="review_once_a_period",
            ),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="review_state_known"),
            models.CheckConstraint(condition=Q(period_to__gt=models.F("period_from")), name="review_period_forward"),
            models.CheckConstraint(
                condition=Q(state="presented", presented_at__isnull=False)
                | (~Q(state="presented") & Q(presented_at__isnull=True)),
                name="review_presented_has_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "planned_on"],
                condition=Q(state__in=["building", "ready"]),
                name="review_next_of_owner",
            ),
            models.Index(fields=["-period_to", "-id"], name="review_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class ReviewBatch(PublicModel):
    """Packs that a person had brought up to date together: their last such wish. How far it is, the reviews tell."""

    asked_by = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="review_batch")
    asked_at = models.DateTimeField()
    review_ids = models.JSONField(default=list)

    objects = ReviewBatchQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{len(self.review_ids)} reviews at {self.asked_at}"


class ReviewSection(models.Model):
    """One section as it was built: `content` holds figures with their sources, rows and charts, never markup.

    `field_class` says who of ours may read it; `note` is what its presenter adds.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(BusinessReview, on_delete=models.CASCADE, related_name="sections")
    key = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField()
    audience = models.CharField(max_length=8, choices=SectionAudience.choices, default=SectionAudience.INTERNAL)
    field_class = models.CharField(max_length=10, default="general")
    content = models.JSONField(default=dict)
    note = models.TextField(_("note"), blank=True)
    is_left_out = models.BooleanField(_("left out"), default=False)
    built_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["place", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "key"], name="review_section_once"),
            models.CheckConstraint(condition=Q(audience__in=SectionAudience.values), name="review_audience_known"),
        ]

    def __str__(self) -> str:
        return self.key


class ReviewDocument(PublicModel, Timestamped):
    """A review as a file, made by a worker. `content_hash` says of which content, so that the same is made once."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(BusinessReview, on_delete=models.CASCADE, related_name="documents")
    edition = models.CharField(max_length=8, choices=Edition.choices)
    format = models.CharField(max_length=4, choices=DocumentFormat.choices)
    with_commercial = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="en")
    content_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=7, choices=DocumentState.choices, default=DocumentState.WAITING)
    failure = models.CharField(max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["review", "edition", "format", "with_commercial", "language", "content_hash"],
                name="review_document_once",
            ),
            models.CheckConstraint(condition=Q(edition__in=Edition.values), name="review_edition_known"),
            models.CheckConstraint(condition=Q(format__in=DocumentFormat.values), name="review_format_known"),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.format}"

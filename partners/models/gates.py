"""Gates at work: a review of each stay in a stage, its drafts, frozen submissions, judgments, signatures, waivers."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, StoredFile, Timestamped
from partners.choices import Stage
from partners.models.organizations import Organization
from partners.querysets import ScopedQuerySet
from partners.work_choices import ReviewOutcome, SignatureKind, SubmissionOutcome


class GateReview(PublicModel):
    """The gate of one stay in a stage, open until it is decided. It keeps the journey's version that it began with.

    `outcome` stays empty while the gate is open; failing leaves it open. One open review an organization.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="gate_reviews")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    journey_version = models.PositiveIntegerField(help_text="Version of the journey pack of the organization's kind.")
    opened_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=ReviewOutcome.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True, help_text="Why it was overridden.")
    decision = models.JSONField(default=dict, help_text="What was evaluated at the decision, in full.")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["opened_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(decided_at__isnull=True), name="gate_review_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", decided_at__isnull=True)
                | models.Q(outcome__in=ReviewOutcome.values, decided_at__gte=models.F("opened_at")),
                name="gate_review_decided_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="overridden") | ~models.Q(reason=""), name="gate_review_override_says_why"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["stage", "decided_at"], name="gate_review_of_stage")]

    def __str__(self) -> str:
        return f"{self.stage} of {self.organization_id}"


class Draft(PublicModel, Timestamped):
    """The answers to one questionnaire of a review as they are being written; never deleted by submitting."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(GateReview, on_delete=models.CASCADE, related_name="drafts")
    questionnaire = models.CharField(max_length=60)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["review", "questionnaire"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.questionnaire} of {self.organization_id}"


class DraftAnswer(models.Model):
    """One answer of a draft, saved as one types. `version` tells concurrent writers apart; `source`: whence known."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="answers")
    field = models.CharField(max_length=80)
    value = models.JSONField(null=True)
    source = models.CharField(max_length=120, blank=True, help_text="Where a prefilled answer was known.")
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "field"], name="draft_answer_once")]

    def __str__(self) -> str:
        return self.field


class Submission(PublicModel):
    """One frozen version of a questionnaire. The database takes no change of its content; a correction is a new one.

    `content_hash` is the SHA-256 of its canonical content; `result` what the server evaluated, section by section.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="submissions")
    review = models.ForeignKey(GateReview, on_delete=models.PROTECT, related_name="submissions")
    questionnaire = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField(help_text="1, 2, … within its review and questionnaire.")
    journey_version = models.PositiveIntegerField()
    answers = models.JSONField()
    sources = models.JSONField(default=dict)
    evidence = models.JSONField(default=list, help_text="Files, links and notes as they were, with SHA-256 of files.")
    evaluated_on = models.DateField(help_text="The organization's local day of submission.")
    submitted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    content_hash = models.CharField(max_length=64)
    outcome = models.CharField(max_length=14, choices=SubmissionOutcome.choices)
    result = models.JSONField()
    superseded_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["review", "questionnaire", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "questionnaire", "number"], name="submission_number_once"),
            models.UniqueConstraint(
                fields=["review", "questionnaire"],
                condition=models.Q(superseded_at__isnull=True),
                name="submission_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=SubmissionOutcome.values), name="submission_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} v{self.number}"


class SectionJudgment(models.Model):
    """A person's word on a section that no rule decides; the latest counts. Added to, never changed."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="judgments")
    section = models.CharField(max_length=60)
    is_passed = models.BooleanField()
    reason = models.TextField()
    judged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["judged_at", "id"]

    def __str__(self) -> str:
        return self.section


class Signature(PublicModel):
    """A name under one frozen submission, as the server saw it. Added to, never changed."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="signatures")
    signer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24)
    kind = models.CharField(max_length=6, choices=SignatureKind.choices)
    name = models.CharField(max_length=150)
    image = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    ip = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=300, blank=True)
    content_hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["signed_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "role"], name="signature_once_a_role"),
            models.CheckConstraint(
                condition=models.Q(kind="typed", image__isnull=True) | models.Q(kind="drawn", image__isnull=False),
                name="signature_drawn_has_image",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} as {self.role}"


class Waiver(PublicModel):
    """Lets one criterion pass until it expires: a section ("section:<id>") or a check ("criterion:<id>") of a stage."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="waivers")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    criterion = models.CharField(max_length=80)
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("until"))
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-granted_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("granted_at")), name="waiver_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["organization", "stage", "criterion"],
                condition=models.Q(revoked_at__isnull=True),
                name="waiver_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return self.criterion

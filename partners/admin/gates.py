"""Gates in the administration site, to look things up: they are decided on the pages of the organization alone."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from partners.admin.base import ReadOnlyAdmin
from partners.models import GateReview, SectionJudgment, Signature, Submission, Waiver, WaiverRequest


@admin.register(GateReview)
class GateReviewAdmin(ReadOnlyAdmin):
    """Which gates were opened, and how each was left."""

    list_display = ("organization", "stage", "opened_at", "outcome", "decided_at", "decided_by", "journey_version")
    list_select_related: ClassVar = ["organization", "decided_by"]
    list_filter: ClassVar = [("decided_at", admin.EmptyFieldListFilter), "outcome", "stage", "organization__kind"]
    search_fields: ClassVar = ["organization__name", "reason"]
    ordering: ClassVar = ["-opened_at", "-pk"]


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    """Frozen versions, without their answers: those are read on the page of the gate, where it is recorded why."""

    list_display = ("organization", "questionnaire", "number", "outcome", "submitted_by", "submitted_at", "is_current")
    list_select_related: ClassVar = ["organization", "submitted_by"]
    list_filter: ClassVar = ["outcome", "questionnaire", ("superseded_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["organization__name", "submitted_by__name", "content_hash"]
    exclude = ("answers", "sources", "evidence", "result")
    ordering: ClassVar = ["-submitted_at", "-pk"]

    @admin.display(description=_("current"), boolean=True)
    def is_current(self, row: Submission) -> bool:
        return row.superseded_at is None


@admin.register(SectionJudgment)
class SectionJudgmentAdmin(ReadOnlyAdmin):
    list_display = ("organization", "section", "is_passed", "judged_by", "judged_at")
    list_select_related: ClassVar = ["organization", "judged_by"]
    list_filter: ClassVar = ["is_passed", "section"]
    search_fields: ClassVar = ["organization__name", "reason"]
    ordering: ClassVar = ["-judged_at", "-pk"]


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    """Names under submissions, as the server saw them."""

    list_display = ("organization", "name", "role", "kind", "signer", "signed_at", "ip")
    list_select_related: ClassVar = ["organization", "signer"]
    list_filter: ClassVar = ["role", "kind"]
    search_fields: ClassVar = ["organization__name", "signer__name", "signer__email", "content_hash"]
    date_hierarchy = "signed_at"
    ordering: ClassVar = ["-signed_at", "-pk"]


@admin.register(Waiver)
class WaiverAdmin(ReadOnlyAdmin):
    """Granted and revoked on the page of the gate."""

    list_display = ("organization", "stage", "criterion", "granted_by", "granted_at", "expires_at", "revoked_at")
    list_select_related: ClassVar = ["organization", "granted_by"]
    list_filter: ClassVar = ["stage", ("revoked_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["organization__name", "reason", "criterion"]
    ordering: ClassVar = ["-granted_at", "-pk"]


@admin.register(WaiverRequest)
class WaiverRequestAdmin(ReadOnlyAdmin):
    """Asked for and answered on the page of the gate."""

    list_display = (
        "organization",
        "review",
        "criterion",
        "asked_by",
        "asked_at",
        "answer",
        "answered_by",
        "answered_at",
    )
    list_select_related: ClassVar = ["organization", "review", "asked_by", "answered_by"]
    list_filter: ClassVar = ["answer", "review__stage"]
    search_fields: ClassVar = ["organization__name", "reason", "criterion"]
    date_hierarchy = "asked_at"
    ordering: ClassVar = ["-asked_at", "-pk"]

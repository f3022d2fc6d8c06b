"""Endpoints of the work at a gate: drafts with a version for each answer, submissions, judging and signing."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import actor_of
from common.api import CursorPages, tagged
from common.client_address import client_address
from common.errors import DomainError
from common.idempotency import idempotent
from common.openapi import IF_NONE_MATCH
from partners.api import gate_examples as examples
from partners.api.gate_data import draft_data, saved_data, submission_data
from partners.api.gate_serializers import (
    AnswersWriteSerializer,
    DraftBeginSerializer,
    DraftSerializer,
    JudgeSerializer,
    SavedAnswerSerializer,
    SignSerializer,
    SubmissionSerializer,
)
from partners.api.gates import GatePartViewSet
from partners.models import Draft, GateReview, Submission
from partners.services import drafts, judgments, signatures, submissions
from partners.work_choices import SignatureKind


class DraftPages(CursorPages):
    ordering = ("-created_at", "-id")


@extend_schema_view(list=extend_schema(summary="Drafts of the present gate"))
class DraftViewSet(GatePartViewSet):
    """Answers as they are being written, by several people at once: each answer has a version of its own."""

    queryset = Draft.objects.none()
    serializer_class = DraftSerializer
    pagination_class = DraftPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        # What was drafted at earlier gates is no part of what anybody reads: submissions are.
        found = Draft.objects.visible_to(actor_of(self.request)).filter(
            organization=self.organization, review__decided_at__isnull=True, review__stage=self.organization.stage
        )
        return found.select_related("review")

    def list(self, request: Request, organization_id: UUID) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([self._data(draft) for draft in page])

    @extend_schema(summary="One draft", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return tagged(request, self._data(self.part_or_404(id)))

    @extend_schema(
        summary="Begin a questionnaire of the present gate",
        description="What is known already is filled in with its source. One that is begun already is answered.",
        request=DraftBeginSerializer,
        responses={201: DraftSerializer},
        examples=[examples.DRAFT_BEGIN],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        visible = GateReview.objects.visible_to(actor_of(request)).filter(organization=self.organization)
        review = visible.filter(decided_at__isnull=True).first()
        data = DraftBeginSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        if review is None:
            raise DomainError(_("No gate of this organization is open."), code="no_gate")
        made = drafts.begin(review=review, by=actor_of(request), now=timezone.now(), **data.validated_data)
        return Response(self._data(self.part_or_404(made.public_id)), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Save answers",
        description="Each answer with the version that it was typed over. One that somebody else has changed since is "
        "not written: its `conflict` holds both answers. The other answers of the call are.",
        request=AnswersWriteSerializer,
        responses={200: SavedAnswerSerializer(many=True)},
        examples=[examples.ANSWERS],
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def answers(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        draft = self.part_or_404(id)
        data = AnswersWriteSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        sent, now = data.validated_data["answers"], timezone.now()
        if len({one["field"] for one in sent}) != len(sent):
            raise ValidationError({"answers": [_("Send each field once.")]})
        saved = [drafts.save_answer(draft=draft, by=actor_of(request), now=now, **one) for one in sent]
        return Response(SavedAnswerSerializer(saved_data(saved), many=True).data)

    @extend_schema(summary="Submit a draft", request=None, responses={200: SubmissionSerializer})
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        made = submissions.submit(draft=self.part_or_404(id), by=actor_of(request), now=timezone.now())
        rows = submissions_of(request, self.organization)
        return Response(shown(self, rows.get(pk=made.pk)))

    def _data(self, draft: Draft) -> dict[str, Any]:
        questionnaire = self.journeys.of(draft.review).questionnaire(draft.questionnaire)
        data = draft_data(actor_of(self.request), self.subject, draft, questionnaire)
        return dict(DraftSerializer(data).data)


class SubmissionPages(CursorPages):
    ordering = ("-submitted_at", "-id")


def submissions_of(request: Request, organization: Any) -> QuerySet[Any]:
    """Submissions of an organization that the caller opens in full, with all that an answer needs."""
    found = Submission.objects.visible_to(actor_of(request)).filter(organization=organization)
    return found.select_related("review", "submitted_by").prefetch_related("signatures")


def shown(view: GatePartViewSet, submission: Submission) -> dict[str, Any]:
    """A submission as the caller may read it."""
    questionnaire = view.journeys.of(submission.review).questionnaire(submission.questionnaire)
    data = submission_data(
        actor_of(view.request), view.subject, view.organization, submission, questionnaire, now=timezone.now()
    )
    return dict(SubmissionSerializer(data).data)


@extend_schema_view(list=extend_schema(summary="Submissions at the gates of an organization, all versions"))
class SubmissionViewSet(GatePartViewSet):
    """Frozen versions of questionnaires. The last required signature on one that passes is the decision of its gate."""

    queryset = Submission.objects.none()
    serializer_class = SubmissionSerializer
    pagination_class = SubmissionPages

    def get_queryset(self) -> QuerySet[Any]:
        return self.queryset if self.is_described else submissions_of(self.request, self.organization)

    def list(self, request: Request, organization_id: UUID) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([shown(self, row) for row in page])

    @extend_schema(summary="One submission", parameters=[IF_NONE_MATCH], examples=[examples.SUBMISSION])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return tagged(request, shown(self, self.part_or_404(id)))

    @extend_schema(
        summary="Judge a section",
        request=JudgeSerializer,
        responses={200: SubmissionSerializer},
        examples=[examples.JUDGE],
    )
    @action(detail=True, methods=["post"])
    def judge(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        submission = self.part_or_404(id)
        data = JudgeSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        judgments.judge(submission=submission, by=actor_of(request), now=timezone.now(), **data.validated_data)
        return Response(shown(self, self.part_or_404(id)))

    @extend_schema(
        summary="Sign",
        description="With the typed name. The last required signature decides the gate; while anything else is in "
        "the way it is refused (`not_ready`) and nothing is written. Drawn signatures are made on the page.",
        request=SignSerializer,
        responses={200: SubmissionSerializer},
        examples=[examples.SIGN],
    )
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        submission = self.part_or_404(id)
        data = SignSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        signatures.sign(
            submission=submission,
            kind=SignatureKind.TYPED,
            ip=client_address(request.META, proxy_count=settings.TRUSTED_PROXY_COUNT),
            browser=request.headers.get("User-Agent", ""),
            by=actor_of(request),
            now=timezone.now(),
            **data.validated_data,
        )
        # The signer may not see the organization in its next stage; what they have just signed is theirs to read.
        return Response(shown(self, submissions_by_id(submission)))


def submissions_by_id(submission: Submission) -> Submission:
    """The row as it is now."""
    rows = Submission.objects.select_related("review", "submitted_by").prefetch_related("signatures")
    found: Submission = rows.get(pk=submission.pk)
    return found

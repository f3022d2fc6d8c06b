"""Endpoints of business reviews: those of one organization with what people do with them, and all that one sees."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from accounts.rules.access import FieldClass
from common.api import CursorPages, Filters, RateLimitHeaders, expected_version, tagged, version_if_sent
from common.downloads import download
from common.idempotency import idempotent, makes_once
from common.openapi import IF_MATCH, IF_MATCH_MAYBE, IF_NONE_MATCH
from partners.api import review_serializers as forms
from partners.api.promises import OpenPartViewSet
from partners.api.review_serializers import ReviewDocumentSerializer, ReviewInFullSerializer, ReviewSerializer
from partners.api.work_serializers import CommitmentSerializer
from partners.models import BusinessReview, Commitment
from partners.permissions import may_read_fields
from partners.review_choices import ReviewState
from partners.selectors import review_pages
from partners.services import review_documents, reviews

_IN_FULL = {200: ReviewInFullSerializer}


class ReviewPages(CursorPages):
    ordering = ("-period_to", "-id")


@extend_schema_view(list=extend_schema(summary="Business reviews of an organization, those not held too"))
class ReviewViewSet(OpenPartViewSet):
    """Packs that build themselves, are presented once and stay as they were shown."""

    queryset = BusinessReview.objects.none()
    serializer_class = ReviewSerializer
    pagination_class = ReviewPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = BusinessReview.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        return seen.select_related("organization", "owner")

    @extend_schema(summary="One review with its sections and documents", parameters=[IF_NONE_MATCH], responses=_IN_FULL)
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Begin a review beside the cadence",
        request=forms.ReviewBeginSerializer,
        responses={201: ReviewInFullSerializer},
        examples=[forms.BEGIN],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        sent = self.values(forms.ReviewBeginSerializer)
        made = reviews.begin(by=actor_of(request), organization=self.organization, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change its words",
        request=forms.ReviewWriteSerializer,
        responses=_IN_FULL,
        parameters=[IF_MATCH],
        examples=[forms.EDIT],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = self.values(forms.ReviewWriteSerializer, partial=True)
        reviews.edit(by=actor_of(request), review=found, values=values, version=version, now=timezone.now())
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Add a note to a section, release it or leave it out",
        request=forms.ReviewSectionWriteSerializer,
        responses={200: forms.ReviewSectionSerializer},
        parameters=[IF_MATCH],
        examples=[forms.SECTION],
    )
    @action(detail=True, methods=["patch"], url_path="sections/<slug:key>", url_name="section")
    def section(self, request: Request, organization_id: UUID, id: UUID, key: str) -> Response:
        found = get_object_or_404(self._sections(self.part_or_404(id)), key=key)
        version = expected_version(request)
        values = self.values(forms.ReviewSectionWriteSerializer, partial=True)
        use_case = reviews.edit_section
        changed = use_case(by=actor_of(request), section=found, values=values, version=version, now=timezone.now())
        return tagged(request, forms.ReviewSectionSerializer(changed).data, version=changed.version)

    @extend_schema(summary="Bring its sections up to date", request=None, responses=_IN_FULL)
    @action(detail=True, methods=["post"])
    def build(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(reviews.rebuild, id)

    @extend_schema(
        summary="It has been looked through, or is to be looked through again",
        request=forms.ReviewReadySerializer,
        responses=_IN_FULL,
        parameters=[IF_MATCH_MAYBE],
    )
    @action(detail=True, methods=["post"])
    def ready(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(reviews.mark_ready, id, forms.ReviewReadySerializer, version=version_if_sent(request))

    @extend_schema(
        summary="It was presented: it stays as it is", request=None, responses=_IN_FULL, parameters=[IF_MATCH_MAYBE]
    )
    @action(detail=True, methods=["post"])
    def present(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(reviews.present, id, version=version_if_sent(request))

    @extend_schema(
        summary="It is not held, and why",
        request=forms.ReviewCancelSerializer,
        responses=_IN_FULL,
        parameters=[IF_MATCH_MAYBE],
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(reviews.cancel, id, forms.ReviewCancelSerializer, version=version_if_sent(request))

    @extend_schema(
        summary="Something was agreed there: it becomes a commitment",
        request=forms.ReviewActionSerializer,
        responses={201: CommitmentSerializer},
        examples=[forms.AGREED],
    )
    @makes_once(read="agreed")
    @action(detail=True, methods=["post"])
    def actions(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, values = self.part_or_404(id), self.values(forms.ReviewActionSerializer)
        made = reviews.add_action(by=actor_of(request), review=found, values=values, now=timezone.now())
        answer = self.agreed(request, organization_id=organization_id, id=made.public_id)
        answer.status_code = status.HTTP_201_CREATED
        return answer

    def agreed(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        """A commitment of the organization, as the endpoint of commitments tells it."""
        rows = Commitment.objects.visible_to(actor_of(request)).filter(organization=self.organization)
        rows = rows.select_related("organization", "owner", "contact").prefetch_related("changes")
        return Response(CommitmentSerializer(get_object_or_404(rows, public_id=id)).data)

    @extend_schema(
        summary="Ask for a document; the same content gives the same one",
        request=forms.ReviewDocumentWantSerializer,
        responses={200: ReviewDocumentSerializer},
        examples=[forms.WANT],
    )
    @action(detail=True, methods=["post"])
    def documents(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, sent = self.part_or_404(id), self.values(forms.ReviewDocumentWantSerializer)
        made = review_documents.want(by=actor_of(request), review=found, now=timezone.now(), **sent)
        return Response(ReviewDocumentSerializer(made).data)

    @extend_schema(
        summary="A finished document itself", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    @action(detail=True, methods=["get"], url_path="documents/<uuid:document_id>", url_name="document")
    def document(self, request: Request, organization_id: UUID, id: UUID, document_id: UUID) -> FileResponse:
        sent = {"review": self.part_or_404(id), "document_id": document_id, "now": timezone.now()}
        return download(review_documents.fetch(by=actor_of(request), **sent))

    def _sections(self, review: BusinessReview) -> QuerySet[Any]:
        """Those that the caller reads: what holds money for who reads commercial fields."""
        rows: QuerySet[Any] = review.sections.select_related("review__organization")
        reads = may_read_fields(actor_of(self.request), review.organization, FieldClass.COMMERCIAL)
        return rows if reads else rows.exclude(field_class=FieldClass.COMMERCIAL)

    def _do(
        self,
        use_case: Callable[..., Any],
        id: UUID,
        kind: type[serializers.BaseSerializer[Any]] | None = None,
        **more: Any,
    ) -> Response:
        found = self.part_or_404(id)
        sent = {**(self.values(kind) if kind else {}), **more}
        use_case(by=actor_of(self.request), review=found, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    def _answer(self, found: BusinessReview, status_code: int = status.HTTP_200_OK) -> Response:
        documents = review_pages.documents_for(actor_of(self.request), found)
        data = {
            **ReviewSerializer(found).data,
            "sections": forms.ReviewSectionSerializer(self._sections(found), many=True).data,
            "documents": ReviewDocumentSerializer(documents, many=True).data,
        }
        return tagged(self.request, data, version=found.version, status_code=status_code)


class ReviewFilterSet(django_filters.FilterSet):
    """All parameters narrow together; `since` and `until` are days of the planned review."""

    state = django_filters.ChoiceFilter(choices=ReviewState.choices)
    kind = django_filters.CharFilter(max_length=40)
    owner = django_filters.UUIDFilter(field_name="owner__public_id")
    since = django_filters.DateFilter(field_name="planned_on", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="planned_on", lookup_expr="lte")

    class Meta:
        model = BusinessReview
        fields: ClassVar[list[str]] = []


@extend_schema_view(list=extend_schema(summary="All business reviews that you see"))
class AllReviewViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[BusinessReview]):
    """Reviews of the organizations that you open in full, the latest period first."""

    access_rule = StaffOnly.access_rule
    queryset = BusinessReview.objects.none()
    serializer_class = ReviewSerializer
    filter_backends = (Filters,)
    filterset_class = ReviewFilterSet
    pagination_class = ReviewPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return BusinessReview.objects.visible_to(actor_of(self.request)).select_related("organization", "owner")

"""Endpoints over all business reviews: who has had none in a quarter, and packs brought up to date together."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import Filters, KeyPages, RateLimitHeaders, tagged
from common.export import MAX_ROWS
from common.openapi import IF_NONE_MATCH
from partners.cadence_policy import policy_in_force
from partners.choices import OrganizationKind, Stage
from partners.models import Organization
from partners.review_choices import ReviewState
from partners.rules.review_periods import Period
from partners.selectors import review_coverage, review_pages
from partners.selectors.review_batches import progress_of
from partners.services import review_batches

_WORDS = "Such as `2026-1`. Without it, and for one that lies ahead, the present one."
_QUARTER = OpenApiParameter("quarter", OpenApiTypes.STR, description=_WORDS)
_ALL_MINE = OpenApiExample("All of mine", request_only=True, value={"mine": True})


class ReviewCoverageSerializer(serializers.Serializer[Any]):
    """Of the organizations that you open in full: to how many the cadence gives a review, and how many had one."""

    quarter = serializers.CharField()
    quarter_from = serializers.DateField()
    quarter_to = serializers.DateField(help_text="The day after its last one.")
    due = serializers.IntegerField()
    had = serializers.IntegerField()
    missing = serializers.IntegerField()


class ReviewCoverageView(RateLimitHeaders, APIView):
    """How many should have had a business review in a quarter, and how many have."""

    access_rule = StaffOnly.access_rule

    @extend_schema(
        summary="Who should have had a review in a quarter, in numbers",
        operation_id="reviews_coverage_retrieve",
        parameters=[_QUARTER, IF_NONE_MATCH],
        responses=ReviewCoverageSerializer,
    )
    def get(self, request: Request) -> Response:
        period = _period(request)
        found = review_coverage.coverage(actor_of(request), policy_in_force(), period)
        days = {"quarter_from": period.start, "quarter_to": period.end}
        counts = {"due": found.due, "had": found.had, "missing": found.missing}
        return tagged(request, dict(ReviewCoverageSerializer({"quarter": _name(period), **days, **counts}).data))


class MissingReviewSerializer(serializers.Serializer[Any]):
    """An organization without its review. `planned_on`: a day in the quarter; `review_id`: a pack that is begun."""

    organization_id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)
    stage = serializers.ChoiceField(choices=Stage.choices)
    planned_on = serializers.DateField(source="planned", allow_null=True)
    skip_reason = serializers.CharField(source="why_not", allow_null=True, help_text="Why it was left out.")
    owner = serializers.CharField(source="holder", allow_null=True, help_text="Whose meeting it is.")
    review_id = serializers.UUIDField(allow_null=True)
    last_presented_at = serializers.DateTimeField(source="last_at", allow_null=True)


class MissingReviewFilter(django_filters.FilterSet):
    """Both narrow together."""

    kind = django_filters.ChoiceFilter(choices=OrganizationKind.choices)
    quarter = django_filters.CharFilter(max_length=10, help_text=_WORDS)

    class Meta:
        model = Organization
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # Which quarter it is decides who is asked for: the view's rows are those of the present one.
        return _missing(self.request, self.form.cleaned_data["kind"] or "")


class MissingReviewPages(KeyPages):
    order = review_coverage.BY_NAME


@extend_schema_view(list=extend_schema(summary="Who has had no review in a quarter"))
class MissingReviewViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Any]):
    """Organizations to which the cadence gives a business review each quarter, and that have had none in it."""

    access_rule = StaffOnly.access_rule
    queryset = Organization.objects.none()
    serializer_class = MissingReviewSerializer
    filter_backends = (Filters,)
    filterset_class = MissingReviewFilter
    pagination_class = MissingReviewPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return _missing(self.request, "")


class ReviewBatchSerializer(serializers.Serializer[Any]):
    """How far your last batch is: packs built, then documents of the other side's edition.

    All 0 without one of late.
    """

    asked_at = serializers.DateTimeField(allow_null=True)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    documents = serializers.IntegerField(help_text="Made since it was asked for.")
    waiting = serializers.IntegerField(help_text="Still to be made.")
    failed = serializers.IntegerField()
    is_done = serializers.BooleanField()


class ReviewBatchStartSerializer(serializers.Serializer[Any]):
    """Which reviews, as the list is narrowed; those that are not open, or not yours to work on, are passed over."""

    state = serializers.ChoiceField(choices=ReviewState.choices, required=False, allow_blank=True, default="")
    mine = serializers.BooleanField(required=False, default=False)


class ReviewBatchView(RateLimitHeaders, APIView):
    """Packs that workers bring up to date together, with the documents of the other side's edition."""

    access_rule = StaffOnly.access_rule

    @extend_schema(
        summary="How far your last batch of reviews is",
        operation_id="reviews_batch_retrieve",
        parameters=[IF_NONE_MATCH],
        responses=ReviewBatchSerializer,
    )
    def get(self, request: Request) -> Response:
        return tagged(request, _progress(request))

    @extend_schema(
        summary="Have workers bring reviews up to date",
        operation_id="reviews_batch_create",
        request=ReviewBatchStartSerializer,
        responses={202: ReviewBatchSerializer},
        examples=[_ALL_MINE],
    )
    def post(self, request: Request) -> Response:
        sent = ReviewBatchStartSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        actor = actor_of(request)
        ids = review_pages.listed_ids(actor, most=MAX_ROWS, **sent.validated_data)
        review_batches.start(by=actor, review_ids=ids, now=timezone.now())
        return Response(_progress(request), status=status.HTTP_202_ACCEPTED)


def _progress(request: Request) -> dict[str, Any]:
    found = progress_of(actor_of(request), now=timezone.now())
    nothing = {"asked_at": None, "done": 0, "total": 0, "documents": 0, "waiting": 0, "failed": 0, "is_done": True}
    return dict(ReviewBatchSerializer(found or nothing).data)


def _period(request: Any) -> Period:
    return review_coverage.quarter_named(request.GET.get("quarter", ""), today=timezone.localdate())


def _name(period: Period) -> str:
    return review_coverage.name_of(period)


def _missing(request: Any, kind: str) -> QuerySet[Any]:
    return review_coverage.missing_reviews(actor_of(request), policy_in_force(), _period(request), kind)

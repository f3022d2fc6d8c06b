"""Endpoints of what success plans cover and have brought, with the accounts behind each figure."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import Filters, KeyPages, RateLimitHeaders, tagged
from common.openapi import IF_NONE_MATCH
from partners.choices import OrganizationKind, Stage
from partners.enablement_policy import plans_in_force
from partners.models import Organization
from partners.plan_choices import SEGMENTS, TIERS
from partners.selectors import plan_coverage, plan_value
from partners.selectors.plan_coverage import AccountFilter
from partners.selectors.plan_reviews import Quarter, quarter_of

LAST = "last"
_QUARTER = OpenApiParameter(
    "quarter", OpenApiTypes.STR, description="`last` for the quarter before; without it the present one."
)


class CoveredSerializer(serializers.Serializer[Any]):
    """So many accounts, how many of them have an active plan, and had a business review in the quarter."""

    accounts = serializers.IntegerField()
    plans = serializers.IntegerField()
    reviews = serializers.IntegerField()


class CoverageGroupSerializer(CoveredSerializer):
    """Customers by segment, partners by tier; `none` for those without one."""

    kind = serializers.CharField()
    group = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class ExpectedPlansSerializer(serializers.Serializer[Any]):
    """Accounts of which the policy pack `success_plans` expects an active plan."""

    accounts = serializers.IntegerField()
    plans = serializers.IntegerField()


class PlanCoverageSerializer(serializers.Serializer[Any]):
    """Of the organizations that you open in full, from the signing on, without those that have left."""

    quarter_from = serializers.DateField()
    quarter_to = serializers.DateField(help_text="The day after its last one.")
    groups = CoverageGroupSerializer(many=True)
    total = CoveredSerializer()
    expected = ExpectedPlansSerializer()


class PlanCoverageView(RateLimitHeaders, APIView):
    """How many accounts have an active success plan, and a business review held in the quarter."""

    access_rule = StaffOnly.access_rule

    @extend_schema(
        summary="How many accounts have a plan and a review",
        operation_id="success_plans_coverage_retrieve",
        parameters=[_QUARTER, IF_NONE_MATCH],
        responses=PlanCoverageSerializer,
    )
    def get(self, request: Request) -> Response:
        quarter = _quarter(request.query_params.get("quarter", ""))
        found = plan_coverage.coverage(actor_of(request), plans_in_force(), quarter)
        told = {"quarter_from": quarter.first, "quarter_to": quarter.after, "groups": found.groups}
        data = PlanCoverageSerializer({**told, "total": found.total, "expected": found.expected}).data
        return tagged(request, dict(data))


class PlanAccountSerializer(serializers.Serializer[Any]):
    """One account behind the coverage. `arr_segment` is that of a customer, `partner_tier` that of a partner."""

    organization_id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)
    stage = serializers.ChoiceField(choices=Stage.choices)
    arr_segment = serializers.CharField(allow_null=True, help_text="Empty or null without one.")
    partner_tier = serializers.IntegerField(allow_null=True)
    has_plan = serializers.BooleanField()
    has_review = serializers.BooleanField()
    is_expected = serializers.BooleanField()


class PlanAccountFilter(django_filters.FilterSet):
    """All parameters narrow together."""

    kind = django_filters.ChoiceFilter(choices=OrganizationKind.choices)
    segment = django_filters.ChoiceFilter(choices=[(one, one) for one in SEGMENTS])
    tier = django_filters.ChoiceFilter(choices=[(one, one) for one in TIERS])
    plan = django_filters.BooleanFilter(help_text="Whether it has an active plan.")
    review = django_filters.BooleanFilter(help_text="Whether a review was held in the quarter.")
    expected = django_filters.BooleanFilter(help_text="`true`: those of which a plan is expected.")
    quarter = django_filters.ChoiceFilter(choices=[(LAST, LAST)], help_text="Without it the present one.")

    class Meta:
        model = Organization
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.form.cleaned_data
        either = {True: plan_coverage.YES, False: "no", None: ""}
        narrowed = AccountFilter(
            **{name: asked[name] or "" for name in ("kind", "segment", "tier")},
            **{name: either[asked[name]] for name in ("plan", "review")},
            is_expected=bool(asked["expected"]),
        )
        return _accounts(self.request, narrowed, asked["quarter"] or "")


class PlanAccountPages(KeyPages):
    order = plan_coverage.BY_NAME


@extend_schema_view(list=extend_schema(summary="The accounts behind the coverage of plans"))
class PlanAccountViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Any]):
    """Accounts by name, with and without a plan, with and without a review."""

    access_rule = StaffOnly.access_rule
    queryset = Organization.objects.none()
    serializer_class = PlanAccountSerializer
    filter_backends = (Filters,)
    filterset_class = PlanAccountFilter
    pagination_class = PlanAccountPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return _accounts(self.request, AccountFilter(), "")


class ReachedSerializer(serializers.Serializer[Any]):
    """So many objectives were reached, of those whose day has come; `low` and `high` are a 95 % interval."""

    reached = serializers.IntegerField(source="hits")
    objectives = serializers.IntegerField(source="total")
    share = serializers.FloatField(source="value", allow_null=True, help_text="0 to 1; null of none.")
    low = serializers.FloatField()
    high = serializers.FloatField()


class PlanValueSerializer(serializers.Serializer[Any]):
    """Over the accounts that launched within two years. `silent` ones have no objective whose day has come."""

    value = ReachedSerializer(source="reached")
    target = serializers.FloatField()
    accounts = serializers.IntegerField()
    silent = serializers.IntegerField()


class PlanValueView(RateLimitHeaders, APIView):
    """Value realized: objectives reached within twelve months of the launch."""

    access_rule = StaffOnly.access_rule

    @extend_schema(
        summary="What success plans have brought",
        operation_id="success_plans_value_retrieve",
        parameters=[IF_NONE_MATCH],
        responses=PlanValueSerializer,
    )
    def get(self, request: Request) -> Response:
        found = plan_value.value_total(actor_of(request), now=timezone.now())
        told = {"reached": found.reached, "accounts": found.accounts, "silent": found.silent}
        return tagged(request, dict(PlanValueSerializer({**told, "target": plan_value.TARGET}).data))


class ValueAccountSerializer(serializers.Serializer[Any]):
    """One account: what was reached within its first year, of what had its day in it."""

    organization_id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)
    launched_on = serializers.DateField()
    year_ends_on = serializers.DateField()
    reached = serializers.IntegerField(source="was_reached")
    objectives = serializers.IntegerField(source="counted")


class ValueAccountPages(KeyPages):
    order = plan_value.LATEST


@extend_schema_view(list=extend_schema(summary="The accounts behind the value realized"))
class ValueAccountViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Any]):
    """Accounts that launched within two years and have objectives whose day has come, the latest launch first."""

    access_rule = StaffOnly.access_rule
    queryset = Organization.objects.none()
    serializer_class = ValueAccountSerializer
    filter_backends = ()
    pagination_class = ValueAccountPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return plan_value.judged_accounts(actor_of(self.request), timezone.now())


def _quarter(asked: str) -> Quarter:
    return quarter_of(timezone.now(), back=int(asked == LAST))


def _accounts(request: Any, narrowed: AccountFilter, quarter: str) -> QuerySet[Any]:
    return plan_coverage.accounts_behind(actor_of(request), plans_in_force(), _quarter(quarter), narrowed)

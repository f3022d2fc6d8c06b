"""Endpoints of campaigns: how likely contacts are to recommend us, with what each has brought."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import HasCapability
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners.choices import ContactRole, Stage
from partners.models import SurveyCampaign
from partners.rules.nps import NpsFigure
from partners.selectors.campaigns import campaign_or_none, results
from partners.services import campaigns
from partners.survey_choices import CampaignState

_NEW = OpenApiExample(
    "Spring",
    request_only=True,
    value={"name": "Spring 2026", "starts_on": "2026-03-02", "ends_on": "2026-03-27", "share": 50, "stages": ["live"]},
)
_EDIT = OpenApiExample("All of them", request_only=True, value={"share": 100})
_ACTIONS = ("list", "retrieve", "results", "create", "partial_update", "start", "end")


class CampaignSerializer(serializers.ModelSerializer[SurveyCampaign]):
    """One question to many contacts. `asked` and `spared` count people once it has started."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    state = serializers.ChoiceField(choices=CampaignState.choices, read_only=True)
    stages = serializers.ListField(child=serializers.ChoiceField(choices=Stage.choices), read_only=True)
    contact_roles = serializers.ListField(child=serializers.ChoiceField(choices=ContactRole.choices), read_only=True)
    asked = serializers.SerializerMethodField()
    spared = serializers.SerializerMethodField()

    class Meta:
        model = SurveyCampaign
        fields = (
            *("id", "name", "share", "stages", "contact_roles", "starts_on", "ends_on", "state", "asked", "spared"),
            *("started_at", "version"),
        )
        read_only_fields = fields

    def get_asked(self, campaign: SurveyCampaign) -> int | None:
        return campaign.asked if self._sees_all() else None

    def get_spared(self, campaign: SurveyCampaign) -> int | None:
        return campaign.spared if self._sees_all() else None

    def _sees_all(self) -> bool:
        """They count people of every organization: told to those who run campaigns."""
        return campaigns.may_run(actor_of(self.context["request"]))


class CampaignResultsSerializer(serializers.Serializer[Any]):
    """What it has brought, over the organizations that you see. Of fewer than five answers all that tells of scores is
    null: programs read no single answer."""

    asked = serializers.IntegerField()
    answers = serializers.IntegerField()
    promoters = serializers.SerializerMethodField()
    passives = serializers.SerializerMethodField()
    detractors = serializers.SerializerMethodField()
    nps = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField(help_text="The lower end of the 95 % interval.")
    high = serializers.SerializerMethodField(help_text="Its upper end.")

    def get_promoters(self, found: NpsFigure) -> int | None:
        return found.promoters if found.is_shown else None

    def get_passives(self, found: NpsFigure) -> int | None:
        return found.passives if found.is_shown else None

    def get_detractors(self, found: NpsFigure) -> int | None:
        return found.detractors if found.is_shown else None

    def get_nps(self, found: NpsFigure) -> float | None:
        return round(found.value, 1) if found.is_shown and found.value is not None else None

    def get_low(self, found: NpsFigure) -> float | None:
        return round(found.low, 1) if found.is_shown else None

    def get_high(self, found: NpsFigure) -> float | None:
        return round(found.high, 1) if found.is_shown else None


class CampaignWriteSerializer(serializers.Serializer[Any]):
    """Empty lists ask whatever the stage or the role."""

    name = serializers.CharField(max_length=120)
    share = serializers.IntegerField(min_value=1, max_value=100, required=False)
    stages = serializers.ListField(child=serializers.ChoiceField(choices=Stage.choices), required=False)
    contact_roles = serializers.ListField(child=serializers.ChoiceField(choices=ContactRole.choices), required=False)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class CampaignFilterSet(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=CampaignState.choices)

    class Meta:
        model = SurveyCampaign
        fields: ClassVar[list[str]] = []


class CampaignPages(CursorPages):
    ordering = ("-starts_on", "-id")


@extend_schema_view(list=extend_schema(summary="Campaigns"))
class CampaignViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[SurveyCampaign]):
    """Read by those who see reports, run by those who manage feedback and see every organization."""

    permission_classes = (HasCapability,)
    access_rule = HasCapability.access_rule
    # Who may run them is said by the use cases, so that one that is missing is missing to all who read.
    required_capabilities: ClassVar = dict.fromkeys(_ACTIONS, ("see_reports",))
    queryset = SurveyCampaign.objects.none()
    serializer_class = CampaignSerializer
    filter_backends = (Filters,)
    filterset_class = CampaignFilterSet
    pagination_class = CampaignPages
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        return SurveyCampaign.objects.all()

    @extend_schema(summary="One campaign", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(self._campaign(id))

    @extend_schema(
        summary="Plan a campaign",
        request=CampaignWriteSerializer,
        responses={201: CampaignSerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        made = campaigns.make(by=actor_of(request), values=self._values(), now=timezone.now())
        return self._answer(self._campaign(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a draft",
        request=CampaignWriteSerializer,
        responses={200: CampaignSerializer},
        parameters=[IF_MATCH],
        examples=[_EDIT],
    )
    def partial_update(self, request: Request, id: UUID) -> Response:
        found, version = self._campaign(id), expected_version(request)
        sent: dict[str, Any] = {"campaign": found, "values": self._values(partial=True), "version": version}
        campaigns.edit(by=actor_of(request), now=timezone.now(), **sent)
        return self._answer(self._campaign(id))

    @extend_schema(summary="Ask those who are drawn", request=None, responses={200: CampaignSerializer})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, id: UUID) -> Response:
        return self._do(campaigns.start, id)

    @extend_schema(summary="Ask nobody else", request=None, responses={200: CampaignSerializer})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, id: UUID) -> Response:
        return self._do(campaigns.end, id)

    @extend_schema(summary="What it has brought so far", responses={200: CampaignResultsSerializer})
    @action(detail=True, methods=["get"])
    def results(self, request: Request, id: UUID) -> Response:
        found = results(actor_of(request), self._campaign(id))
        return Response(CampaignResultsSerializer(found.total).data)

    def _do(self, use_case: Callable[..., Any], id: UUID) -> Response:
        use_case(by=actor_of(self.request), campaign=self._campaign(id), now=timezone.now())
        return self._answer(self._campaign(id))

    def _values(self, *, partial: bool = False) -> dict[str, Any]:
        data = CampaignWriteSerializer(data=self.request.data, partial=partial)
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)

    def _campaign(self, id: UUID) -> SurveyCampaign:
        found = campaign_or_none(id)
        if found is None:
            raise Http404
        return found

    def _answer(self, found: SurveyCampaign, status_code: int = status.HTTP_200_OK) -> Response:
        data = self.get_serializer(found).data
        return tagged(self.request, data, version=found.version, status_code=status_code)

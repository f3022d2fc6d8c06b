"""Endpoints of weeks ahead, and of proposals that balance them."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.models import User
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders, tagged
from common.idempotency import idempotent
from common.openapi import IF_NONE_MATCH
from partners.api.choices import LOAD_BAND_CHOICES, OWNER_ROLE_CHOICES
from partners.capacity_choices import MoveState, ProposalState
from partners.models import BalanceMove, BalanceProposal
from partners.selectors.balance import ProposalPage, proposal_page, proposals
from partners.selectors.capacity import PERSON, people_to_show
from partners.selectors.capacity_ahead import of_team, people_ahead
from partners.services import balance

_ID = "0198f1a2-7c11-7d3e-9a55-2f6d1c0b8e41"
_WEEKS = OpenApiExample(
    "The first of eight weeks",
    response_only=True,
    value={
        "user_id": _ID,
        "name": "Tom Okafor",
        "organizations": 11,
        "weeks": [
            {"week_on": "2026-03-02", "minutes_wanted": 2100, "minutes_there": 2400, "percent": 88, "band": "healthy"}
        ],
    },
)
_ASK = OpenApiExample("Balance the TAMs", request_only=True, value={"role": "tam"})
_REFUSE = OpenApiExample("It stays", request_only=True, value={"note": "They asked for Tom."})


class WeekSerializer(serializers.Serializer[Any]):
    """`percent` is null where there is no time at all."""

    week_on = serializers.DateField(help_text="The Monday.")
    minutes_wanted = serializers.IntegerField()
    minutes_there = serializers.IntegerField()
    percent = serializers.IntegerField(allow_null=True)
    band = serializers.ChoiceField(choices=LOAD_BAND_CHOICES)


class CapacitySerializer(serializers.Serializer[Any]):
    """One person's eight weeks from the present one on."""

    user_id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    organizations = serializers.IntegerField(source="count")
    weeks = WeekSerializer(many=True, source="cells")


class CapacityFilter(django_filters.FilterSet):
    """Both narrow together."""

    role = django_filters.ChoiceFilter(choices=OWNER_ROLE_CHOICES)
    team = django_filters.UUIDFilter(help_text="Members of this team.")

    class Meta:
        model = User
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # Narrowed by role by the view, where the people are chosen.
        team = self.form.cleaned_data.get("team")
        return of_team(queryset, str(team)) if team else queryset


class CapacityPages(CursorPages):
    ordering = ("name_sort", "id")


@extend_schema_view(list=extend_schema(summary="Hours wanted against hours there are, eight weeks ahead"))
class CapacityViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Any]):
    """Everybody's weeks for those who see all, a team's for its lead, else one's own."""

    access_rule = StaffOnly.access_rule
    queryset = User.objects.none()
    serializer_class = CapacitySerializer
    filter_backends = (Filters,)
    filterset_class = CapacityFilter
    pagination_class = CapacityPages

    def get_queryset(self) -> QuerySet[Any]:
        role = self.request.query_params.get("role", "")
        return people_to_show(actor_of(self.request), role=role).values(*PERSON)

    @extend_schema(examples=[_WEEKS])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        rows = people_ahead(actor_of(request), page, now=timezone.now())
        return self.get_paginated_response(CapacitySerializer(rows, many=True).data)


class ProposalSerializer(serializers.ModelSerializer[BalanceProposal]):
    """A proposal; `making` while a worker makes it, closed without moves where nothing would help."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    role = serializers.ChoiceField(choices=OWNER_ROLE_CHOICES)

    class Meta:
        model = BalanceProposal
        fields = ("id", "role", "state", "made_at")
        read_only_fields = ("id", "state", "made_at")


class MoveSerializer(serializers.Serializer[Any]):
    """One organization from one owner to another. `changed`: what is otherwise by now; empty while it fits."""

    id = serializers.UUIDField(source="public_id")
    organization_id = serializers.UUIDField()
    organization = serializers.CharField()
    giver = serializers.CharField()
    receiver = serializers.CharField()
    hours = serializers.CharField(help_text="Hours a week, as they are shown.")
    reasons = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(choices=MoveState.choices)
    note = serializers.CharField(help_text="Why it was refused.")
    changed = serializers.CharField()
    is_overtaken = serializers.BooleanField()
    handoff_id: Any = serializers.SerializerMethodField(help_text="The handoff that it became.")

    def get_handoff_id(self, row: Any) -> str | None:
        return row.handoff[1] if row.handoff else None


class ProposalPageSerializer(serializers.Serializer[Any]):
    """A proposal with the moves that its reader sees."""

    id = serializers.UUIDField(source="row.public_id")
    state = serializers.ChoiceField(choices=ProposalState.choices, source="row.state")
    made_at = serializers.DateTimeField(source="row.made_at")
    is_older_than_facts = serializers.BooleanField()
    moves = MoveSerializer(many=True)


class RefuseSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=balance.MAX_NOTE)


class ProposalPages(CursorPages):
    ordering = ("-made_at", "-id")


def _page(request: Request, proposal_id: UUID) -> ProposalPage:
    page = proposal_page(actor_of(request), proposal_id, now=timezone.now())
    if page is None:
        raise NotFound
    return page


@extend_schema_view(list=extend_schema(summary="Proposals that balance the load"))
class ProposalViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Any]):
    """One's own proposals; everybody's for those who see all."""

    access_rule = StaffOnly.access_rule
    queryset = BalanceProposal.objects.none()
    serializer_class = ProposalSerializer
    pagination_class = ProposalPages
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return proposals(actor_of(self.request))

    @extend_schema(summary="One proposal with its moves", responses=ProposalPageSerializer, parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return tagged(request, ProposalPageSerializer(_page(request, id)).data)

    @extend_schema(
        summary="Ask for a proposal", request=ProposalSerializer, responses={201: ProposalSerializer}, examples=[_ASK]
    )
    @idempotent
    def create(self, request: Request) -> Response:
        asked = ProposalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = balance.ask(by=actor_of(request), role=asked.validated_data["role"], now=timezone.now())
        return Response(ProposalSerializer(made).data, status=status.HTTP_201_CREATED)


class MoveView(RateLimitHeaders, APIView):
    """What becomes of one move."""

    access_rule = StaffOnly.access_rule

    def move_or_404(self, proposal_id: UUID, move_id: UUID) -> BalanceMove:
        actor = actor_of(self.request)
        mine = proposals(actor).filter(public_id=proposal_id)
        rows = BalanceMove.objects.visible_to(actor).filter(proposal__in=mine)
        found: BalanceMove = get_object_or_404(rows.select_related("organization"), public_id=move_id)
        return found


class AcceptView(MoveView):
    """It becomes a handoff, which its giver fills in."""

    @extend_schema(
        summary="Accept a move",
        operation_id="balance_proposals_moves_accept",
        request=None,
        responses=ProposalPageSerializer,
    )
    def post(self, request: Request, proposal_id: UUID, move_id: UUID) -> Response:
        move = self.move_or_404(proposal_id, move_id)
        balance.accept(by=actor_of(request), move=move, now=timezone.now())
        return Response(ProposalPageSerializer(_page(request, proposal_id)).data)


class RefuseView(MoveView):
    """It stays where it is, for a reason."""

    @extend_schema(
        summary="Refuse a move",
        operation_id="balance_proposals_moves_refuse",
        request=RefuseSerializer,
        responses=ProposalPageSerializer,
        examples=[_REFUSE],
    )
    def post(self, request: Request, proposal_id: UUID, move_id: UUID) -> Response:
        asked = RefuseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        move = self.move_or_404(proposal_id, move_id)
        balance.refuse(by=actor_of(request), move=move, note=asked.validated_data["note"], now=timezone.now())
        return Response(ProposalPageSerializer(_page(request, proposal_id)).data)

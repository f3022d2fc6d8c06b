"""Endpoints of handoffs: those of an organization with all that is done with them, and one's own."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import CursorPages, RateLimitHeaders, tagged
from common.idempotency import idempotent
from common.openapi import IF_NONE_MATCH
from partners.api import handoff_examples as examples
from partners.api import handoff_serializers as forms
from partners.api.base import PartViewSet
from partners.api.handoff_serializers import HandoffRowSerializer, HandoffSerializer
from partners.models import Handoff
from partners.selectors.handoff_page import shows_answers
from partners.services import handoff_items, handoffs
from partners.work_choices import UNFINISHED_HANDOFFS

_DONE = {200: HandoffSerializer}


class HandoffPages(CursorPages):
    ordering = ("-created_at", "-id")


@extend_schema_view(list=extend_schema(summary="Your handoffs under way", responses=HandoffRowSerializer(many=True)))
class OwnHandoffViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Any]):
    """Handoffs that you give or receive and that are neither accepted nor withdrawn."""

    access_rule = StaffOnly.access_rule
    queryset = Handoff.objects.none()
    serializer_class = HandoffRowSerializer
    pagination_class = HandoffPages
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        actor = actor_of(self.request)
        mine = Q(giver_id=actor.user_id) | Q(receiver_id=actor.user_id)
        seen = Handoff.objects.visible_to(actor).filter(mine, state__in=UNFINISHED_HANDOFFS)
        return seen.select_related("organization", "giver", "receiver")


@extend_schema_view(
    list=extend_schema(summary="Handoffs of an organization", responses=HandoffRowSerializer(many=True))
)
class HandoffViewSet(PartViewSet):
    """A handoff is a contract: the giver lays out what there is to know, the receiver accepts or returns it."""

    queryset = Handoff.objects.none()
    serializer_class = HandoffSerializer
    pagination_class = HandoffPages

    def get_serializer_class(self) -> Any:
        return HandoffRowSerializer if self.action == "list" else HandoffSerializer

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = Handoff.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        return seen.select_related("organization", "giver", "receiver")

    @extend_schema(summary="One handoff with what is in it", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Prepare a handoff",
        request=forms.HandoffWriteSerializer,
        responses={201: HandoffSerializer},
        examples=[examples.NEW_HANDOFF],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        organization = self.organization
        sent = self._sent(forms.HandoffWriteSerializer)
        made = handoffs.prepare(by=actor_of(request), organization=organization, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Write a note on an item", request=forms.ItemWriteSerializer, responses=_DONE, examples=[examples.ITEM]
    )
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(handoff_items.settle_item, id, forms.ItemWriteSerializer)

    @extend_schema(
        summary="Mark an item as read", request=forms.ReadSerializer, responses=_DONE, examples=[examples.READ]
    )
    @action(detail=True, methods=["post"])
    def read(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(handoff_items.read_item, id, forms.ReadSerializer)

    @extend_schema(
        summary="Enter a day together", request=forms.DaySerializer, responses=_DONE, examples=[examples.DAY]
    )
    @action(detail=True, methods=["post"])
    def meet(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(handoff_items.hold_meeting, id, forms.DaySerializer)

    @extend_schema(summary="Begin the shadow period", request=forms.ShadowSerializer, responses=_DONE)
    @action(detail=True, methods=["post"])
    def shadow(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(handoff_items.begin_shadow, id, forms.ShadowSerializer)

    @extend_schema(summary="Offer it to the receiver", request=None, responses=_DONE)
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(handoffs.offer, id)

    @extend_schema(summary="Accept it: your assignment begins", request=None, responses=_DONE)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(handoffs.accept, id)

    @extend_schema(
        summary="Return it with reasons", request=forms.ReturnSerializer, responses=_DONE, examples=[examples.RETURN]
    )
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(handoffs.give_back, id, forms.ReturnSerializer)

    @extend_schema(summary="Withdraw it", request=forms.HandoffReasonSerializer, responses=_DONE)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(handoffs.withdraw, id, forms.HandoffReasonSerializer)

    @extend_schema(summary="Hand over to somebody else", request=forms.ReceiverSerializer, responses=_DONE)
    @action(detail=True, methods=["post"])
    def readdress(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(handoffs.readdress, id, forms.ReceiverSerializer)

    @extend_schema(
        summary="Add the launch results", request=forms.ResultsSerializer, responses=_DONE, examples=[examples.RESULTS]
    )
    @action(detail=True, methods=["post"])
    def results(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(handoff_items.add_results, id, forms.ResultsSerializer)

    @extend_schema(summary="Confirm the launch results", request=None, responses=_DONE)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(handoff_items.confirm_results, id)

    def _do(
        self, use_case: Callable[..., Any], id: UUID, kind: type[serializers.BaseSerializer[Any]] | None = None
    ) -> Response:
        found = self.part_or_404(id)
        sent = self._sent(kind) if kind else {}
        use_case(by=actor_of(self.request), handoff=found, now=timezone.now(), **sent)
        # Read by its id: what is over may be closed to its giver or receiver by now, but this answer is theirs.
        again = Handoff.objects.select_related("organization", "giver", "receiver").get(pk=found.pk)
        return self._answer(again)

    def _sent(self, kind: type[serializers.BaseSerializer[Any]]) -> dict[str, Any]:
        data = kind(data=self.request.data, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)

    def _answer(self, found: Handoff, status_code: int = status.HTTP_200_OK) -> Response:
        actor = actor_of(self.request)
        context = {"shows_answers": shows_answers(actor, found, self.subject, now=timezone.now())}
        data = HandoffSerializer(found, context=context).data
        return tagged(self.request, data, version=found.version, status_code=status_code)

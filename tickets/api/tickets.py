"""Endpoints of tickets: find one, open one, change it, read its clocks and its history, write on it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import CursorPages, Filters, KeyPages, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from common.pagination import Order, SortKey
from tickets.api import ticket_examples as examples
from tickets.api.ticket_filters import TicketFilter
from tickets.api.ticket_rows import answer, answers, opened_organizations, unsolved_rows
from tickets.api.ticket_serializers import (
    TicketChangeSerializer,
    TicketClockSerializer,
    TicketEventSerializer,
    TicketMessageSerializer,
    TicketMessageWriteSerializer,
    TicketNewSerializer,
    TicketRowSerializer,
    TicketSerializer,
)
from tickets.choices import Channel, MessageKind
from tickets.models import Message, Ticket, TicketEvent
from tickets.querysets import TicketQuerySet
from tickets.selectors.requesters import asker_at
from tickets.selectors.rows import OrganizationName
from tickets.selectors.sla_states import states
from tickets.services import messages
from tickets.services.assigning import check_assignee, tell_assignee
from tickets.services.changes import change
from tickets.services.entering import Entry, enter
from tickets.services.messages import Letter

_LONG = ("resolution", "workaround", "root_cause", "prevention", "sla_reason")


class TicketPages(KeyPages):
    order = Order(keys=(SortKey(name="opened_at", descending=True),))


class EventPages(CursorPages):
    ordering = ("at", "id")


class MessagePages(CursorPages):
    ordering = ("written_at", "id")


class _TicketView(RateLimitHeaders, GenericViewSet[Any]):
    access_rule = StaffOnly.access_rule
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    @property
    def is_described(self) -> bool:
        """Whether only the description of the API is being made: there is no caller then."""
        return bool(getattr(self, "swagger_fake_view", False))

    def tickets(self) -> Any:
        """Those that the caller sees."""
        return Ticket.objects.all().visible_to(actor_of(self.request))

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        return context if self.is_described else context | {"actor": actor_of(self.request)}

    def _sent(self, kind: type[serializers.BaseSerializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        data = kind(data=self.request.data, partial=partial, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)


@extend_schema_view(list=extend_schema(summary="Tickets, the newest first", examples=[examples.TICKETS]))
class TicketViewSet(mixins.ListModelMixin, _TicketView):
    """Colleagues read the tickets that they see; those who answer contacts open and change them."""

    queryset = Ticket.objects.none()
    serializer_class = TicketRowSerializer
    filter_backends = (Filters,)
    filterset_class = TicketFilter
    pagination_class = TicketPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        found: TicketQuerySet = self.tickets().select_related("queue", "category", "assignee")
        found = found.annotate(
            organization_name=OrganizationName("organization_id"),
            organization_public_id=opened_organizations(actor_of(self.request)),
        )
        if self.action != "list":
            return found
        found = found.filter(merged_into__isnull=True).defer(*_LONG)
        return found if {"status", "number", "external_key"} & set(self.request.query_params) else found.unsolved()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if Filters().are_named(request, self):
            return super().list(request, *args, **kwargs)
        pages = TicketPages()
        rows = pages.paginate_composed(unsolved_rows, actor_of(request), request=request)
        return pages.get_paginated_response(answers(rows))

    @extend_schema(summary="One ticket", responses=TicketSerializer, parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(id)

    @extend_schema(
        summary="Open a ticket: where it goes the routing decides",
        request=TicketNewSerializer,
        responses={201: TicketSerializer},
        examples=[examples.NEW],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        actor, sent = actor_of(request), self._sent(TicketNewSerializer)
        organization, name, email = sent.pop("organization", None), sent.pop("name"), sent.pop("email")
        asker = asker_at(organization, email)
        if organization is not None and asker is None:
            raise ValidationError({"organization": [_("There is no such organization, or you do not reach it.")]})
        body = sent.pop("body")
        entry = Entry(asker=asker, name=name, email=email, values=sent, body=body, channel=Channel.API)
        made = enter(by=actor, entry=entry, now=timezone.now())
        return self._answer(made.public_id, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a ticket",
        request=TicketChangeSerializer,
        responses={200: TicketSerializer},
        parameters=[IF_MATCH],
        examples=[examples.CHANGE],
    )
    def partial_update(self, request: Request, id: UUID) -> Response:
        ticket, version = self._found(id), expected_version(request)
        _change(request, ticket, self._sent(TicketChangeSerializer, partial=True), version)
        return self._answer(id)

    @extend_schema(summary="What happened to a ticket", responses=TicketEventSerializer(many=True))
    @action(detail=True, pagination_class=EventPages, filterset_class=None)
    def events(self, request: Request, id: UUID) -> Response:
        rows = TicketEvent.objects.all().visible_to(actor_of(request)).filter(ticket=self._found(id))
        page = self.paginate_queryset(rows.select_related("actor", "message"))
        return self.get_paginated_response(TicketEventSerializer(page, many=True).data)

    @extend_schema(summary="The clocks of a ticket as they are now", responses=TicketClockSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def clocks(self, request: Request, id: UUID) -> Response:
        ticket = self._found(id)
        events = TicketEvent.objects.all().visible_to(actor_of(request)).filter(ticket=ticket).order_by("at", "id")
        seen = states(ticket, list(events), now=timezone.now())
        return Response(TicketClockSerializer(seen, many=True).data)

    def _found(self, public_id: UUID) -> Any:
        return get_object_or_404(self.get_queryset(), public_id=public_id)

    def _answer(self, public_id: UUID, status_code: int = status.HTTP_200_OK) -> Response:
        data = answer(actor_of(self.request), public_id)
        return tagged(self.request, data, version=data["version"], status_code=status_code)


def _change(request: Request, ticket: Ticket, sent: Mapping[str, Any], version: int) -> None:
    actor, now = actor_of(request), timezone.now()
    values = {name: value for name, value in sent.items() if name not in ("priority", "priority_reason")}
    if "assignee" in values:
        check_assignee(ticket, values["assignee"])
    changed = change(
        by=actor,
        ticket=ticket,
        values=values,
        priority=sent.get("priority"),
        priority_reason=sent.get("priority_reason", ""),
        version=version,
        now=now,
    )
    if "assignee" in values:
        tell_assignee(by=actor, ticket=changed, before_id=ticket.assignee_id, now=now)


@extend_schema_view(list=extend_schema(summary="Messages of a ticket, the oldest first"))
class TicketMessageViewSet(mixins.ListModelMixin, _TicketView):
    """What was written on a ticket: public replies, and internal notes, which no contact reads."""

    queryset = Message.objects.none()
    serializer_class = TicketMessageSerializer
    filter_backends = ()
    pagination_class = MessagePages

    @cached_property
    def ticket(self) -> Any:
        """Raises Http404 for one that is foreign or missing."""
        return get_object_or_404(self.tickets(), public_id=self.kwargs["ticket_id"])

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        rows = Message.objects.all().visible_to(actor_of(self.request)).filter(ticket=self.ticket)
        return rows.select_related("author")

    @extend_schema(summary="One message", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, ticket_id: UUID, id: UUID) -> Response:
        return self._answer(id)

    @extend_schema(
        summary="Reply to the partner, or leave a note",
        request=TicketMessageWriteSerializer,
        responses={201: TicketMessageSerializer},
        examples=[examples.REPLY, examples.NOTE],
    )
    @idempotent
    def create(self, request: Request, ticket_id: UUID) -> Response:
        ticket, sent = self.ticket, self._sent(TicketMessageWriteSerializer)
        actor, now, wanted = actor_of(request), timezone.now(), sent.get("status")
        if sent["kind"] == MessageKind.NOTE:
            if wanted is not None:
                raise ValidationError({"status": [_("A note sets no status: change the ticket.")]})
            made = messages.note(by=actor, ticket=ticket, body=sent["body"], now=now)
        else:
            letter = Letter(channel=Channel.API)
            made = messages.reply(by=actor, ticket=ticket, body=sent["body"], status=wanted, letter=letter, now=now)
        return self._answer(made.public_id, status.HTTP_201_CREATED)

    def _answer(self, public_id: UUID, status_code: int = status.HTTP_200_OK) -> Response:
        found = get_object_or_404(self.get_queryset(), public_id=public_id)
        return tagged(self.request, dict(TicketMessageSerializer(found).data), status_code=status_code)

"""Endpoints of the documentation hub: find a guide, read it, keep it. Its texts are policy and change with the pack."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

import django_filters
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.models import User
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders, expected_version, tagged
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners import guide_policy
from partners.api import guide_examples as examples
from partners.choices import OrganizationKind, Stage
from partners.guide_policy import words
from partners.models import Guide
from partners.rules.guides import GUIDE_ROLES, GuidePolicy, GuideSection
from partners.rules.guides import Guide as Article
from partners.selectors.guides import articles_of
from partners.services import guides

Place = tuple[GuideSection, Article]


class GuideRowSerializer(serializers.ModelSerializer[Guide]):
    """One guide: where it belongs, who keeps it, when it was last looked over. `id` is its key in the pack."""

    id = serializers.CharField(source="key", read_only=True)
    title = serializers.SerializerMethodField()
    section = serializers.SerializerMethodField()
    kinds = serializers.SerializerMethodField()
    stage = serializers.SerializerMethodField()
    phase = serializers.SerializerMethodField()
    roles = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField()
    owner_role = serializers.SerializerMethodField()
    owner_id = serializers.UUIDField(source="owner.public_id", read_only=True, allow_null=True, default=None)
    owner_name = serializers.CharField(source="owner.name", read_only=True, default="")
    review_days = serializers.SerializerMethodField()
    reviewed_by = serializers.CharField(source="reviewed_by.name", read_only=True, default="")
    is_overdue = serializers.SerializerMethodField()

    class Meta:
        model = Guide
        fields: tuple[str, ...] = (
            "id",
            "title",
            "section",
            "kinds",
            "stage",
            "phase",
            "roles",
            "link",
            "owner_role",
            "owner_id",
            "owner_name",
            "review_days",
            "reviewed_on",
            "reviewed_by",
            "review_due_on",
            "is_overdue",
            "version",
        )
        read_only_fields = fields

    def _place(self, row: Guide) -> Place:
        places: Mapping[str, Place] = self.context["places"]
        return places[row.key]

    def get_title(self, row: Guide) -> str:
        return words(self._place(row)[1].title)

    def get_section(self, row: Guide) -> str:
        return words(self._place(row)[0].title)

    def get_kinds(self, row: Guide) -> list[str]:
        return sorted(self._place(row)[0].kinds)

    def get_stage(self, row: Guide) -> str:
        """Empty for every stage."""
        return self._place(row)[0].stage

    def get_phase(self, row: Guide) -> str:
        """Empty for all phases."""
        return self._place(row)[0].phase

    def get_roles(self, row: Guide) -> list[str]:
        return list(self._place(row)[0].roles)

    def get_link(self, row: Guide) -> str:
        """Where it is, if it is not here."""
        return self._place(row)[1].link

    def get_owner_role(self, row: Guide) -> str:
        return self._place(row)[1].owner_role

    def get_review_days(self, row: Guide) -> int:
        return self._place(row)[1].review_days

    def get_is_overdue(self, row: Guide) -> bool:
        today: date = self.context["today"]
        return guides.is_overdue(row, today)


class GuideSerializer(GuideRowSerializer):
    """The same with its text, in Markdown."""

    body = serializers.SerializerMethodField()

    class Meta(GuideRowSerializer.Meta):
        fields = (*GuideRowSerializer.Meta.fields, "body")
        read_only_fields = fields

    def get_body(self, row: Guide) -> str:
        return words(self._place(row)[1].body)


class GuideKeeperSerializer(serializers.Serializer[Any]):
    owner = serializers.SlugRelatedField(
        slug_field="public_id",
        queryset=User.objects.none(),
        allow_null=True,
        help_text="Somebody in its owner role; null for nobody.",
    )

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = dict(super().get_fields())
        if "actor" in self.context:
            fields["owner"].queryset = User.objects.visible_to(self.context["actor"])
        return fields


class GuideFilter(django_filters.FilterSet):
    """All parameters narrow together. A guide of no stage is for every one, one of no phase for all."""

    kind = django_filters.ChoiceFilter(choices=OrganizationKind.choices)
    stage = django_filters.ChoiceFilter(choices=Stage.choices)
    phase = django_filters.CharFilter(max_length=12, help_text="Such as 1A.")
    role = django_filters.ChoiceFilter(choices=[(role, role) for role in GUIDE_ROLES])
    q = django_filters.CharFilter(max_length=100, help_text="All of these words in title or text.")
    overdue = django_filters.BooleanFilter(help_text="To be looked over by now.")

    class Meta:
        model = Guide
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        sent = self.form.cleaned_data
        place = {name: sent.get(name) or "" for name in ("kind", "stage", "phase", "role")}
        found = articles_of(guide_policy.policy_in_force(), text=sent.get("q") or "", **place)
        late = sent.get("overdue")
        narrowed = queryset.filter(key__in=[article.id for article in found])
        if late is None:
            return narrowed
        is_late = {"review_due_on__lt": timezone.localdate()}
        return narrowed.filter(**is_late) if late else narrowed.exclude(**is_late)


class GuidePages(CursorPages):
    """In the order of the pack."""

    ordering = ("place", "id")


@extend_schema_view(list=extend_schema(summary="Guides by gate, phase and role", examples=[examples.GUIDES]))
class GuideViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Guide]):
    """Guides of the pack in force. Its owner, everybody in its owner role, and who keeps the policies keep one."""

    access_rule = StaffOnly.access_rule
    queryset = Guide.objects.none()
    serializer_class = GuideRowSerializer
    filter_backends = (Filters,)
    filterset_class = GuideFilter
    pagination_class = GuidePages
    lookup_field = "key"
    lookup_url_kwarg = "id"
    lookup_value_converter = "slug"

    @cached_property
    def policy(self) -> GuidePolicy:
        return guide_policy.policy_in_force()

    def get_queryset(self) -> QuerySet[Any]:
        keys = list(self.policy.guides)
        place = Case(
            *(When(key=key, then=Value(number)) for number, key in enumerate(keys)),
            default=Value(len(keys)),
            output_field=IntegerField(),
        )
        seen = Guide.objects.visible_to(actor_of(self.request)).filter(key__in=keys)
        return seen.annotate(place=place).select_related("owner", "reviewed_by")

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if getattr(self, "swagger_fake_view", False):
            return context
        places = {one.id: (section, one) for section in self.policy.sections for one in section.guides}
        return context | {"places": places, "today": timezone.localdate(), "actor": actor_of(self.request)}

    @extend_schema(
        summary="One guide with its text",
        responses=GuideSerializer,
        parameters=[IF_NONE_MATCH],
        examples=[examples.GUIDE],
    )
    def retrieve(self, request: Request, id: str) -> Response:
        return self._answer(id)

    @extend_schema(
        summary="Say who keeps a guide",
        request=GuideKeeperSerializer,
        responses={200: GuideSerializer},
        parameters=[IF_MATCH],
        examples=[examples.KEEPER],
    )
    def partial_update(self, request: Request, id: str) -> Response:
        self._found(id)
        version = expected_version(request)
        data = GuideKeeperSerializer(data=request.data, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        owner = data.validated_data["owner"]
        guides.assign(by=actor_of(request), key=id, owner=owner, version=version, now=timezone.now())
        return self._answer(id)

    @extend_schema(
        summary="It was looked over and still holds",
        request=None,
        responses={200: GuideSerializer},
    )
    @action(detail=True, methods=["post"])
    def reviewed(self, request: Request, id: str) -> Response:
        self._found(id)
        guides.mark_reviewed(by=actor_of(request), key=id, now=timezone.now())
        return self._answer(id)

    def _found(self, key: str) -> Guide:
        found: Guide = get_object_or_404(self.get_queryset(), key=key)
        return found

    def _answer(self, key: str) -> Response:
        found = self._found(key)
        data = GuideSerializer(found, context=self.get_serializer_context()).data
        return tagged(self.request, dict(data), version=found.version, status_code=status.HTTP_200_OK)

"""Endpoints of trainings and recommendations of one organization."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import actor_of
from common.api import CursorPages, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners.api.base import ColleagueField, contacts_of
from partners.api.promises import OpenPartViewSet
from partners.enablement_choices import RecommendationKind, TrainingResult
from partners.models import Recommendation, Training, TrainingAttendee
from partners.selectors.recommendations import seen_recommendations
from partners.selectors.trainings import seen_trainings
from partners.services import keeping, recommendations, trainings

Kind = type[serializers.BaseSerializer[Any]]
_TRAINING = OpenApiExample(
    "Planned", request_only=True, value={"title": "Webhooks", "held_on": "2026-03-12", "minutes": 90}
)
_HELD = OpenApiExample("Held", request_only=True, value={"held_on": "2026-03-12", "note": "All questions answered"})
_ADVICE = OpenApiExample("A best practice", request_only=True, value={"practice": "single_sign_on"})
_EFFECT = OpenApiExample("Done", request_only=True, value={"effect": "Nobody resets passwords any more"})


class KeptPartViewSet(OpenPartViewSet):
    """Parts whose use cases take the row as `row_name`, with its version."""

    row_name: ClassVar[str]

    @extend_schema(parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.answer(self.part_or_404(id))

    def made(self, row: Model) -> Response:
        """What a call that makes something answers."""
        return self.answer(self.part_or_404(row.public_id), status.HTTP_201_CREATED)  # type: ignore[attr-defined]

    def edited(self, use_case: Callable[..., Any], id: UUID, **sent: Any) -> Response:
        """Run an edit at the version that the caller knows."""
        found, version = self.part_or_404(id), expected_version(self.request)
        row: dict[str, Any] = {self.row_name: found, "version": version}
        use_case(by=actor_of(self.request), now=timezone.now(), **row, **sent)
        return self.answer(self.part_or_404(id))

    def done(self, use_case: Callable[..., Any], id: UUID, kind: Kind | None = None, **more: Any) -> Response:
        """Run what an action is for."""
        sent: dict[str, Any] = {self.row_name: self.part_or_404(id), **(self.values(kind) if kind else {}), **more}
        use_case(by=actor_of(self.request), now=timezone.now(), **sent)
        return self.answer(self.part_or_404(id))

    def answer(self, found: Any, status_code: int = status.HTTP_200_OK) -> Response:
        """The row with its tag."""
        data = self.get_serializer(found).data
        return tagged(self.request, data, version=found.version, status_code=status_code)


class AttendeeSerializer(serializers.ModelSerializer[TrainingAttendee]):
    """One of theirs (`contact_id`) or one of ours (`user_id`)."""

    contact_id = serializers.UUIDField(source="contact.public_id", read_only=True, allow_null=True, default=None)
    user_id = serializers.UUIDField(source="user.public_id", read_only=True, allow_null=True, default=None)

    class Meta:
        model = TrainingAttendee
        fields = ("contact_id", "user_id", "result")
        read_only_fields = fields


class OrganizationTrainingSerializer(serializers.ModelSerializer[Training]):
    """A need for training, then its session. `held_on` is a day of the organization."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    trainer_id = serializers.UUIDField(source="trainer.public_id", read_only=True, allow_null=True, default=None)
    attendees = AttendeeSerializer(many=True, read_only=True)

    class Meta:
        model = Training
        fields = (
            "id",
            "organization_id",
            "title",
            "need",
            "held_on",
            "minutes",
            "trainer_id",
            "state",
            "outcome_note",
            "attendees",
            "version",
        )
        read_only_fields = fields


class TrainingWriteSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    need = serializers.CharField(max_length=keeping.MAX_TEXT, required=False, allow_blank=True)
    held_on = serializers.DateField(required=False, allow_null=True)
    minutes = serializers.IntegerField(min_value=1, max_value=trainings.MAX_MINUTES, required=False, allow_null=True)
    trainer = ColleagueField(help_text="A colleague who sees the organization.")


class TrainingHoldSerializer(serializers.Serializer[Any]):
    held_on = serializers.DateField()
    note = serializers.CharField(max_length=keeping.MAX_NOTE, required=False, default="", allow_blank=True)


class EnablementNoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=keeping.MAX_NOTE)


class TrainingPersonSerializer(serializers.Serializer[Any]):
    """Somebody of theirs or of ours: exactly one of the two."""

    contact_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    user = ColleagueField()


class TrainingAttendSerializer(TrainingPersonSerializer):
    result = serializers.ChoiceField(choices=TrainingResult.choices, default=TrainingResult.EXPECTED.value)


class NewestPages(CursorPages):
    ordering = ("-created_at", "-id")


@extend_schema_view(
    list=extend_schema(summary="Trainings of an organization"), retrieve=extend_schema(summary="One training")
)
class TrainingViewSet(KeptPartViewSet):
    """Who is to learn what, and who has."""

    queryset = Training.objects.none()
    serializer_class = OrganizationTrainingSerializer
    pagination_class = NewestPages
    row_name = "training"

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        return seen_trainings(actor_of(self.request)).filter(organization=self.organization)

    @extend_schema(
        summary="Write a training down",
        request=TrainingWriteSerializer,
        responses={201: OrganizationTrainingSerializer},
        examples=[_TRAINING],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        values = self.values(TrainingWriteSerializer)
        sent: dict[str, Any] = {"organization": self.organization, "values": values, "now": timezone.now()}
        return self.made(trainings.add(by=actor_of(request), **sent))

    @extend_schema(
        summary="Change a training that is not over",
        request=TrainingWriteSerializer,
        responses={200: OrganizationTrainingSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.edited(trainings.edit, id, values=self.values(TrainingWriteSerializer, partial=True))

    @extend_schema(
        summary="It was held",
        request=TrainingHoldSerializer,
        responses={200: OrganizationTrainingSerializer},
        examples=[_HELD],
    )
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(trainings.hold, id, TrainingHoldSerializer)

    @extend_schema(
        summary="It does not take place",
        request=EnablementNoteSerializer,
        responses={200: OrganizationTrainingSerializer},
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(trainings.cancel, id, EnablementNoteSerializer)

    @extend_schema(
        summary="Name somebody who is to learn, or say how it went for them",
        request=TrainingAttendSerializer,
        responses={200: OrganizationTrainingSerializer},
    )
    @action(detail=True, methods=["post"])
    def attend(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        self.part_or_404(id)
        sent = self.values(TrainingAttendSerializer)
        contact_id = sent.pop("contact_id")
        contacts = contacts_of(request, self.organization, [contact_id]) if contact_id else [None]
        return self.done(trainings.attend, id, contact=contacts[0], **sent)

    @extend_schema(
        summary="Take somebody off the list",
        request=TrainingPersonSerializer,
        responses={200: OrganizationTrainingSerializer},
    )
    @action(detail=True, methods=["post"], url_path="leave-out", url_name="leave-out")
    def leave_out(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, sent = self.part_or_404(id), self.values(TrainingPersonSerializer)
        person = {"contact__public_id": sent["contact_id"], "user": sent.get("user")}
        on_list = TrainingAttendee.objects.filter(training=found, **person).select_related("training__organization")
        attendee = get_object_or_404(on_list)
        trainings.leave_out(by=actor_of(request), attendee=attendee, now=timezone.now())
        return self.answer(self.part_or_404(id))


class RecommendationSerializer(serializers.ModelSerializer[Recommendation]):
    """Something that we advise. `practice` names a best practice of the policy pack `practices`."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    owner_id = serializers.UUIDField(source="owner.public_id", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Recommendation
        fields = (
            "id",
            "organization_id",
            "kind",
            "practice",
            "title",
            "why",
            "owner_id",
            "state",
            "proposed_on",
            "due_on",
            "closed_on",
            "effect",
            "version",
        )
        read_only_fields = fields


class RecommendationEditSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False)
    kind = serializers.ChoiceField(choices=RecommendationKind.choices, required=False)
    why = serializers.CharField(max_length=keeping.MAX_TEXT, required=False, allow_blank=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    owner = ColleagueField(help_text="A colleague who sees the organization.")


class RecommendationWriteSerializer(RecommendationEditSerializer):
    """Either the id of a practice, or words of one's own."""

    practice = serializers.CharField(max_length=40, required=False, help_text="Its id; then words are left out.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("practice") and not attrs.get("title"):
            raise serializers.ValidationError({"title": [_("Name a practice, or say what you advise.")]})
        return attrs


class RecommendationAgreeSerializer(serializers.Serializer[Any]):
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class RecommendationEffectSerializer(serializers.Serializer[Any]):
    effect = serializers.CharField(max_length=keeping.MAX_NOTE)


@extend_schema_view(
    list=extend_schema(summary="What we advise an organization"), retrieve=extend_schema(summary="One recommendation")
)
class RecommendationViewSet(KeptPartViewSet):
    """Proposed, agreed, done with their effect, or declined."""

    queryset = Recommendation.objects.none()
    serializer_class = RecommendationSerializer
    pagination_class = NewestPages
    row_name = "recommendation"

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        return seen_recommendations(actor_of(self.request)).filter(organization=self.organization)

    @extend_schema(
        summary="Recommend something",
        request=RecommendationWriteSerializer,
        responses={201: RecommendationSerializer},
        examples=[_ADVICE],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        values = self.values(RecommendationWriteSerializer)
        sent: dict[str, Any] = {"by": actor_of(request), "organization": self.organization, "now": timezone.now()}
        if practice := values.pop("practice", ""):
            made = recommendations.propose_practice(practice=practice, owner=values.get("owner"), **sent)
            return self.made(made)
        return self.made(recommendations.propose(values=values, **sent))

    @extend_schema(
        summary="Change an open recommendation",
        request=RecommendationEditSerializer,
        responses={200: RecommendationSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.edited(recommendations.edit, id, values=self.values(RecommendationEditSerializer, partial=True))

    @extend_schema(
        summary="They want it", request=RecommendationAgreeSerializer, responses={200: RecommendationSerializer}
    )
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(recommendations.agree, id, RecommendationAgreeSerializer)

    @extend_schema(
        summary="It is done, and what it brought",
        request=RecommendationEffectSerializer,
        responses={200: RecommendationSerializer},
        examples=[_EFFECT],
    )
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(recommendations.finish, id, RecommendationEffectSerializer)

    @extend_schema(
        summary="They do not want it", request=EnablementNoteSerializer, responses={200: RecommendationSerializer}
    )
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(recommendations.decline, id, EnablementNoteSerializer)

    @extend_schema(summary="Propose it again", request=None, responses={200: RecommendationSerializer})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(recommendations.reopen, id)

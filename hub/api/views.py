"""Endpoints of the roof: the explainer, the search, and the description of the API itself."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import RateLimitHeaders
from common.palette import find_everything
from hub.explainer import explain
from hub.search import MAX_TEXT, MIN_TEXT


class QuestionSerializer(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=300, help_text="Name, id or address of an organization; number of a ticket.")


class ExplanationSerializer(serializers.Serializer[Any]):
    """Why the caller sees an organization or a ticket, or not. Foreign and unknown ones get the same answer."""

    is_seen = serializers.BooleanField()
    is_known = serializers.BooleanField()
    id = serializers.UUIDField(allow_null=True)
    sentences = serializers.ListField(child=serializers.CharField())


class ExplainView(RateLimitHeaders, APIView):
    """The explainer."""

    access_rule = StaffOnly.access_rule

    @extend_schema(
        summary="Why can I (not) see this?", parameters=[QuestionSerializer], responses=ExplanationSerializer
    )
    def get(self, request: Request) -> Response:
        question = QuestionSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        answer = explain(actor_of(request), question.validated_data["q"], now=timezone.now())
        return Response(
            {
                "is_seen": answer.is_seen,
                "is_known": answer.is_known,
                "id": answer.public_id or None,
                "sentences": list(answer.sentences),
            }
        )


class TextSerializer(serializers.Serializer[Any]):
    q = serializers.CharField(min_length=MIN_TEXT, max_length=MAX_TEXT)


class HitSerializer(serializers.Serializer[Any]):
    group = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    hint = serializers.CharField()
    url = serializers.CharField()


class SearchView(RateLimitHeaders, APIView):
    """What the palette finds."""

    access_rule = StaffOnly.access_rule

    @extend_schema(summary="Search", parameters=[TextSerializer], responses=HitSerializer(many=True))
    def get(self, request: Request) -> Response:
        text = TextSerializer(data=request.query_params)
        text.is_valid(raise_exception=True)
        groups = find_everything(actor_of(request), text.validated_data["q"], limit=20)
        return Response(
            [
                {"group": str(group.label), "label": item.label, "hint": item.hint, "url": item.url}
                for group in groups
                for item in group.items
            ]
        )


@extend_schema(exclude=True)
class NothingHereView(RateLimitHeaders, APIView):
    """Every other address: the answer of the API instead of a page."""

    access_rule = StaffOnly.access_rule

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404


class SchemaView(SpectacularAPIView):
    """The OpenAPI description, as JSON."""

    access_rule = StaffOnly.access_rule
    permission_classes = (StaffOnly,)
    renderer_classes = [JSONRenderer]  # noqa: RUF012 - as the base declares it

    @extend_schema(summary="This description", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().get(request, *args, **kwargs)
        return answer

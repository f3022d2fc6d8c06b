"""Endpoints of the knowledge base: find an article, read it with its texts, write and publish it."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from tickets.api import article_examples as examples
from tickets.api.article_serializers import (
    ArticleFactsSerializer,
    ArticleLanguageSerializer,
    ArticleNewSerializer,
    ArticleRowSerializer,
    ArticleSerializer,
    ArticleWriteTextSerializer,
)
from tickets.article_choices import ArticleAudience, ArticleLanguage, ArticleState
from tickets.models import Article, ArticleVersion
from tickets.search import ARTICLE, find
from tickets.services import articles
from tickets.services.articles import Text

_MOST_FOUND = 200
_TEXT = ("language", "title", "summary", "body")


class ArticleFilter(django_filters.FilterSet):
    """All parameters narrow together."""

    state = django_filters.ChoiceFilter(choices=ArticleState.choices)
    audience = django_filters.ChoiceFilter(choices=ArticleAudience.choices)
    category = django_filters.CharFilter(field_name="category__key", max_length=60)
    language = django_filters.ChoiceFilter(choices=ArticleLanguage.choices, method="in_language")
    q = django_filters.CharFilter(max_length=100, method="by_words", help_text="Words, in any spelling.")

    class Meta:
        model = Article
        fields: ClassVar[list[str]] = []

    def in_language(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Readers see a text in this language."""
        texts = ArticleVersion.objects.visible_to(actor_of(self.request)).filter(language=value, is_current=True)
        return rows.filter(pk__in=texts.values("article_id"))

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The two hundred that fit best."""
        found = find(actor_of(self.request), value, limit=_MOST_FOUND, kinds=(ARTICLE,))
        return rows.filter(pk__in=[one.article.pk for one in found if one.article is not None])


class ArticlePages(CursorPages):
    ordering = ("slug", "id")


@extend_schema_view(list=extend_schema(summary="Articles", examples=[examples.ARTICLES]))
class ArticleViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Article]):
    """Every colleague reads all articles; those who answer contacts write them; a second person publishes."""

    access_rule = StaffOnly.access_rule
    queryset = Article.objects.none()
    serializer_class = ArticleRowSerializer
    filter_backends = (Filters,)
    filterset_class = ArticleFilter
    pagination_class = ArticlePages
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        actor = actor_of(self.request)
        texts = ArticleVersion.objects.visible_to(actor).filter(Q(is_current=True) | Q(published_at__isnull=True))
        texts = texts.select_related("author")
        if self.action == "list":
            texts = texts.defer("body", "plain")
        rows = Article.objects.visible_to(actor).select_related("category", "owner")
        return rows.prefetch_related(Prefetch("versions", texts))

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        is_described = getattr(self, "swagger_fake_view", False)
        return context if is_described else context | {"actor": actor_of(self.request)}

    @extend_schema(summary="One article with its texts", responses=ArticleSerializer, parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(id)

    @extend_schema(
        summary="Begin an article",
        request=ArticleNewSerializer,
        responses={201: ArticleSerializer},
        examples=[examples.NEW],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        sent = self._sent(ArticleNewSerializer)
        text = Text(**{name: sent.pop(name) for name in _TEXT})
        made = articles.draft(by=actor_of(request), text=text, values=sent, now=timezone.now())
        return self._answer(made.public_id, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change what an article says of itself",
        request=ArticleFactsSerializer,
        responses={200: ArticleSerializer},
        parameters=[IF_MATCH],
        examples=[examples.FACTS],
    )
    def partial_update(self, request: Request, id: UUID) -> Response:
        article, version = self._found(id), expected_version(request)
        sent = self._sent(ArticleFactsSerializer, partial=True)
        articles.change(by=actor_of(request), article=article, values=sent, version=version, now=timezone.now())
        return self._answer(id)

    @extend_schema(
        summary="Write the draft in a language",
        request=ArticleWriteTextSerializer,
        responses={200: ArticleSerializer},
        examples=[examples.TEXT],
    )
    @action(detail=True, methods=["post"])
    def write(self, request: Request, id: UUID) -> Response:
        article, sent = self._found(id), self._sent(ArticleWriteTextSerializer)
        articles.edit(by=actor_of(request), article=article, text=Text(**sent), now=timezone.now())
        return self._answer(id)

    @extend_schema(
        summary="Ask for a review of the draft in a language",
        request=ArticleLanguageSerializer,
        responses={200: ArticleSerializer},
        examples=[examples.LANGUAGE],
    )
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, id: UUID) -> Response:
        return self._do(articles.submit, id, ArticleLanguageSerializer)

    @extend_schema(
        summary="Publish the draft in a language",
        request=ArticleLanguageSerializer,
        responses={200: ArticleSerializer},
        examples=[examples.LANGUAGE],
    )
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: UUID) -> Response:
        return self._do(articles.publish, id, ArticleLanguageSerializer)

    @extend_schema(summary="Take an article from its readers", request=None, responses={200: ArticleSerializer})
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, id: UUID) -> Response:
        return self._do(articles.retire, id)

    @extend_schema(summary="Show a retired article again", request=None, responses={200: ArticleSerializer})
    @action(detail=True, methods=["post"], url_path="bring-back")
    def bring_back(self, request: Request, id: UUID) -> Response:
        return self._do(articles.bring_back, id)

    @extend_schema(summary="It was looked over and still holds", request=None, responses={200: ArticleSerializer})
    @action(detail=True, methods=["post"])
    def reviewed(self, request: Request, id: UUID) -> Response:
        return self._do(articles.mark_reviewed, id)

    def _found(self, public_id: UUID) -> Article:
        found: Article = get_object_or_404(self.get_queryset(), public_id=public_id)
        return found

    def _sent(self, kind: type[serializers.BaseSerializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        data = kind(data=self.request.data, partial=partial, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)

    def _do(
        self, use_case: Callable[..., Any], id: UUID, kind: type[serializers.BaseSerializer[Any]] | None = None
    ) -> Response:
        article, sent = self._found(id), self._sent(kind) if kind else {}
        use_case(by=actor_of(self.request), article=article, now=timezone.now(), **sent)
        return self._answer(id)

    def _answer(self, public_id: UUID, status_code: int = status.HTTP_200_OK) -> Response:
        found = self._found(public_id)
        data = ArticleSerializer(found, context=self.get_serializer_context()).data
        return tagged(self.request, dict(data), version=found.version, status_code=status_code)

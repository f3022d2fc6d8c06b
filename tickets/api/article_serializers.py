"""Articles as programs read and write them."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from tickets.article_choices import ArticleAudience, ArticleLanguage
from tickets.models import Article, ArticleCategory, ArticleVersion
from tickets.rules.articles import best_language


def named(article: Article) -> ArticleVersion | None:
    """The text that an article is called by: in its own language, what readers see before a draft."""
    versions: Iterable[ArticleVersion] = article.versions.all()
    current = [row for row in versions if row.is_current] or [row for row in versions if row.published_at is None]
    chosen = best_language([row.language for row in current], wanted=article.language, main=article.language)
    return next((row for row in current if row.language == chosen), None)


class ArticleTextSerializer(serializers.ModelSerializer[ArticleVersion]):
    """One text. `is_draft`: readers do not see it yet; `is_submitted`: it waits for a second person."""

    author_name = serializers.CharField(source="author.name", read_only=True, default="")
    is_draft = serializers.SerializerMethodField()
    is_submitted = serializers.SerializerMethodField()

    class Meta:
        model = ArticleVersion
        fields = (
            *("language", "number", "title", "summary", "body", "author_name"),
            *("written_at", "published_at", "is_draft", "is_submitted"),
        )
        read_only_fields = fields

    def get_is_draft(self, row: ArticleVersion) -> bool:
        return row.published_at is None

    def get_is_submitted(self, row: ArticleVersion) -> bool:
        return row.published_at is None and row.submitted_at is not None


class ArticleRowSerializer(serializers.ModelSerializer[Article]):
    """One article in a list. Title and summary are in its own language; `languages` are those that readers see."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    title = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()
    category = serializers.CharField(source="category.key", read_only=True, allow_null=True, default=None)
    languages = serializers.SerializerMethodField()
    owner_id = serializers.UUIDField(source="owner.public_id", read_only=True, allow_null=True, default=None)
    owner_name = serializers.CharField(source="owner.name", read_only=True, default="")

    class Meta:
        model = Article
        fields: tuple[str, ...] = (
            *("id", "slug", "title", "summary", "category", "audience", "language", "languages", "state"),
            *("owner_id", "owner_name", "review_days", "review_due_on", "reviewed_on", "published_at", "retired_at"),
            *("views", "helpful", "unhelpful", "version"),
        )
        read_only_fields = fields

    def get_title(self, row: Article) -> str:
        text = named(row)
        return text.title if text else row.slug

    def get_summary(self, row: Article) -> str:
        text = named(row)
        return text.summary if text else ""

    def get_languages(self, row: Article) -> list[str]:
        return sorted(text.language for text in row.versions.all() if text.is_current)


class ArticleSerializer(ArticleRowSerializer):
    """The same with its texts: the current ones and the drafts, in Markdown."""

    texts = serializers.SerializerMethodField()

    class Meta(ArticleRowSerializer.Meta):
        fields = (*ArticleRowSerializer.Meta.fields, "texts")
        read_only_fields = fields

    @extend_schema_field(ArticleTextSerializer(many=True))
    def get_texts(self, row: Article) -> list[dict[str, Any]]:
        rows = sorted(row.versions.all(), key=lambda text: (text.language, text.number))
        return [dict(ArticleTextSerializer(text).data) for text in rows]


class ArticleWriteTextSerializer(serializers.Serializer[Any]):
    """What is written in one language."""

    language = serializers.ChoiceField(choices=ArticleLanguage.choices)
    title = serializers.CharField(max_length=200)
    summary = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")
    body = serializers.CharField(trim_whitespace=False, max_length=32 * 1024, help_text="Markdown.")


class ArticleFactsSerializer(serializers.Serializer[Any]):
    """What an article says of itself beside its texts."""

    slug = serializers.SlugField(max_length=80, required=False)
    category = serializers.SlugRelatedField(
        slug_field="key", queryset=ArticleCategory.objects.none(), allow_null=True, required=False
    )
    audience = serializers.ChoiceField(choices=ArticleAudience.choices, required=False)
    owner = serializers.SlugRelatedField(
        slug_field="public_id", queryset=User.objects.none(), allow_null=True, required=False
    )
    review_days = serializers.IntegerField(min_value=1, max_value=3660, required=False)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = dict(super().get_fields())
        if "actor" in self.context:
            actor = self.context["actor"]
            fields["owner"].queryset = User.objects.visible_to(actor).staff().active()
            fields["category"].queryset = ArticleCategory.objects.visible_to(actor)
        return fields


class ArticleNewSerializer(ArticleFactsSerializer, ArticleWriteTextSerializer):
    """A new article with its first text."""


class ArticleLanguageSerializer(serializers.Serializer[Any]):
    """Which text is meant."""

    language = serializers.ChoiceField(choices=ArticleLanguage.choices)

"""The knowledge base in the portal: shelves with their articles, and one of them, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from accounts.rules.access import Actor
from common.markdown import rendered
from tickets.article_choices import ArticleLanguage
from tickets.models import Article, ArticleFeedback, ArticleVersion
from tickets.rules.articles import best_language

MOST = 1_000


@dataclass(frozen=True, kw_only=True)
class HelpLine:
    slug: str
    title: str
    summary: str


@dataclass(frozen=True, kw_only=True)
class HelpShelf:
    """A category with its articles, by title; the key is empty for what stands on none."""

    key: str
    name: str
    lines: Sequence[HelpLine]


@dataclass(frozen=True, kw_only=True)
class HelpArticle:
    """One article as a contact reads it. `helped` is what the reader has said of it: None for nothing yet."""

    article: Article
    title: str
    body: SafeString
    language: str
    languages: Sequence[tuple[str, str]]
    published_at: datetime | None
    shelf: str
    shelf_key: str
    helped: bool | None


def shelves(actor: Actor, *, language: str, only: str = "") -> list[HelpShelf]:
    """The categories that hold something for the reader, or one of them. Two statements."""
    rows = Article.objects.visible_to(actor).select_related("category")
    if only:
        rows = rows.filter(category__key=only)
    articles = {row.pk: row for row in rows.order_by("category__position", "category__name", "slug")[:MOST]}
    titles = _titles(actor, articles, language)
    found: dict[tuple[str, str], list[HelpLine]] = {}
    for pk, row in articles.items():
        if version := titles.get(pk):
            place = (row.category.key, row.category.name) if row.category else ("", "")
            found.setdefault(place, []).append(HelpLine(slug=row.slug, title=version.title, summary=version.summary))
    return [
        HelpShelf(key=key, name=name, lines=sorted(lines, key=lambda line: line.title.casefold()))
        for (key, name), lines in found.items()
    ]


def help_article(actor: Actor, slug: str, *, language: str) -> HelpArticle | None:
    """One article, if it is published for the reader. Three statements."""
    row = Article.objects.visible_to(actor).select_related("category").filter(slug=slug).first()
    if row is None:
        return None
    versions = {one.language: one for one in ArticleVersion.objects.visible_to(actor).filter(article=row)}
    chosen = best_language(versions, wanted=language, main=row.language)
    if chosen is None:
        return None
    said = ArticleFeedback.objects.visible_to(actor).filter(article=row, user_id=actor.user_id or 0)
    shown = versions[chosen]
    return HelpArticle(
        article=row,
        title=shown.title,
        body=rendered(shown.body),
        language=chosen,
        languages=[(key, str(ArticleLanguage(key).label)) for key in sorted(versions)],
        published_at=shown.published_at,
        shelf=row.category.name if row.category else "",
        shelf_key=row.category.key if row.category else "",
        helped=said.values_list("is_helpful", flat=True).first(),
    )


def _titles(actor: Actor, articles: dict[int, Article], language: str) -> dict[int, ArticleVersion]:
    """Of each article the version in the language that its reader will read it in, without the text."""
    rows = ArticleVersion.objects.visible_to(actor).filter(article__in=articles, is_current=True)
    by_article: dict[int, dict[str, ArticleVersion]] = {}
    for row in rows.defer("body", "plain"):
        by_article.setdefault(row.article_id, {})[row.language] = row
    found = {}
    for pk, versions in by_article.items():
        chosen = best_language(versions, wanted=language, main=articles[pk].language)
        if chosen is not None:
            found[pk] = versions[chosen]
    return found

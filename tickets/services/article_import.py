"""Articles from a file: all of it or nothing, and a second time what has changed since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from accounts.services import activity
from tickets.article_choices import ArticleLanguage, ArticleState
from tickets.models import Article, ArticleCategory, ArticleVersion
from tickets.rules.article_files import FileText
from tickets.rules.article_texts import plain_text
from tickets.rules.articles import review_due_on, slug_of


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import did, counted in articles and in texts."""

    articles: int
    texts: int
    unchanged: int


@transaction.atomic
def import_articles(
    *, texts: Sequence[FileText], source: str, audience: str, owner: User | None = None, now: datetime
) -> Imported:
    """Publish the texts of a file. `source` and their keys tell which article each belongs to: a text that is the same
    as the one that readers see is left alone, another one becomes a new version.

    A person who has retired an article is not overruled: its texts come as versions, and it stays retired.
    """
    known = {row.source_id: row for row in Article.objects.select_for_update().filter(source=source)}
    categories = _categories(texts)
    slugs = set(Article.objects.values_list("slug", flat=True))
    made = written = unchanged = 0
    ordered = sorted(texts, key=lambda text: text.key)
    for key, group in groupby(ordered, key=lambda text: text.key):
        several = list(group)
        article = known.get(key)
        if article is None:
            article = _article(several, source, audience, categories, slugs, owner, now)
            made += 1
        changed = _write(article, several, now)
        written += changed
        unchanged += len(several) - changed
    if written:
        activity.record(
            verb="article.imported",
            target=None,
            target_type="article",
            target_name=source,
            now=now,
            changes={"articles": [None, made], "texts": [None, written]},
        )
    return Imported(articles=made, texts=written, unchanged=unchanged)


def _categories(texts: Iterable[FileText]) -> dict[str, ArticleCategory]:
    names = list(dict.fromkeys(text.category for text in texts))
    keys = {name: slugify(name)[:60] for name in names}
    known = {row.key: row for row in ArticleCategory.objects.filter(key__in=keys.values())}
    for place, (name, key) in enumerate(keys.items()):
        if key not in known:
            title = name.replace("-", " ").replace("_", " ")
            known[key] = ArticleCategory.objects.create(key=key, name=title[:1].upper() + title[1:120], position=place)
    return {name: known[key] for name, key in keys.items()}


def _article(
    several: Sequence[FileText],
    source: str,
    audience: str,
    categories: dict[str, ArticleCategory],
    slugs: set[str],
    owner: User | None,
    now: datetime,
) -> Article:
    """A new article, in English if there is a text in it, else in the first language of the file."""
    main = next((text for text in several if text.language == ArticleLanguage.ENGLISH), several[0])
    slug = slug_of(main.title, taken=slugs)
    slugs.add(slug)
    today = timezone.localdate(now)
    article = Article(
        slug=slug,
        category=categories[main.category],
        audience=audience,
        language=main.language,
        state=ArticleState.PUBLISHED,
        owner=owner,
        published_at=now,
        reviewed_on=today,
        source=source,
        source_id=several[0].key,
    )
    article.review_due_on = review_due_on(reviewed_on=today, review_days=article.review_days)
    article.save()
    return article


def _write(article: Article, several: Sequence[FileText], now: datetime) -> int:
    """New versions of the texts that differ from those that readers see; how many."""
    current: dict[str, ArticleVersion] = {row.language: row for row in article.versions.current()}
    last: dict[str, int] = {}
    for language, number in article.versions.values_list("language", "number"):
        last[language] = max(last.get(language, 0), number)
    new = []
    for text in several:
        before = current.get(text.language)
        if before is not None and (before.title, before.body) == (text.title, text.body):
            continue
        if before is not None:
            article.versions.filter(pk=before.pk).update(is_current=False)
        new.append(
            ArticleVersion(
                article=article,
                language=text.language,
                number=last.get(text.language, 0) + 1,
                title=text.title,
                body=text.body,
                plain=plain_text(text.body),
                written_at=now,
                published_at=now,
                is_current=True,
            )
        )
    ArticleVersion.objects.bulk_create(new)
    return len(new)

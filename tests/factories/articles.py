"""Articles made by the services: a draft, or one that is published."""

from datetime import datetime
from itertools import count
from typing import Any

from accounts.models import User
from accounts.rules.access import Actor
from tests.factories.accounts import actor, make_user
from tests.factories.tickets import MONDAY
from tickets.models import Article, ArticleCategory
from tickets.services import articles
from tickets.services.articles import Text

_numbers = count(1)


def make_shelf(**fields: Any) -> ArticleCategory:
    number = next(_numbers)
    return ArticleCategory.objects.create(**{"key": f"shelf-{number}", "name": f"Shelf {number}", **fields})


def make_draft(
    title: str = "Reset a password",
    body: str = "Open the profile and choose **Reset**.",
    *,
    by: User | Actor | None = None,
    language: str = "en",
    summary: str = "",
    now: datetime = MONDAY,
    **values: Any,
) -> Article:
    writer = by if isinstance(by, Actor) else actor(by or make_user("support", name=f"Writer {next(_numbers)}"))
    text = Text(language=language, title=title, summary=summary, body=body)
    return articles.draft(by=writer, text=text, values=values, now=now)


def make_article(
    title: str = "Reset a password",
    body: str = "Open the profile and choose **Reset**.",
    *,
    texts: dict[str, tuple[str, str]] | None = None,
    audience: str = "public",
    now: datetime = MONDAY,
    **options: Any,
) -> Article:
    """A published article; `texts` holds title and body in further languages."""
    manager = actor(make_user("supportlead", name=f"Manager {next(_numbers)}"))
    article = make_draft(title, body, now=now, audience=audience, **options)
    languages = [article.language]
    for language, (other_title, other_body) in (texts or {}).items():
        text = Text(language=language, title=other_title, body=other_body)
        articles.edit(by=manager, article=article, text=text, now=now)
        languages.append(language)
    for language in languages:
        articles.publish(by=manager, article=article, language=language, now=now)
    article.refresh_from_db()
    return article

"""The knowledge base of the demo world: written and published by the desk, read, searched and judged by contacts."""

from datetime import datetime, timedelta
from random import Random

from accounts.actors import actor_for
from accounts.rules.access import Actor
from hub.demo.article_kinds import SHELVES, Piece, Words
from hub.demo.article_more_texts import OTHERS
from hub.demo.article_texts import TECHNICAL
from hub.demo.people import Crew
from partners.models import Contact
from tickets.models import Article, ArticleCategory
from tickets.services import article_usage, articles
from tickets.services.articles import Text

PIECES = (*TECHNICAL, *OTHERS)
_READS, _LONGEST = 160, 60
# What contacts looked for: the first ones in vain.
_SEARCHES = ("dark mode", "dark mode", "bulk delete", "sandbox refresh", "password", "webhook", "export semicolon")
_COMMENTS = ("Which menu is that in the new version?", "The picture is missing.", "Works, thank you.")


def write_articles(*, crew: Crew, now: datetime) -> None:
    """Shelves, articles in two languages, a draft, one that waits; then what readers did."""
    shelves = {
        key: ArticleCategory.objects.create(key=key, name=name, position=place)
        for place, (key, name) in enumerate(SHELVES)
    }
    for piece in PIECES:
        _write(piece, shelves[piece.shelf], crew=crew, now=now)
    _read(now=now)


def _write(piece: Piece, shelf: ArticleCategory, *, crew: Crew, now: datetime) -> None:
    written_at = now - timedelta(days=(piece.age or 4) + 2)
    published_at = now - timedelta(days=piece.age) if piece.age is not None else None
    writer, manager = crew.actors[piece.writer], crew.actors["supportlead2"]
    values = {"category": shelf, "audience": piece.audience}
    article = articles.draft(by=writer, text=_text("en", piece.en), values=values, now=written_at)
    if piece.waits:
        articles.submit(by=writer, article=article, language="en", now=now - timedelta(days=1))
    if published_at is None:
        return
    articles.publish(by=manager, article=article, language="en", now=published_at)
    if piece.de is not None:
        articles.edit(by=writer, article=article, text=_text("de", piece.de), now=published_at)
        articles.publish(by=manager, article=article, language="de", now=published_at + timedelta(days=1))


def _text(language: str, words: Words) -> Text:
    return Text(language=language, title=words.title, summary=words.summary, body=words.body)


def _read(*, now: datetime) -> None:
    """Contacts who sign in read, look for things and say whether it helped, over two months."""
    rng = Random("the readers")  # noqa: S311
    readers = _readers()
    if not readers:
        return
    shown = {reader.user_id: list(Article.objects.visible_to(reader).order_by("pk")) for reader in readers}
    for number in range(_READS):
        reader = readers[number % len(readers)]
        moment = now - timedelta(days=_LONGEST * (1 - number / _READS) + 0.1, minutes=rng.randrange(300))
        if number % 4 == 0:
            text = _SEARCHES[number // 4 % len(_SEARCHES)]
            article_usage.searched(by=reader, text=text, language="en", results=3 * (number // 4 % 7 > 3), now=moment)
        article = rng.choice(shown[reader.user_id])
        article_usage.read(by=reader, article=article, now=moment)
        if number % 5 == 0:
            is_helpful = rng.random() < 0.75
            said = rng.choice(_COMMENTS) if number % 3 == 0 else ""
            article_usage.say(
                by=reader,
                article=article,
                language=article.language,
                is_helpful=is_helpful,
                comment=said,
                now=moment,
            )


def _readers() -> list[Actor]:
    people = Contact.objects.filter(user__isnull=False, archived_at__isnull=True).select_related("user")
    found = [
        actor_for(contact.user, organization_id=contact.organization_id)
        for contact in people.order_by("pk")
        if contact.user is not None
    ]
    return [reader for reader in found if Article.objects.visible_to(reader).exists()]

"""Finding articles and tickets by their words, in any spelling, through one function of the database.

The function narrows tickets by the scope of the transaction, and articles by whom they are for; what it finds passes
`visible_to` here once more, so that neither wall stands alone (ADR 0002).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from accounts.rules.access import Actor
from common import composed
from partners.models import Organization
from tickets.article_choices import ArticleAudience
from tickets.models import Article, ArticleVersion, Ticket
from tickets.rules.article_texts import Piece, pieces
from tickets.rules.articles import best_language

MAX_TEXT = 200
# What is written on tickets is asked beside them, for colleagues: their notes are among it.
_ASKED = """
SELECT kind, id, version_id, rank, snippet FROM tickets_search(%s, %s, %s::text[], %s, %s::text[], %s)
UNION ALL
SELECT 'ticket', id, NULL, rank, snippet FROM tickets_message_search(%s, %s, true) WHERE %s
"""
ARTICLE, TICKET = "article", "ticket"


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something found: its heading, where in its text it was found, and how well it fits (best first)."""

    kind: str
    key: str
    title: str
    snippet: Sequence[Piece]
    rank: float
    state: str
    state_label: str
    language: str
    article: Article | None = None

    @property
    def words(self) -> str:
        """The snippet without marks."""
        return "".join(piece.text for piece in self.snippet)


@dataclass(frozen=True, kw_only=True)
class _Hit:
    kind: str
    pk: int
    version_pk: int | None
    rank: float
    snippet: str


def find(
    actor: Actor,
    text: str,
    *,
    limit: int,
    kinds: Collection[str] = (ARTICLE, TICKET),
    language: str = "en",
    any_word: bool = False,
) -> list[Found]:
    """What `actor` may see that fits `text`, best first, at most `limit` of each kind.

    Contacts find articles alone. `any_word`: what holds some of the words comes too, for whole sentences.
    """
    wanted = [kind for kind in kinds if kind == ARTICLE or actor.is_staff]
    if not wanted or not actor.is_authenticated:
        return []
    hits = _ask(text, limit, wanted, language, _audiences(actor), any_word)
    found = [*_articles(actor, hits, language), *_tickets(actor, hits, limit)]
    return sorted(found, key=lambda one: (-one.rank, one.title.casefold(), one.key))


def _audiences(actor: Actor) -> list[str]:
    """Whom articles are for that the reader is one of; empty for colleagues, who read all."""
    if actor.is_staff:
        return []
    kinds = Organization.objects.visible_to(actor).filter(pk=actor.organization_id or 0).values_list("kind", flat=True)
    return [ArticleAudience.PUBLIC, *kinds]


def _ask(text: str, limit: int, kinds: list[str], language: str, audiences: list[str], any_word: bool) -> list[_Hit]:
    clean = text.replace("\0", "")[:MAX_TEXT]
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [clean, limit, kinds, language[:2], audiences, any_word, clean, limit, TICKET in kinds])
        rows = cursor.fetchall()
    return [
        _Hit(kind=kind, pk=pk, version_pk=version_pk, rank=float(rank), snippet=snippet)
        for kind, pk, version_pk, rank, snippet in rows
    ]


def _articles(actor: Actor, hits: list[_Hit], language: str) -> list[Found]:
    """The articles among the hits, each in the language that its reader will read it in. Two statements."""
    by_article = {hit.pk: hit for hit in hits if hit.kind == ARTICLE}
    if not by_article:
        return []
    articles = {row.pk: row for row in Article.objects.visible_to(actor).filter(pk__in=by_article)}
    versions: dict[int, list[ArticleVersion]] = {}
    # The text is long and not shown.
    for row in ArticleVersion.objects.visible_to(actor).filter(article__in=articles).defer("body", "plain"):
        if row.is_current or row.published_at is None:
            versions.setdefault(row.article_id, []).append(row)
    found = (_article(articles[pk], versions[pk], by_article[pk], language) for pk in articles if versions.get(pk))
    return list(found)


def _article(article: Article, versions: list[ArticleVersion], hit: _Hit, language: str) -> Found:
    current = [row for row in versions if row.is_current] or versions
    shown_in = best_language([row.language for row in current], wanted=language, main=article.language)
    shown = next(row for row in current if row.language == shown_in)
    snippet = hit.snippet if hit.version_pk == shown.pk or not shown.summary else shown.summary
    return Found(
        kind=ARTICLE,
        key=article.slug,
        title=shown.title,
        snippet=pieces(snippet),
        rank=hit.rank,
        state=article.state,
        state_label=str(article.get_state_display()),
        language=shown.language,
        article=article,
    )


def _best(hits: Iterable[_Hit]) -> dict[int, _Hit]:
    """One hit for each ticket, by what fits best; where that shows nothing of the text, another one may."""
    found: dict[int, _Hit] = {}
    for hit in sorted(hits, key=lambda hit: -hit.rank):
        first = found.setdefault(hit.pk, hit)
        if not first.snippet.strip():
            found[hit.pk] = replace(first, snippet=hit.snippet)
    return found


def _tickets(actor: Actor, hits: list[_Hit], limit: int) -> list[Found]:
    by_ticket = dict(islice(_best(hit for hit in hits if hit.kind == TICKET).items(), limit))
    if not by_ticket:
        return []
    rows = composed.instances(_found_tickets, actor, gaps=(sorted(by_ticket),))
    return [
        Found(
            kind=TICKET,
            key=str(row.number),
            title=row.subject,
            snippet=pieces(by_ticket[row.pk].snippet),
            rank=by_ticket[row.pk].rank,
            state=row.status,
            state_label=str(row.get_status_display()),
            language=row.language,
        )
        for row in rows
    ]


def _found_tickets(actor: Actor, ids: list[int]) -> QuerySet[Ticket]:
    among = RawSQL("tickets_ticket.id = ANY (%s)", [ids], output_field=BooleanField())
    rows: QuerySet[Ticket] = Ticket.objects.visible_to(actor).filter(among).order_by()
    return rows.only("pk", "number", "subject", "status", "language")

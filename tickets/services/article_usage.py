"""What readers leave: that they read, what they looked for, whether it helped. Visits of contacts are sessions."""

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError, Missing
from partners.models import Organization
from tickets.article_choices import Reader
from tickets.models import Article, ArticleFeedback, ArticleVersion, HelpSearch, HelpSession

PAUSE = timedelta(minutes=30)
"""A visit is over when this long nothing came."""
STILL_TYPING = timedelta(seconds=60)
MAX_TERM = 100
MAX_COMMENT = 1000
_READ = """
INSERT INTO tickets_articleday AS known (article_id, day, staff_views, portal_views) VALUES (%s, %s, %s, %s)
ON CONFLICT (article_id, day) DO UPDATE SET staff_views = known.staff_views + excluded.staff_views,
    portal_views = known.portal_views + excluded.portal_views
"""


@transaction.atomic
def read(*, by: Actor, article: Article, now: datetime) -> None:
    """Count that somebody opened a published article."""
    day = now.astimezone(UTC).date()
    with connection.cursor() as cursor:
        cursor.execute(_READ, [article.pk, day, int(by.is_staff), int(by.is_contact)])
    if by.is_contact:
        Article.objects.filter(pk=article.pk).update(views=F("views") + 1)
        _session(by, now=now, views=1)


@transaction.atomic
def searched(*, by: Actor, text: str, language: str, results: int, now: datetime) -> None:
    """Log what somebody looked for. While they go on typing it is one search, and the last spelling of it is kept."""
    term = " ".join(text.replace("\0", "").casefold().split())[:MAX_TERM]
    if len(term) < 2 or by.user_id is None:
        return
    last = HelpSearch.objects.visible_to(by).filter(user_id=by.user_id, at__gte=now - STILL_TYPING)
    row = last.order_by("-at", "-pk").first()
    if row is not None and (term.startswith(row.term) or row.term.startswith(term)):
        row.term, row.results, row.at = term, min(results, 32_767), now
        row.save(update_fields=["term", "results", "at"])
        return
    HelpSearch.objects.create(
        organization_id=by.organization_id if by.is_contact else None,
        user_id=by.user_id,
        session=_session(by, now=now, searches=1) if by.is_contact else None,
        reader=_reader(by),
        language=language[:2],
        term=term,
        results=min(results, 32_767),
        at=now,
    )


@transaction.atomic
def say(*, by: Actor, article: Article, language: str, is_helpful: bool, comment: str = "", now: datetime) -> None:
    """Say whether an article helped; said again, it stands in for what was said before. Raises Missing, DomainError."""
    seen = Article.objects.visible_to(by).published().filter(pk=article.pk)
    row = seen.select_for_update().first() if by.user_id is not None else None
    version = ArticleVersion.objects.current().filter(article=article, language=language).first() if row else None
    if row is None or version is None or by.user_id is None:
        raise Missing(_("There is no such article."))
    if "\0" in comment or len(comment) > MAX_COMMENT:
        raise DomainError(_("Say it in up to 1,000 characters."), field="comment", code="too_long")
    before = ArticleFeedback.objects.visible_to(by).filter(article=row, user_id=by.user_id).first()
    said = before or ArticleFeedback(article=row, user_id=by.user_id)
    counts = {"helpful": int(is_helpful), "unhelpful": int(not is_helpful)}
    if before is not None:
        counts["helpful" if before.is_helpful else "unhelpful"] -= 1
    said.organization_id = by.organization_id if by.is_contact else None
    said.read_version, said.is_helpful, said.comment, said.at = version, is_helpful, comment.strip(), now
    said.save()
    Article.objects.filter(pk=row.pk).update(**{name: F(name) + step for name, step in counts.items() if step})


def _session(by: Actor, *, now: datetime, views: int = 0, searches: int = 0) -> HelpSession:
    """The visit that goes on, or a new one, with what has just been done counted."""
    who = {"user_id": by.user_id or 0, "organization_id": by.organization_id or 0}
    rows = HelpSession.objects.visible_to(by).filter(seen_at__gt=now - PAUSE, **who)
    found: HelpSession | None = rows.select_for_update().order_by("-seen_at").first()
    if found is None:
        return HelpSession.objects.create(started_at=now, seen_at=now, views=views, searches=searches, **who)
    HelpSession.objects.filter(pk=found.pk).update(
        seen_at=now, views=F("views") + views, searches=F("searches") + searches
    )
    return found


def _reader(by: Actor) -> str:
    if by.is_staff:
        return Reader.STAFF
    kind: str = (
        Organization.objects.visible_to(by).filter(pk=by.organization_id or 0).values_list("kind", flat=True).get()
    )
    return kind

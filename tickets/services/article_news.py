"""Telling people of articles: that a text waits for a second pair of eyes, that one is to be looked over."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.rules.access import Actor
from accounts.services.notifications import Notice, notify, notify_each
from tickets import notices
from tickets.models import Article, ArticleVersion


def tell_reviewers(*, by: Actor, article: Article, draft: ArticleVersion, now: datetime) -> None:
    """Tell the article's owner, if somebody else wrote the draft, else the support managers."""
    managers = User.objects.active().holding("supportlead").exclude(pk=by.user_id).values_list("pk", flat=True)
    is_others = article.owner_id is not None and article.owner_id != draft.author_id
    notify(
        user_ids=[article.owner_id] if is_others and article.owner_id else list(managers),
        kind=notices.ARTICLES,
        title=_("The article %(title)s waits for a review") % {"title": draft.title},
        key=f"article-review:{draft.pk}:{now.isoformat()}",
        now=now,
        target_type="article",
        target_id=article.pk,
    )


def remind_overdue(*, now: datetime) -> int:
    """Tell owners of published articles that are to be looked over, once a due day; how many notices are new."""
    late = Article.objects.published().filter(review_due_on__lte=timezone.localdate(now), owner__is_active=True)
    rows = list(late.select_related("owner").order_by("review_due_on", "pk"))
    found = ArticleVersion.objects.current().filter(article__in=rows).values_list("article_id", "language", "title")
    titles = {(article_id, language): title for article_id, language, title in found}
    told = [_late(row, row.owner, titles) for row in rows if row.owner is not None]
    return notify_each(told, kind=notices.ARTICLES, now=now)


def _late(row: Article, owner: User, titles: dict[tuple[int, str], str]) -> Notice:
    with override(owner.language or None):
        title = _("The article %(title)s is to be looked over") % {
            "title": titles.get((row.pk, row.language), row.slug)
        }
    return Notice(
        user_id=owner.pk,
        title=title,
        key=f"article-late:{row.pk}:{row.review_due_on}",
        target_type="article",
        target_id=row.pk,
    )

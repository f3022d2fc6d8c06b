"""Use cases of articles: written in versions, looked at by a second person, published, retired, looked over.

Lock order: the article. What has been published is never changed; an edit of it begins a new version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners.services.validation import check_fields, clean
from tickets import article_permissions
from tickets.article_choices import ArticleLanguage, ArticleState
from tickets.models import Article, ArticleVersion
from tickets.rules import articles as rules
from tickets.rules.article_texts import plain_text
from tickets.services.article_news import tell_reviewers

FIELDS = frozenset({"slug", "category", "audience", "owner", "review_days"})
MAX_BYTES = 32 * 1024


@dataclass(frozen=True, kw_only=True)
class Text:
    """What is written: title, summary and body (Markdown, at most 32 KiB) in one language."""

    language: str
    title: str
    body: str
    summary: str = ""


@transaction.atomic
def draft(
    *, by: Actor, text: Text, values: Mapping[str, Any] | None = None, now: datetime, from_ticket_id: int | None = None
) -> Article:
    """Begin an article in its own language; its address is made from the title unless `values` name it.

    Raises NotAllowed, DomainError with `field`.
    """
    _require_writer(by)
    check_fields(values or {}, FIELDS)
    article = Article(language=text.language, owner_id=by.user_id, from_ticket_id=from_ticket_id)
    for name, value in (values or {}).items():
        setattr(article, name, value)
    article.slug = article.slug or free_slug(text.title)
    _check(article, [*FIELDS, "language"])
    article.save()
    _new_version(article, text, by=by, now=now)
    _record("drafted", article, text.title, by=by, now=now)
    return article


@transaction.atomic
def edit(*, by: Actor, article: Article, text: Text, version: int | None = None, now: datetime) -> ArticleVersion:
    """Write the draft of one language, or begin one: of a published text, or in a language that there is none of yet.

    What waited for a review is a draft again. Raises NotAllowed, Missing, Conflict, DomainError with `field`.
    """
    locked = lock(by, article, version=version)
    _require_writer(by)
    row = locked.versions.drafts().filter(language=text.language).first()
    if row is None:
        row = _new_version(locked, text, by=by, now=now)
    else:
        _fill(row, text)
        row.author_id, row.written_at, row.submitted_at = by.user_id, now, None
        row.save(update_fields=["title", "summary", "body", "plain", "author", "written_at", "submitted_at"])
    if locked.state in (ArticleState.REVIEW, ArticleState.RETIRED):
        locked.state = ArticleState.DRAFT
    _touch(locked, "state")
    _record("edited", locked, row.title, by=by, now=now, changes={"language": [None, row.language]})
    return row


@transaction.atomic
def change(
    *, by: Actor, article: Article, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> Article:
    """Set address, category, audience, owner or rhythm. Raises NotAllowed, Missing, Conflict, DomainError."""
    locked = lock(by, article, version=version)
    _require_writer(by)
    check_fields(values, FIELDS)
    before = {name: _plain(getattr(locked, name)) for name in values}
    for name, value in values.items():
        setattr(locked, name, value)
    _check(locked, list(values))
    changes = activity.changes_between(before, {name: _plain(getattr(locked, name)) for name in values})
    if not changes:
        return locked
    _touch(locked, *values)
    _record("changed", locked, "", by=by, now=now, changes=changes)
    return locked


@transaction.atomic
def submit(*, by: Actor, article: Article, language: str, now: datetime) -> ArticleVersion:
    """Ask for a review of the draft in a language: whoever may publish it is told. Raises NotAllowed, Missing."""
    locked = lock(by, article)
    _require_writer(by)
    row = draft_of(locked, language)
    if row.submitted_at is not None:
        raise DomainError(_("This text waits for its review already."), code="submitted")
    row.submitted_at = now
    row.save(update_fields=["submitted_at"])
    if locked.state != ArticleState.PUBLISHED:
        _move(locked, ArticleState.REVIEW)
    _touch(locked, "state")
    _record("submitted", locked, row.title, by=by, now=now, changes={"language": [None, language]})
    tell_reviewers(by=by, article=locked, draft=row, now=now)
    return row


@transaction.atomic
def publish(*, by: Actor, article: Article, language: str, now: datetime) -> ArticleVersion:
    """Let readers see the draft of a language; it stands in for the version before it, which stays.

    Raises NotAllowed for the draft's own author (four eyes), Missing, DomainError.
    """
    locked = lock(by, article)
    row = draft_of(locked, language)
    if not article_permissions.can_publish(by, row):
        raise NotAllowed(_("Somebody else publishes what you have written, or the support manager does."))
    locked.versions.filter(language=language, is_current=True).update(is_current=False)
    row.published_at, row.published_by_id, row.is_current = now, by.user_id, True
    row.save(update_fields=["published_at", "published_by", "is_current"])
    _move(locked, ArticleState.PUBLISHED)
    locked.published_at, locked.retired_at = locked.published_at or now, None
    _looked_over(locked, by, now)
    _touch(locked, "state", "published_at", "retired_at", "reviewed_on", "reviewed_by", "review_due_on")
    _record("published", locked, row.title, by=by, now=now, changes={"version": [None, f"{language} {row.number}"]})
    return row


@transaction.atomic
def retire(*, by: Actor, article: Article, now: datetime) -> Article:
    """Take an article from its readers; its versions stay. Raises NotAllowed, Missing, DomainError."""
    locked = lock(by, article)
    _require_writer(by)
    before = locked.state
    _move(locked, ArticleState.RETIRED)
    locked.retired_at = now
    _touch(locked, "state", "retired_at")
    _record("retired", locked, "", by=by, now=now, changes={"state": [before, locked.state]})
    return locked


@transaction.atomic
def bring_back(*, by: Actor, article: Article, now: datetime) -> Article:
    """Show a retired article again: as it was published, or as a draft. Raises NotAllowed, Missing, DomainError."""
    locked = lock(by, article)
    _require_writer(by)
    if locked.state != ArticleState.RETIRED:
        raise DomainError(_("This article is not retired."), code="state")
    has_text = locked.versions.current().exists()
    _move(locked, ArticleState.PUBLISHED if has_text else ArticleState.DRAFT)
    locked.retired_at = None
    _touch(locked, "state", "retired_at")
    _record("brought_back", locked, "", by=by, now=now, changes={"state": [ArticleState.RETIRED, locked.state]})
    return locked


@transaction.atomic
def discard(*, by: Actor, article: Article, language: str, now: datetime) -> Article:
    """Throw the draft of a language away; the only text stays. Raises NotAllowed, Missing, DomainError."""
    locked = lock(by, article)
    _require_writer(by)
    row = draft_of(locked, language)
    if locked.versions.count() == 1:
        raise DomainError(_("This is the article's only text: retire the article instead."), code="only_text")
    title = row.title
    row.delete()
    if locked.state == ArticleState.REVIEW:
        locked.state = ArticleState.DRAFT
    _touch(locked, "state")
    _record("draft_discarded", locked, title, by=by, now=now, changes={"language": [language, None]})
    return locked


@transaction.atomic
def mark_reviewed(*, by: Actor, article: Article, now: datetime) -> Article:
    """It was looked over and still holds; the next time is counted from today. Raises NotAllowed, Missing."""
    locked = lock(by, article)
    _require_writer(by)
    before = locked.review_due_on
    _looked_over(locked, by, now)
    _touch(locked, "reviewed_on", "reviewed_by", "review_due_on")
    _record("reviewed", locked, "", by=by, now=now, changes={"review_due_on": [before, locked.review_due_on]})
    return locked


def lock(by: Actor, article: Article, *, version: int | None = None) -> Article:
    """The article as it is now, locked. Raises Missing where `by` is no colleague, Conflict after `version`."""
    row: Article | None = None
    if by.is_staff:
        rows = Article.objects.visible_to(by).select_for_update(of=("self",)).select_related("category", "owner")
        row = rows.filter(pk=article.pk).first()
    if row is None:
        raise Missing(_("There is no such article."))
    if version is not None and row.version != version:
        raise Conflict(_("Somebody else changed this article."), version=row.version, current={"state": row.state})
    return row


def draft_of(article: Article, language: str) -> ArticleVersion:
    """The draft in a language. Raises Missing."""
    row: ArticleVersion | None = article.versions.drafts().filter(language=language).first()
    if row is None:
        raise Missing(_("There is no draft in this language."))
    return row


def free_slug(title: str) -> str:
    """An address for a new article that no other has."""
    base = rules.slug_of(title)
    return rules.slug_of(title, taken=Article.objects.filter(slug__startswith=base).values_list("slug", flat=True))


def _require_writer(by: Actor) -> None:
    if not article_permissions.can_write(by):
        raise NotAllowed(_("Articles are written by those who answer contacts."))


def _check(article: Article, fields: list[str]) -> None:
    clean(article, fields)
    if "slug" in fields and Article.objects.filter(slug=article.slug).exclude(pk=article.pk).exists():
        raise DomainError(_("Another article has this address."), field="slug", code="taken")
    if "review_days" in fields and not 1 <= article.review_days <= 3660:
        raise DomainError(_("Give a number of days from 1 to 3660."), field="review_days")


def _new_version(article: Article, text: Text, *, by: Actor, now: datetime) -> ArticleVersion:
    before = article.versions.filter(language=text.language).aggregate(last=Max("number"))["last"] or 0
    row = ArticleVersion(article=article, language=text.language, number=before + 1, author_id=by.user_id)
    row.written_at = now
    _fill(row, text)
    row.save()
    return row


def _fill(row: ArticleVersion, text: Text) -> None:
    """Put a text on a version. Raises DomainError with `field`."""
    if text.language not in ArticleLanguage.values:
        raise DomainError(_("Articles are not written in this language."), field="language", code="language")
    row.title, row.summary = " ".join(text.title.split()), " ".join(text.summary.split())
    row.body = text.body.replace("\r\n", "\n").strip()
    for name in ("title", "summary", "body"):
        if "\0" in getattr(row, name):
            raise DomainError(_("The text holds characters that cannot be kept."), field=name)
    if len(row.body.encode()) > MAX_BYTES:
        raise DomainError(_("The text is longer than 32 KiB."), field="body", code="too_long")
    clean(row, ["title", "summary", "body"])
    row.plain = plain_text(row.body)


def _move(article: Article, state: str) -> None:
    if not rules.may_move(article.state, state):
        raise DomainError(_("This does not follow from where the article stands."), code="state")
    article.state = state


def _looked_over(article: Article, by: Actor, now: datetime) -> None:
    article.reviewed_on, article.reviewed_by_id = timezone.localdate(now), by.user_id
    article.review_due_on = rules.review_due_on(reviewed_on=article.reviewed_on, review_days=article.review_days)


def _touch(article: Article, *fields: str) -> None:
    article.version += 1
    article.save(update_fields=[*fields, "version", "updated_at"])


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value


def _record(
    verb: str,
    article: Article,
    title: str,
    *,
    by: Actor,
    now: datetime,
    changes: Mapping[str, Any] | None = None,
) -> None:
    activity.record(
        verb=f"article.{verb}",
        target=article,
        target_name=title or article.slug,
        now=now,
        actor_id=by.user_id,
        actor_name=by.name,
        changes=changes,
    )

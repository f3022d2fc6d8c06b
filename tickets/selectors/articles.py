"""Articles as people read them: the list for colleagues, one with its versions, what its readers left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.rules.access import Actor
from common.markdown import rendered
from common.pagination import Order, Page, SortKey, paginate
from tickets.article_choices import ArticleAudience, ArticleLanguage, ArticleState
from tickets.models import Article, ArticleCategory, ArticleDay, ArticleFeedback, ArticleVersion
from tickets.rules.articles import Line, best_language, differences

SIZE = 50
DAYS = 30
LATE, WAITING = "late", "waiting"
ORDER = Order((SortKey(name="shelf"), SortKey(name="slug")))
STATE_TONES: Mapping[str, str] = {"draft": "neutral", "review": "warning", "published": "success", "retired": "neutral"}
STATE_ICONS: Mapping[str, str] = {"draft": "pencil", "review": "eye", "published": "circle-check", "retired": "archive"}


@dataclass(frozen=True, kw_only=True)
class ArticleFilter:
    """What narrows the list; empty narrows nothing. `special`: to be looked over, or waiting for a second person."""

    state: str = ""
    category: str = ""
    audience: str = ""
    language: str = ""
    special: str = ""
    is_own: bool = False


@dataclass(frozen=True, kw_only=True)
class ArticleRow:
    """A line of the list."""

    slug: str
    title: str
    summary: str
    category: str
    audience: str
    state: str
    state_label: str
    tone: str
    icon: str
    languages: tuple[str, ...]
    owner: str
    review_due_on: date | None
    is_late: bool
    waits: bool
    views: int
    helpful: int
    unhelpful: int


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a reader said of an article; nobody is named."""

    at: datetime
    is_helpful: bool
    comment: str
    version: str


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How an article was read in the last thirty days, day by day from the oldest."""

    days: Sequence[tuple[date, int]]
    portal: int
    staff: int

    @property
    def most(self) -> int:
        return max((count for _day, count in self.days), default=0)


@dataclass(frozen=True, kw_only=True)
class ArticlePage:
    """One article with the text that is shown: a draft where one is asked for, else what readers see."""

    article: Article
    shown: ArticleVersion
    body: SafeString
    versions: Sequence[ArticleVersion]
    is_late: bool

    @property
    def languages(self) -> list[tuple[str, str, bool]]:
        """Key and name of each language there is a text in, and whether readers see it."""
        current = {row.language for row in self.versions if row.is_current}
        known = dict.fromkeys(row.language for row in self.versions)
        return [(key, str(ArticleLanguage(key).label), key in current) for key in known]

    @property
    def history(self) -> list[ArticleVersion]:
        """The versions of the language that is shown, the newest first."""
        return [row for row in self.versions if row.language == self.shown.language]

    @property
    def missing(self) -> list[tuple[str, str]]:
        """Languages to translate into."""
        known = {row.language for row in self.versions}
        return [(key, str(label)) for key, label in ArticleLanguage.choices if key not in known]

    @property
    def draft(self) -> ArticleVersion | None:
        """The draft in the language that is shown."""
        language = self.shown.language
        return next((row for row in self.versions if row.language == language and row.published_at is None), None)


def article_list(actor: Actor, wanted: ArticleFilter, *, cursor: str = "", now: datetime) -> Page:
    """A page of articles by category. Two statements."""
    rows = _narrowed(actor, wanted, now).select_related("category", "owner")
    page = paginate(rows, ORDER, cursor=cursor, size=SIZE)
    versions = _versions_of(actor, page.rows)
    today = timezone.localdate(now)
    shown = [_row(row, versions.get(row.pk, []), today) for row in page.rows]
    return Page(rows=shown, previous=page.previous, next=page.next)


def counts(actor: Actor, *, now: datetime) -> Mapping[str, int]:
    """How many articles stand where. One statement."""
    today = timezone.localdate(now)
    rows = Article.objects.visible_to(actor).annotate(
        is_late=Case(When(state=ArticleState.PUBLISHED, review_due_on__lte=today, then=Value(1)), default=Value(0))
    )
    found: dict[str, int] = dict.fromkeys([*ArticleState.values, LATE], 0)
    for row in rows.order_by().values("state", "is_late").annotate(count=Count("pk")):
        found[row["state"]] += row["count"]
        found[LATE] += row["count"] * row["is_late"]
    return found


def categories(actor: Actor) -> list[ArticleCategory]:
    """All shelves, in order. One statement."""
    return list(ArticleCategory.objects.visible_to(actor).order_by("position", "name"))


def article_of(actor: Actor, slug: str) -> Article | None:
    """One article, if its reader sees it. One statement."""
    rows = Article.objects.visible_to(actor).select_related("category", "owner", "reviewed_by", "from_ticket")
    found: Article | None = rows.filter(slug=slug).first()
    return found


def article_page(
    actor: Actor, slug: str, *, language: str = "", number: int | None = None, with_draft: bool = False, now: datetime
) -> ArticlePage | None:
    """One article in a language (its own unless told), in a version (the current one unless told). Two statements."""
    article = article_of(actor, slug)
    if article is None:
        return None
    rows = ArticleVersion.objects.visible_to(actor).filter(article=article).select_related("author", "published_by")
    versions = list(rows.order_by("language", "-number"))
    shown = _shown(article, versions, language, number, with_draft)
    if shown is None:
        return None
    due, today = article.review_due_on, timezone.localdate(now)
    return ArticlePage(
        article=article,
        shown=shown,
        body=rendered(shown.body),
        versions=versions,
        is_late=article.state == ArticleState.PUBLISHED and due is not None and due <= today,
    )


def _shown(
    article: Article, versions: Sequence[ArticleVersion], language: str, number: int | None, with_draft: bool
) -> ArticleVersion | None:
    current = {row.language: row for row in versions if row.is_current}
    latest: dict[str, ArticleVersion] = {}
    for row in versions:
        latest.setdefault(row.language, row)
    # A language of which nothing is published yet is shown by its draft where it is asked for by name.
    offered = latest if with_draft or language in latest.keys() - current.keys() or not current else current
    chosen = best_language(offered, wanted=language or article.language, main=article.language)
    if chosen is None:
        return None
    if number is not None:
        return next((row for row in versions if (row.language, row.number) == (chosen, number)), None)
    return offered[chosen]


def compared(page: ArticlePage, *, number: int) -> tuple[Line, ...] | None:
    """What changed from the version `number` of its language to the one that is shown. No statement."""
    language = page.shown.language
    before = next((row for row in page.versions if (row.language, row.number) == (language, number)), None)
    return differences(_whole(before), _whole(page.shown)) if before is not None else None


def _whole(row: ArticleVersion) -> str:
    return f"{row.title}\n{row.summary}\n\n{row.body}"


def feedback(actor: Actor, article: Article, *, most: int = 20) -> list[Said]:
    """What readers said, the newest first. One statement."""
    rows = ArticleFeedback.objects.visible_to(actor).filter(article=article).select_related("read_version")
    return [
        Said(
            at=row.at,
            is_helpful=row.is_helpful,
            comment=row.comment,
            version=f"{row.read_version.language} {row.read_version.number}",
        )
        for row in rows.defer("read_version__body", "read_version__plain").order_by("-at", "-pk")[:most]
    ]


def usage(actor: Actor, article: Article, *, now: datetime) -> Usage:
    """The last thirty days. One statement."""
    today = timezone.localdate(now)
    first = today - timedelta(days=DAYS - 1)
    rows = ArticleDay.objects.visible_to(actor).filter(article=article, day__gte=first)
    by_day = {row["day"]: row for row in rows.values("day", "staff_views", "portal_views")}
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return Usage(
        days=[(day, by_day[day]["portal_views"] + by_day[day]["staff_views"] if day in by_day else 0) for day in days],
        portal=sum(row["portal_views"] for row in by_day.values()),
        staff=sum(row["staff_views"] for row in by_day.values()),
    )


def _narrowed(actor: Actor, wanted: ArticleFilter, now: datetime) -> Any:
    rows = Article.objects.visible_to(actor).annotate(
        shelf=Coalesce("category__position", Value(32_767), output_field=IntegerField())
    )
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    elif not wanted.special:
        rows = rows.exclude(state=ArticleState.RETIRED)
    if wanted.category:
        rows = rows.filter(category__key=wanted.category)
    if wanted.audience in ArticleAudience.values:
        rows = rows.filter(audience=wanted.audience)
    if wanted.is_own:
        rows = rows.filter(owner_id=actor.user_id)
    versions = ArticleVersion.objects.visible_to(actor).filter(article=OuterRef("pk"))
    if wanted.language:
        rows = rows.filter(Exists(versions.filter(language=wanted.language)))
    if wanted.special == LATE:
        rows = rows.filter(state=ArticleState.PUBLISHED, review_due_on__lte=timezone.localdate(now))
    if wanted.special == WAITING:
        rows = rows.filter(Exists(versions.filter(published_at__isnull=True, submitted_at__isnull=False)))
    return rows


def _versions_of(actor: Actor, articles: Iterable[Article]) -> dict[int, list[ArticleVersion]]:
    """What lists show of the texts of articles: current ones and drafts, without bodies. One statement."""
    rows = ArticleVersion.objects.visible_to(actor).filter(article__in=[row.pk for row in articles])
    found: dict[int, list[ArticleVersion]] = {}
    for row in rows.filter(Q(is_current=True) | Q(published_at__isnull=True)).defer("body", "plain").order_by("pk"):
        found.setdefault(row.article_id, []).append(row)
    return found


def _row(article: Article, versions: Sequence[ArticleVersion], today: date) -> ArticleRow:
    named = [row for row in versions if row.is_current] or versions
    chosen = best_language([row.language for row in named], wanted=article.language, main=article.language)
    shown = next((row for row in named if row.language == chosen), None)
    due = article.review_due_on
    return ArticleRow(
        slug=article.slug,
        title=shown.title if shown else article.slug,
        summary=shown.summary if shown else "",
        category=article.category.name if article.category else "",
        audience=str(article.get_audience_display()),
        state=article.state,
        state_label=str(article.get_state_display()),
        tone=STATE_TONES[article.state],
        icon=STATE_ICONS[article.state],
        languages=tuple(sorted({row.language for row in versions if row.is_current})),
        owner=article.owner.name if article.owner else "",
        review_due_on=due,
        is_late=article.state == ArticleState.PUBLISHED and due is not None and due <= today,
        waits=any(row.published_at is None and row.submitted_at is not None for row in versions),
        views=article.views,
        helpful=article.helpful,
        unhelpful=article.unhelpful,
    )

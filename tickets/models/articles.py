"""The knowledge base: articles, their texts in several languages and versions, and what readers leave."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.querysets import StaffReadableQuerySet
from common.models import PublicModel, Timestamped
from partners.models import Organization
from tickets.article_choices import ArticleAudience, ArticleLanguage, ArticleState, Reader
from tickets.article_querysets import (
    ArticleQuerySet,
    ArticleVersionQuerySet,
    CategoryQuerySet,
    ReadersQuerySet,
)
from tickets.models.tickets import Ticket


class ArticleCategory(PublicModel, Timestamped):
    """A shelf of the knowledge base."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "name"]
        verbose_name_plural = "article categories"

    def __str__(self) -> str:
        return self.name


class Article(PublicModel, Timestamped):
    """What we know about one thing. Its texts are versions; `language` is the one that others fall back to.

    `helpful`, `unhelpful` and `views` count over all readers. `version` guards edits.
    """

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    category = models.ForeignKey(
        ArticleCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="articles"
    )
    audience = models.CharField(
        _("for"), max_length=8, choices=ArticleAudience.choices, default=ArticleAudience.INTERNAL
    )
    language = models.CharField(
        _("language"), max_length=2, choices=ArticleLanguage.choices, default=ArticleLanguage.ENGLISH
    )
    state = models.CharField(_("state"), max_length=9, choices=ArticleState.choices, default=ArticleState.DRAFT)
    owner = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="articles")
    review_days = models.PositiveSmallIntegerField(_("looked over every so many days"), default=180)
    review_due_on = models.DateField(_("look over by"), null=True, blank=True)
    reviewed_on = models.DateField(null=True)
    reviewed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    from_ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="+")
    source = models.CharField(max_length=40, blank=True)
    source_id = models.CharField(max_length=250, blank=True)
    views = models.PositiveIntegerField(default=0)
    helpful = models.PositiveIntegerField(default=0)
    unhelpful = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["slug"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ArticleState.values), name="article_state_known"),
            models.CheckConstraint(condition=Q(audience__in=ArticleAudience.values), name="article_audience_known"),
            models.CheckConstraint(condition=Q(language__in=ArticleLanguage.values), name="article_language_known"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="article_published_has_moment"
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=~Q(source_id=""), name="article_source_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "category", "slug"], name="article_listed"),
            models.Index(fields=["review_due_on"], condition=Q(state="published"), name="article_review_due"),
        ]

    def __str__(self) -> str:
        return self.slug


class ArticleVersion(PublicModel):
    """The text of an article in one language. Once published it is never changed (a trigger sees to it).

    `plain` is the body without marks, which is searched. Of each language one version is current, one may be a draft.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="versions")
    language = models.CharField(_("language"), max_length=2, choices=ArticleLanguage.choices)
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=400, blank=True)
    body = models.TextField(_("text"))
    plain = models.TextField(blank=True, editable=False)
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    is_current = models.BooleanField(default=False)

    objects = ArticleVersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["language", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "language", "number"], name="article_version_once"),
            models.UniqueConstraint(
                fields=["article", "language"], condition=Q(is_current=True), name="article_one_current"
            ),
            models.UniqueConstraint(
                fields=["article", "language"], condition=Q(published_at__isnull=True), name="article_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(published_at__isnull=False), name="article_current_is_published"
            ),
            models.CheckConstraint(
                condition=Q(language__in=ArticleLanguage.values), name="article_version_language_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["submitted_at"], condition=Q(published_at__isnull=True), name="article_to_review")
        ]

    def __str__(self) -> str:
        return self.title


class HelpSession(PublicModel):
    """A visit of a contact to the knowledge base, over when half an hour brings nothing more (sla.md R17)."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    views = models.PositiveSmallIntegerField(default=0)
    searches = models.PositiveSmallIntegerField(default=0)

    objects = ReadersQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user", "-seen_at"], name="help_session_of_user"),
            models.Index(fields=["started_at", "organization"], name="help_session_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.started_at}"


class HelpSearch(PublicModel):
    """What somebody looked for in the knowledge base, and how much it held. `term` is folded."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(HelpSession, null=True, on_delete=models.CASCADE, related_name="search_log")
    reader = models.CharField(max_length=8, choices=Reader.choices)
    language = models.CharField(max_length=2)
    term = models.CharField(max_length=100)
    results = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    objects = ReadersQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reader__in=Reader.values), name="help_search_reader_known")
        ]
        indexes: ClassVar = [
            models.Index(fields=["at"], condition=Q(results=0), name="help_search_empty"),
            models.Index(fields=["user", "-at"], name="help_search_of_user"),
        ]

    def __str__(self) -> str:
        return self.term


class ArticleFeedback(PublicModel):
    """Whether an article helped somebody; one a reader, said anew if they change their mind."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="feedback")
    read_version = models.ForeignKey(ArticleVersion, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    is_helpful = models.BooleanField()
    comment = models.CharField(_("what was missing"), max_length=1000, blank=True)
    at = models.DateTimeField()

    objects = ReadersQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["article", "user"], name="article_feedback_once")]
        indexes: ClassVar = [models.Index(fields=["article", "-at"], name="article_feedback_newest")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.is_helpful}"


class ArticleDay(models.Model):
    """How often an article was opened on a day (UTC), by colleagues and in the portal. Nobody is named."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    staff_views = models.PositiveIntegerField(default=0)
    portal_views = models.PositiveIntegerField(default=0)

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["article", "day"], name="article_day_once")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.day}"

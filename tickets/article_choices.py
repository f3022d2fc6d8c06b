"""Enumerations of the knowledge base."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ArticleState(models.TextChoices):
    """Of an article as a whole: one that is published may have a newer text that is still being written."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class ArticleAudience(models.TextChoices):
    """Whom it is written for. Those of partners and customers are named as the kinds of organizations."""

    INTERNAL = "internal", _("Colleagues only")
    PARTNER = "partner", _("Partners")
    CUSTOMER = "customer", _("Customers")
    PUBLIC = "public", _("Everybody")


class ArticleLanguage(models.TextChoices):
    """Languages that articles are written in; the first four are searched by the stems of their words."""

    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"
    FRENCH = "fr", "Français"
    SPANISH = "es", "Español"
    PORTUGUESE = "pt", "Português"
    CHINESE = "zh", "中文"
    JAPANESE = "ja", "日本語"
    ARABIC = "ar", "العربية"


class Reader(models.TextChoices):
    """Who looked for something."""

    STAFF = "staff", _("Colleagues")
    PARTNER = "partner", _("Partners")
    CUSTOMER = "customer", _("Customers")

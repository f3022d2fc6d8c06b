"""Enumerations of product feedback and beta programs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedbackKind(models.TextChoices):
    FEATURE_REQUEST = "feature_request", _("Feature request")
    BUG = "bug", _("Bug")
    IDEA = "idea", _("Idea")


class FeedbackState(models.TextChoices):
    NEW = "new", _("New")
    PLANNED = "planned", _("Planned")
    BUILDING = "building", _("Being built")
    RELEASED = "released", _("Released")
    DECLINED = "declined", _("Declined")


OPEN_FEEDBACK = (FeedbackState.NEW, FeedbackState.PLANNED, FeedbackState.BUILDING)


class Need(models.TextChoices):
    """How much an organization needs it."""

    NICE = "nice", _("Nice to have")
    IMPORTANT = "important", _("Important")
    BLOCKING = "blocking", _("Cannot go on without it")


class IssueProvider(models.TextChoices):
    GITHUB = "github", "GitHub"
    GITLAB = "gitlab", "GitLab"


class ReleaseNoteState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    DISCARDED = "discarded", _("Discarded")


class BetaState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class BetaSeatState(models.TextChoices):
    INVITED = "invited", _("Invited")
    JOINED = "joined", _("Takes part")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("Has ended")

"""Enumerations of alerts: how episodes stand and end, how they are told, and what their history holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EpisodeState(models.TextChoices):
    OPEN = "open", _("New")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ACTED = "acted", _("Acting")
    CLOSED = "closed", _("Closed")


OPEN_EPISODES = (EpisodeState.OPEN, EpisodeState.ACKNOWLEDGED, EpisodeState.ACTED)


class EpisodeOutcome(models.TextChoices):
    """How an alarm turned out."""

    ACTED = "acted", _("True: we acted on it")
    FALSE = "false", _("False: there was nothing to do")
    LATE = "late", _("Late: it came too late to act")


class Route(models.TextChoices):
    """How an episode reaches its owner. A new one waits until the budget of the day has been shared out."""

    WAITING = "waiting", _("Being sorted")
    NOW = "now", _("At once")
    DIGEST = "digest", _("In the weekly digest")


class HeldBack(models.TextChoices):
    """Why an episode was left to the digest."""

    BUDGET = "budget", _("More valuable ones filled the day's budget")
    RULE = "rule", _("The rule tells in the digest")
    DEMOTED = "demoted", _("The rule has been false too often")


class EpisodeEntryKind(models.TextChoices):
    OPENED = "opened", _("Opened")
    SIGNAL = "signal", _("Another signal")
    RECOVERED = "recovered", _("What it told of is over")
    TOLD = "told", _("Told")
    HELD_BACK = "held_back", _("Left to the digest")
    WARNED = "warned", _("Answer runs out")
    BREACHED = "breached", _("Not answered in time")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ACTED = "acted", _("Acting")
    PLAY = "play", _("Play started")
    SNOOZED = "snoozed", _("Snoozed")
    WOKEN = "woken", _("Awake again")
    ASSIGNED = "assigned", _("Given to somebody")
    NOTE = "note", _("Note")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Opened again")

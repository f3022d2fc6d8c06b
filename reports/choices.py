"""The closed lists of saved reports and their mails, and of surveys from outside, with the words that people read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

DESK_CRITERIA = ("queue", "category", "priority", "channel")
"""Criteria of the lists of tickets that reports of the desk are narrowed by."""


class Sharing(models.TextChoices):
    """Who may open a saved report besides who saved it. What is shared is the question, never the answer."""

    NOBODY = "nobody", _("Only me")
    TEAMS = "teams", _("Teams")
    ROLES = "roles", _("Roles")
    EVERYBODY = "everybody", _("Everybody who reads reports")


class Every(models.TextChoices):
    """How often a report comes by mail."""

    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")
    QUARTER = "quarter", _("Every quarter")


class Attachment(models.TextChoices):
    """Which file the mail brings besides the figures in it."""

    NONE = "none", _("Figures in the mail alone")
    CSV = "csv", _("With a CSV file")
    XLSX = "xlsx", _("With an Excel file")
    PDF = "pdf", _("With a PDF file")


class PausedBy(models.TextChoices):
    """Why a subscription sends nothing."""

    PERSON = "person", _("Stopped by hand")
    NO_RIGHT = "no_right", _("You may not read reports any longer")
    INACTIVE = "inactive", _("The account was not active")
    REPORT_GONE = "report_gone", _("The report is not laid down any longer")
    UNSHARED = "unshared", _("The saved report is not shared with you any longer")


class QuestionKind(models.TextChoices):
    """On which scale a question of a survey from outside was asked: 1 to 5, or 0 to 10 for recommending."""

    CSAT = "csat", _("Satisfaction")
    NPS = "nps", _("Recommending")

"""Enumerations of the work on a journey: gates, tasks, handoffs, commitments, plays, touchpoints, forecasts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewOutcome(models.TextChoices):
    """How a gate was left; empty while it is open. A gate that fails stays open: a new version is the way out."""

    PASSED = "passed", _("Passed")
    OVERRIDDEN = "overridden", _("Overridden")


class SubmissionOutcome(models.TextChoices):
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Failed")
    AWAITS_REVIEW = "awaits_review", _("Awaits review")


class SignatureKind(models.TextChoices):
    TYPED = "typed", _("Typed")
    DRAWN = "drawn", _("Drawn")


class EvidenceKind(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    NOTE = "note", _("Note")


class TaskState(models.TextChoices):
    """`blocked` and `overdue` are no states: both follow from facts and the clock."""

    OPEN = "open", _("Open")
    STARTED = "started", _("In progress")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Skipped")


OPEN_TASKS = (TaskState.OPEN, TaskState.STARTED)


class TaskSource(models.TextChoices):
    """What brought a task."""

    CHECKLIST = "checklist", _("Checklist")
    PLAY = "play", _("Play")
    HANDOFF = "handoff", _("Handoff")
    MANUAL = "manual", _("Added by hand")
    PLAN = "plan", _("Success plan")


class Court(models.TextChoices):
    """Whose move it is."""

    US = "us", _("With us")
    PARTNER = "partner", _("With the partner")
    THIRD_PARTY = "third_party", _("With a third party")
    NOBODY = "nobody", _("With nobody")


class HandoffState(models.TextChoices):
    PREPARED = "prepared", _("In preparation")
    OFFERED = "offered", _("Waits for acceptance")
    RETURNED = "returned", _("Returned")
    ACCEPTED = "accepted", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Between being offered and being accepted: both own, and the receiver sees the summary in any stage.
OPEN_HANDOFFS = (HandoffState.OFFERED, HandoffState.RETURNED)
UNFINISHED_HANDOFFS = (HandoffState.PREPARED, *OPEN_HANDOFFS)


class Side(models.TextChoices):
    """Who promised."""

    US = "us", _("We")
    THEM = "them", _("They")


class CommitmentState(models.TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Broken")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class TouchpointState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Skipped")
    CANCELLED = "cancelled", _("Cancelled")


class Risk(models.TextChoices):
    """By the days between the P80 date and the target (journey.md): below 0 high, below 14 medium."""

    NONE = "none", _("On track")
    MEDIUM = "medium", _("Medium risk")
    HIGH = "high", _("High risk")


class WaiverAnswer(models.TextChoices):
    """What became of a waiver that was asked for; empty while it waits."""

    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")

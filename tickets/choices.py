"""Enumerations of tickets, and the named sets of states that rules and queries share."""

from datetime import UTC, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a ticket without a running clock stands in a queue ordered by what breaches next: last."""


class TicketStatus(models.TextChoices):
    """`new` is open to the clocks: nobody has touched it yet. `closed` is final; a reply to it makes a follow-up."""

    NEW = "new", _("New")
    OPEN = "open", _("Open")
    PENDING = "pending", _("Waiting for the partner")
    ON_HOLD = "on_hold", _("Waiting for others")
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")


UNSOLVED = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ON_HOLD)
FINISHED = (TicketStatus.SOLVED, TicketStatus.CLOSED)


class TicketKind(models.TextChoices):
    QUESTION = "question", _("Question")
    INCIDENT = "incident", _("Incident")
    PROBLEM = "problem", _("Problem")
    REQUEST = "request", _("Request")


class Level(models.TextChoices):
    """Of impact and of urgency."""

    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class Priority(models.TextChoices):
    CRITICAL = "critical", _("Critical")
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class Channel(models.TextChoices):
    """How a ticket or a message came in."""

    PORTAL = "portal", _("Portal")
    MAIL = "mail", _("E-mail")
    PHONE = "phone", _("Phone")
    API = "api", _("API")
    STAFF = "staff", _("Entered by a colleague")
    IMPORT = "import", _("Import")
    SYSTEM = "system", _("The hub")


class Tier(models.IntegerChoices):
    """Of support: where a ticket is worked on. It rises by escalation."""

    FIRST = 1, _("First line")
    SECOND = 2, _("Second line")
    ENGINEERING = 3, _("Engineering")


class MessageKind(models.TextChoices):
    """An internal note never leaves the house."""

    REPLY = "reply", _("Public reply")
    NOTE = "note", _("Internal note")


class MessageState(models.TextChoices):
    """`scheduled` waits for its moment, an undone send too: until `send_at` nothing has left."""

    SCHEDULED = "scheduled", _("Scheduled")
    SENT = "sent", _("Sent")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class EventKind(models.TextChoices):
    """What happened to a ticket. Clocks are replayed from these, and the history of each field is read from them."""

    CREATED = "created", _("Created")
    REPLY = "reply", _("Public reply")
    NOTE = "note", _("Internal note")
    AUTO_REPLY = "auto_reply", _("Automatic reply")
    CHANGED = "changed", _("Changed")
    STATUS = "status", _("Status")
    MERGED = "merged", _("Merged into another ticket")
    ABSORBED = "absorbed", _("Another ticket was merged into it")
    SPLIT = "split", _("Split")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ESCALATED = "escalated", _("Escalated")
    POLICY = "policy", _("Service level policy changed")


class Side(models.TextChoices):
    """Who did it."""

    CUSTOMER = "customer", _("Partner")
    AGENT = "agent", _("Us")
    SYSTEM = "system", _("The hub")


class Metric(models.TextChoices):
    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_RESPONSE = "next_response", _("Next response")
    PERIODIC_UPDATE = "periodic_update", _("Periodic update")
    RESOLUTION = "resolution", _("Resolution")


class ClockState(models.TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    MET = "met", _("Met")
    BREACHED = "breached", _("Breached")
    CANCELLED = "cancelled", _("Cancelled")


class TimerKind(models.TextChoices):
    """What is due to be said of a clock."""

    WARNING = "warning", _("Warning")
    BREACH = "breach", _("Breach")
    ESCALATION = "escalation", _("Escalation")


class LinkProvider(models.TextChoices):
    GITHUB = "github", "GitHub"
    GITLAB = "gitlab", "GitLab"
    OTHER = "other", _("Other")


class MailState(models.TextChoices):
    """What became of a mail that came in."""

    OPENED = "opened", _("Opened a ticket")
    ADDED = "added", _("Added to a ticket")
    LOGGED = "logged", _("Logged with an organization")
    REJECTED = "rejected", _("Rejected")


class MailReason(models.TextChoices):
    """Why a mail was rejected."""

    NONE = "", ""
    TOO_LARGE = "too_large", _("It is too large")
    UNREADABLE = "unreadable", _("It cannot be read as a mail")
    MACHINE = "machine", _("A machine wrote it")
    LOOP = "loop", _("It is one of our own mails")
    TOO_MANY = "too_many", _("Too many mails from this sender")
    REFUSED = "refused", _("It was refused")

"""Enumerations of organizations and what surrounds them, with the words that people read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganizationKind(models.TextChoices):
    PARTNER = "partner", _("Partner")
    CUSTOMER = "customer", _("Customer")


class Stage(models.TextChoices):
    """Where an organization stands; each stage is its own access stage (roles-and-access.md)."""

    PRE_CONTRACT = "pre_contract", _("Pre-Contract")
    GATE_0 = "gate_0", _("Gate 0")
    GATE_1 = "gate_1", _("Gate 1")
    GATE_2 = "gate_2", _("Gate 2")
    GATE_3 = "gate_3", _("Gate 3")
    POST_LAUNCH = "post_launch", _("Post-Launch")
    PRE_SALES = "pre_sales", _("Pre-sales")
    KICK_OFF = "kick_off", _("Kick-off")
    INTEGRATE = "integrate", _("Integrate")
    ADOPT = "adopt", _("Adopt")
    LIVE = "live", _("Live")


PARTNER_STAGES = (
    Stage.PRE_CONTRACT,
    Stage.GATE_0,
    Stage.GATE_1,
    Stage.GATE_2,
    Stage.GATE_3,
    Stage.POST_LAUNCH,
)
CUSTOMER_STAGES = (Stage.PRE_SALES, Stage.KICK_OFF, Stage.INTEGRATE, Stage.ADOPT, Stage.LIVE)
STAGES_OF_KIND = {OrganizationKind.PARTNER: PARTNER_STAGES, OrganizationKind.CUSTOMER: CUSTOMER_STAGES}
LAUNCHED_STAGES = (Stage.POST_LAUNCH, Stage.LIVE)

# The role that has to carry an organization in each stage: without an active one, nobody does its work.
CARRYING_ROLE = {
    Stage.PRE_CONTRACT: "pam",
    Stage.GATE_0: "pdm",
    Stage.GATE_1: "pdm",
    Stage.GATE_2: "tpm",
    Stage.GATE_3: "psm",
    Stage.POST_LAUNCH: "tam",
    Stage.PRE_SALES: "csm",
    Stage.KICK_OFF: "csm",
    Stage.INTEGRATE: "csm",
    Stage.ADOPT: "csm",
    Stage.LIVE: "csm",
}


class MarketSegment(models.TextChoices):
    STRATEGIC = "strategic", _("Strategic")
    LARGE = "large", _("Large")
    MID_MARKET = "mid_market", _("Mid-Market")
    SMB = "smb", _("SMB")


class ContactRole(models.TextChoices):
    CHAMPION = "champion", _("Champion")
    EXECUTIVE = "executive", _("Executive")
    TECHNICAL = "technical", _("Technical")
    OPERATIONS = "operations", _("Operations")
    BILLING = "billing", _("Billing")
    OTHER = "other", _("Other")


class InteractionKind(models.TextChoices):
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    MAIL = "mail", _("E-mail")
    NOTE = "note", _("Note")
    WORKSHOP = "workshop", _("Workshop")
    TRAINING = "training", _("Training")
    CHAT = "chat", _("Chat")
    VISIT = "visit", _("Visit")


class EntryKind(models.TextChoices):
    """Types of timeline entries that exist today; upper floors push their own kinds as well."""

    INTERACTION = "interaction", _("Interaction")
    STAGE = "stage", _("Stage")
    OWNER = "owner", _("Owner")
    CLASSIFICATION = "classification", _("Classification")
    PROFILE = "profile", _("Profile")
    CONTACT = "contact", _("Contact")
    GRANT = "grant", _("Context grant")
    GATE = "gate", _("Gate")
    TASK = "task", _("Task")
    COMMITMENT = "commitment", _("Commitment")
    HANDOFF = "handoff", _("Handoff")
    PLAY = "play", _("Play")
    TOUCHPOINT = "touchpoint", _("Touchpoint")
    TICKET = "ticket", _("Ticket")
    TICKET_REPLY = "ticket_reply", _("Reply on a ticket")
    TICKET_ALARM = "ticket_alarm", _("Escalation or broken promise")
    SURVEY = "survey", _("Survey")
    INCIDENT = "incident", _("Incident")
    HEALTH = "health", _("Health")
    LOSS = "loss", _("Loss")
    OPPORTUNITY = "opportunity", _("Opportunity")
    RENEWAL = "renewal", _("Renewal")
    REVIEW = "review", _("Business review")
    PLAN = "plan", _("Success plan")
    STAKEHOLDER = "stakeholder", _("Stakeholder")
    RECORD = "record", _("Customer record")
    FEEDBACK = "feedback", _("Product feedback")
    TRAINING = "training", _("Training")
    RECOMMENDATION = "recommendation", _("Recommendation")
    INTEGRATION = "integration", _("Integration")
    WIN = "win", _("Win")


class EntryAudience(models.TextChoices):
    INTERNAL = "internal", _("Colleagues only")
    SHARED = "shared", _("Shared with the organization")


class EntryFieldClass(models.TextChoices):
    """Which field class of the access policy an entry's body falls under."""

    GENERAL = "general", _("General")
    COMMERCIAL = "commercial", _("Commercial")
    ANSWERS = "answers", _("Answers of earlier stages")


class Dimension(models.TextChoices):
    """What is computed from facts and may be overridden with a reason."""

    PARTNER_TIER = "partner_tier", _("Partner tier")
    ARR_SEGMENT = "arr_segment", _("ARR segment")
    ENGAGEMENT_TIER = "engagement_tier", _("Engagement tier")
    GEMSTONE = "gemstone", _("Gemstone")


class HealthBand(models.TextChoices):
    """Grey is a band of its own: too little is known to say more."""

    GREEN = "green", _("Green")
    YELLOW = "yellow", _("Yellow")
    RED = "red", _("Red")
    GREY = "grey", _("Grey")


class ArrSegment(models.TextChoices):
    """Segments by ARR; their thresholds are policy."""

    ENTERPRISE = "enterprise", _("Enterprise")
    MID_MARKET = "mid_market", _("Mid-Market")
    SMALL = "small", _("Small")


class Gemstone(models.TextChoices):
    """The onboarding experience; what each one brings is policy."""

    DIAMOND = "diamond", _("Diamond")
    PEARL = "pearl", _("Pearl")
    SAPPHIRE = "sapphire", _("Sapphire")
    RUBY = "ruby", _("Ruby")
    QUARTZ = "quartz", _("Quartz")


class GrantState(models.TextChoices):
    ASKED = "asked", _("Asked for")
    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")
    ENDED = "ended", _("Ended")

"""Tickets, their messages, clocks and everything about them."""

from tickets.models.articles import (
    Article,
    ArticleCategory,
    ArticleDay,
    ArticleFeedback,
    ArticleVersion,
    HelpSearch,
    HelpSession,
)
from tickets.models.clocks import SlaClock, SlaTimer
from tickets.models.drills import EscalationDrill
from tickets.models.hooks import Firing, WebhookDelivery, WebhookEndpoint
from tickets.models.incidents import (
    Incident,
    IncidentEntry,
    IncidentOrganization,
    IncidentSubscriber,
    IncidentTicket,
)
from tickets.models.mails import IncomingMail
from tickets.models.messages import Attachment, ExternalLink, Message, TicketEvent
from tickets.models.post_mortems import PostMortem, PostMortemVersion, PreventionAction
from tickets.models.quality import QualityReview
from tickets.models.queues import Agent, Category, Macro, Queue, QueueTeam
from tickets.models.tickets import NUMBERS, Looking, ReplyDraft, Ticket, Watcher

__all__ = [
    "NUMBERS",
    "Agent",
    "Article",
    "ArticleCategory",
    "ArticleDay",
    "ArticleFeedback",
    "ArticleVersion",
    "Attachment",
    "Category",
    "EscalationDrill",
    "ExternalLink",
    "Firing",
    "HelpSearch",
    "HelpSession",
    "Incident",
    "IncidentEntry",
    "IncidentOrganization",
    "IncidentSubscriber",
    "IncidentTicket",
    "IncomingMail",
    "Looking",
    "Macro",
    "Message",
    "PostMortem",
    "PostMortemVersion",
    "PreventionAction",
    "QualityReview",
    "Queue",
    "QueueTeam",
    "ReplyDraft",
    "SlaClock",
    "SlaTimer",
    "Ticket",
    "TicketEvent",
    "Watcher",
    "WebhookDelivery",
    "WebhookEndpoint",
]

"""The nouns of organizations."""

from partners.models.organizations import ClassificationOverride, Organization, OrganizationFacts, StagePeriod
from partners.models.people import Assignment, Contact, ContextGrant
from partners.models.timeline import Interaction, InteractionContact, TimelineEntry

__all__ = [
    "Assignment",
    "ClassificationOverride",
    "Contact",
    "ContextGrant",
    "Interaction",
    "InteractionContact",
    "Organization",
    "OrganizationFacts",
    "StagePeriod",
    "TimelineEntry",
]

"""The nouns of people and access."""

from accounts.models.access import ApiToken, Invitation, TokenScope
from accounts.models.activity import Activity, ActivitySeal, SealMark
from accounts.models.calendars import CalendarVersion, WorkCalendar
from accounts.models.exports import Export
from accounts.models.notifications import Delivery, Notification, NotificationPreference
from accounts.models.people import RoleGrant, User
from accounts.models.rotas import Absence, OnCallRota, OnCallShift
from accounts.models.saved_views import SavedView
from accounts.models.teams import Membership, Team
from accounts.models.training import TrainingModule, TrainingRecord

__all__ = [
    "Absence",
    "Activity",
    "ActivitySeal",
    "ApiToken",
    "CalendarVersion",
    "Delivery",
    "Export",
    "Invitation",
    "Membership",
    "Notification",
    "NotificationPreference",
    "OnCallRota",
    "OnCallShift",
    "RoleGrant",
    "SavedView",
    "SealMark",
    "Team",
    "TokenScope",
    "TrainingModule",
    "TrainingRecord",
    "User",
    "WorkCalendar",
]

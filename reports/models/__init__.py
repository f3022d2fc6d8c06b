"""Facts of days, saved reports and their mails, logins of the reporting schema, surveys from outside."""

from reports.models.external import ExternalQuestion, ExternalSurvey
from reports.models.facts import DailyFact, FactMark
from reports.models.logins import ReportingLogin
from reports.models.saved import ReportSubscription, SavedReport

__all__ = [
    "DailyFact",
    "ExternalQuestion",
    "ExternalSurvey",
    "FactMark",
    "ReportSubscription",
    "ReportingLogin",
    "SavedReport",
]

"""Facts of days, saved reports and their mails, logins of the reporting schema."""

from reports.models.facts import DailyFact, FactMark
from reports.models.logins import ReportingLogin
from reports.models.saved import ReportSubscription, SavedReport

__all__ = ["DailyFact", "FactMark", "ReportSubscription", "ReportingLogin", "SavedReport"]

"""Facts of days, saved reports and their mails."""

from reports.models.facts import DailyFact, FactMark
from reports.models.saved import ReportSubscription, SavedReport

__all__ = ["DailyFact", "FactMark", "ReportSubscription", "SavedReport"]

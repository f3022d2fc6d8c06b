"""The retention pack: how many days what is done with is kept. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common import reading

KIND = "retention"
# In this order: sessions and notices first, files after the imports and documents that name them.
KEYS = (
    *("read_notifications", "notifications", "done_effects", "ended_invitations", "ended_tokens", "ended_sessions"),
    *("review_documents", "reviews_not_held", "presented_reviews", "closed_opportunities", "closed_renewals"),
    *("release_notes", "balance_proposals", "exports"),
    *("import_files", "expired_files", "occurrences", "help_searches", "help_visits", "webhook_deliveries"),
    *("unasked_surveys", "surveys", "interaction_drafts"),
)
# Kinds that came later: a policy that was written before them keeps these days.
LATER = {
    "help_searches": 400,
    "help_visits": 800,
    "webhook_deliveries": 90,
    "unasked_surveys": 90,
    "surveys": 1_100,
    "interaction_drafts": 60,
    "review_documents": 400,
    "reviews_not_held": 400,
    "presented_reviews": 2_600,
    "closed_opportunities": 1_900,
    "closed_renewals": 1_900,
    "release_notes": 1_100,
    "balance_proposals": 400,
    "exports": 30,
}
LONGEST = 36_500
# A slot must not run again because its occurrence was forgotten: digests look at days, the audit trail at one.
# What was presented is kept by triggers so long at least (partners, migration 0018).
SHORTEST = {"occurrences": 7, "done_effects": 1, "review_documents": 31, "presented_reviews": 366}


@dataclass(frozen=True, kw_only=True)
class RetentionPolicy:
    """Whole days by what is kept."""

    version: int
    days: Mapping[str, int]

    def cutoff(self, what: str, now: datetime) -> datetime:
        """What ended before this moment is deleted."""
        return now - timedelta(days=self.days[what])


def parse_retention(body: Mapping[str, Any], *, version: int) -> RetentionPolicy:
    """Raises MalformedInput at the place of what is wrong; every kind must be there, but for those of LATER."""
    pack = reading.mapping(body, "", known=("days",))
    written = {**LATER, **reading.mapping(reading.member(pack, "days", ""), "days", known=KEYS)}
    days = {key: reading.count(reading.member(written, key, "days"), reading.at("days", key)) for key in KEYS}
    for key, number in days.items():
        if not SHORTEST.get(key, 0) <= number <= LONGEST:
            lowest = SHORTEST.get(key, 0)
            raise reading.MalformedInput(reading.at("days", key), f"must be {lowest} to {LONGEST} days, is {number}")
    return RetentionPolicy(version=version, days=days)

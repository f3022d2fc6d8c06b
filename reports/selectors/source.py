"""What makes rows: the text of a measure with its two places (ADR 0032).

One text serves three readers (ADR 0032): `DailyFact` adds its rows up, a report of a past day reads them, the page
behind a figure lists them. Texts hold two places: `{scope}`, a condition on the organization's id, and `{when}`, a
condition on the moment or day of the row, for those who read few days.

Parameters: `zone`, the reporting zone; `today`, its present day; `rates`, an object of currencies and what one unit is
worth in the reporting currency; for states `day`, at whose end they hold, and `until`, the instant of that end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Thing(StrEnum):
    """What a row is about; the page behind a figure links to it."""

    ORGANIZATION = "organization"
    TICKET = "ticket"
    PROMISE = "promise"
    """A clock of a ticket: a ticket may have several on a day."""
    TOUCHPOINT = "touchpoint"
    SURVEY = "survey"
    OPPORTUNITY = "opportunity"
    REVIEW = "review"
    SUBMISSION = "submission"
    CRITERION = "criterion"
    """A section of a submission, by its place in it."""
    WAIVER = "waiver"
    ASSIGNMENT = "assignment"
    INTEGRATION = "integration"
    INTEGRATION_STEP = "integration_step"
    HANDOFF = "handoff"
    """An acceptance or a return."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """`organization` and `at` are columns of the text, for its two places; `at_is_day` where `at` is a date.

    `is_in_facts` for flows with many rows, whose tables leave marks when they change (migrations of this app).
    """

    thing: Thing
    text: str
    organization: str
    at: str = ""
    at_is_day: bool = False
    is_in_facts: bool = False

    def rows(self, scope: str, when: str = "true") -> str:
        """The statement with both places filled in; `scope` is what follows the organization's id."""
        return self.text.format(scope=f"{self.organization} {scope}", when=when)


def day_of(moment: str) -> str:
    """The day of the reporting zone of a column that is a moment."""
    return f"({moment} AT TIME ZONE %(zone)s)::date"


def select(organization: str, day: str, numerator: str, denominator: str, object_id: str) -> str:
    """The head of every text: what its five columns are."""
    return (
        f"SELECT {organization} AS organization_id, {day} AS day, {numerator}::numeric AS numerator,"
        f" {denominator}::numeric AS denominator, {object_id} AS object_id"
    )


# Not archived by then; one that was archived and brought back in between counts as there.
KEPT = "(g.archived_at IS NULL OR g.archived_at >= %(until)s)"

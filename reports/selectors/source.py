"""What makes rows: the text of a measure with its two places (ADR 0032).

One text serves three readers (ADR 0032): `DailyFact` adds its rows up, a report of a past day reads them, the page
behind a figure lists them. Texts hold two places: `{scope}`, a condition on the organization's id, and `{when}`, a
condition on the moment or day of the row, for those who read few days.

Parameters: `zone`, the reporting zone; `today`, its present day; `now`, the instant of reading (not in facts); `rates`,
an object of currencies and what one unit is worth in the reporting currency; `criterion`, a gate with a section of it
that is asked for alone, or nothing (not in facts); for states `day`, at whose end they hold,
and `until`, the instant of that end.
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
    OBJECTIVE = "objective"
    ALERT = "alert"
    QUALITY_REVIEW = "quality_review"
    HELP = "help"
    """A ticket, or a visit to the knowledge base by its id and `VISITS`."""
    ARTICLE_VERSION = "article_version"
    ARTICLE_FEEDBACK = "article_feedback"
    ARTICLE_DAY = "article_day"
    LEARNER = "learner"
    """A person and a module: the id of the one times `PEOPLE` and that of the other."""
    ADVICE = "advice"
    CONTACT = "contact"


class Seen(StrEnum):
    """Lists of what a reader sees beside organizations opened in full (desk_scope.py); names of CTEs."""

    TICKETS = "seen_tickets"
    OPENINGS = "seen_openings"
    SURVEYS = "seen_surveys"
    REVIEWS = "seen_reviews"
    VISITS = "seen_visits"
    VERSIONS = "seen_versions"
    FEEDBACK = "seen_feedback"
    ARTICLES = "seen_articles"
    LEARNERS = "seen_learners"


NOTHING = "false"
PEOPLE = 1_000_000
VISITS = 10**15


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """`organization` and `at` are columns of the text, for its two places; `at_is_day` where `at` is a date.

    `is_in_facts` for flows with many rows, whose tables leave marks when they change (migrations of this app).
    `desk` is the condition that takes the place of the organizations in a report of the desk, on the lists `seen`;
    without an `organization` it does so in every report, since who opens one does not see such rows by that.
    """

    thing: Thing
    text: str
    organization: str
    at: str = ""
    at_is_day: bool = False
    is_in_facts: bool = False
    desk: str = NOTHING
    seen: tuple[Seen, ...] = ()

    def rows(self, scope: str, when: str = "true", *, is_desk: bool = False) -> str:
        """The statement with both places filled in; `scope` is what follows the organization's id."""
        own = self.desk if is_desk or not self.organization else f"{self.organization} {scope}"
        return self.text.format(scope=own, when=when)


def of_seen(column: str, seen: Seen) -> str:
    """A row of one of the lists of what the reader sees."""
    return f"{column} IN (SELECT id FROM {seen})"  # noqa: S608 - fixed words


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

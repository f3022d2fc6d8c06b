"""What is said of us as files: answers to surveys, one by one and of a campaign, and what is missed in the product."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.exportables import Asked, OpenedList
from common.errors import Missing, NotAllowed
from common.export import ExportColumn
from common.listing import ListQuery
from partners.forms.feedback import KEYS as FEEDBACK_KEYS
from partners.forms.feedback import FeedbackFilterForm
from partners.forms.surveys import KEYS, NARROWING, SurveyFilterForm, is_by
from partners.selectors import campaigns
from partners.selectors.feedback import FeedbackFilter, feedback_rows, may_read
from partners.selectors.survey_rows import SHOWS, survey_rows
from partners.selectors.surveys import Narrowed
from partners.survey_pages import Period, columns, period_of, today_here

SEE_REPORTS = "see_reports"
CAMPAIGN_KEYS = ("show",)


def surveys(asked: Asked) -> OpenedList:
    """Who was asked, and what they answered; the days stand in the query."""
    form = SurveyFilterForm(ListQuery.parse(asked.query, KEYS).as_form())
    period, query = survey_query(ListQuery.parse(asked.query, KEYS), form, now=asked.now)
    rows = partial(survey_rows, asked.actor, survey_narrowing(query, period), show=query.get("show"))
    return OpenedList(title=_("Surveys"), stem="surveys", query=query.encode(), columns=columns(), rows=rows)


def campaign(asked: Asked) -> OpenedList:
    """The answers to a campaign that one sees; `subject` is its public id."""
    if not asked.actor.has(SEE_REPORTS):
        raise NotAllowed(_("Campaigns are read by those who see reports."))
    try:
        found = campaigns.campaign_or_none(UUID(asked.subject))
    except ValueError:
        found = None
    if found is None:
        raise Missing(_("There is no such campaign."))
    query = ListQuery.parse(asked.query, CAMPAIGN_KEYS)
    return OpenedList(
        title=found.name,
        stem="campaign",
        subject=str(found.public_id),
        query=query.encode(),
        columns=_campaign_columns(),
        rows=partial(campaigns.answer_rows, asked.actor, found, query.get("show")),
    )


def feedback(asked: Asked) -> OpenedList:
    """What organizations ask for."""
    if not may_read(asked.actor):
        raise NotAllowed(_("Feedback is read by those to whom an organization is open."))
    query = ListQuery.parse(asked.query, FEEDBACK_KEYS)
    rows = partial(feedback_rows, asked.actor, feedback_filter(FeedbackFilterForm(query.as_form())))
    columns = _feedback_columns()
    return OpenedList(title=_("Product feedback"), stem="feedback", query=query.encode(), columns=columns, rows=rows)


def survey_query(query: ListQuery, form: SurveyFilterForm, *, now: datetime) -> tuple[Period, ListQuery]:
    """The period and the query of the page of surveys, with its days in it; what is unknown is dropped."""
    period = period_of(*form.days(), today=today_here(now))
    query = query.changed(since=period.first.isoformat(), until=period.last.isoformat())
    if not is_by(query.get("by")):
        query = query.without("by")
    return period, query if query.get("show") in SHOWS else query.without("show")


def survey_narrowing(query: ListQuery, period: Period | None = None) -> Narrowed:
    """What the page of surveys asks for."""
    values = {key: query.get(key)[:120] for key in NARROWING}
    since, until = (period.since, period.until) if period is not None else (None, None)
    return Narrowed(since=since, until=until, **values)


def feedback_filter(form: FeedbackFilterForm) -> FeedbackFilter:
    """What the page of feedback asks for."""
    return FeedbackFilter(**form.cleaned_data) if form.is_valid() else FeedbackFilter()


def _feedback_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: str(row.item.public_id)),
        ExportColumn(label=_("Title"), value=lambda row: row.item.title),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("State"), value=lambda row: row.state_label),
        ExportColumn(label=_("Expected"), value=lambda row: row.item.expected),
        ExportColumn(label=_("Organizations"), value=lambda row: row.behind.total),
        ExportColumn(label=_("Cannot go on without it"), value=lambda row: row.behind.blocking),
        ExportColumn(label=_("Tickets"), value=lambda row: row.behind.tickets),
        ExportColumn(
            label=_("Revenue a year that you read"),
            value=lambda row: row.behind.weight.amount if row.behind.weight else None,
        ),
        ExportColumn(label=_("Issue"), value=lambda row: row.issue_url),
        ExportColumn(label=_("Added"), value=lambda row: row.item.created_at),
    ]


def _campaign_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("Contact"), value=lambda row: row.contact),
        ExportColumn(label=_("Score"), value=lambda row: row.score),
        ExportColumn(label=_("Comment"), value=lambda row: row.comment),
        ExportColumn(label=_("Answered"), value=lambda row: row.answered_at),
    ]

"""Work as files: tasks, launches at risk, handoffs and promises, each as its list shows it."""

from functools import partial

from django.utils.translation import gettext as _

from accounts.exportables import Asked, OpenedList
from common.listing import ListQuery
from common.pouring import in_batches, poured
from partners import forecast_list, task_list
from partners.exported.organization import commitments_of, handoffs_of
from partners.forms.commitment_lists import KEYS, CommitmentFilterForm
from partners.selectors import handoff_rows
from partners.selectors.commitment_lists import CommitmentFilter, commitments_as_file
from partners.selectors.task_rows import FIELDS, task_rows
from partners.work_exports import commitment_columns, handoff_columns, task_columns

SHOW = "show"


def tasks(asked: Asked) -> OpenedList:
    """Tasks."""
    query = ListQuery.parse(asked.query, task_list.STATE_KEYS)
    shown = task_list.open_tasks(asked.actor, query, path="", now=asked.now)
    found = shown.rows.order_by(*shown.order.ordering()).values(*FIELDS)
    rows = partial(in_batches, poured(found), partial(task_rows, actor=asked.actor, now=asked.now))
    return OpenedList(title=_("Tasks"), stem="tasks", query=query.encode(), columns=task_columns(), rows=rows)


def launches(asked: Asked) -> OpenedList:
    """Launches at risk."""
    query = ListQuery.parse(asked.query, forecast_list.STATE_KEYS)
    shown = forecast_list.open_at_risk(asked.actor, query, path="", now=asked.now)
    found = forecast_list.with_carrier(shown.found).order_by(*forecast_list.ORDER.ordering())
    read = partial(forecast_list.at_risk_rows, now=asked.now)
    return OpenedList(
        title=_("Launches at risk"),
        stem="launches",
        query=query.encode(),
        columns=forecast_list.export_columns(),
        rows=partial(in_batches, poured(found.values(*forecast_list.FIELDS)), read),
    )


def handoffs(asked: Asked) -> OpenedList:
    """One of the reader's lists, as `show` says; with a `subject` those of that organization."""
    if asked.subject:
        return handoffs_of(asked)
    known, query = handoff_rows.views_of(asked.actor), ListQuery.parse(asked.query, (SHOW,))
    view = query.get(SHOW) if query.get(SHOW) in known else known[0]
    rows = partial(handoff_rows.list_rows, asked.actor, view, now=asked.now)
    query = query.changed(show=view)
    return OpenedList(title=_("Handoffs"), stem="handoffs", query=query.encode(), columns=handoff_columns(), rows=rows)


def commitments(asked: Asked) -> OpenedList:
    """Promises of all that one sees; with a `subject` those of that organization."""
    if asked.subject:
        return commitments_of(asked)
    query = ListQuery.parse(asked.query, KEYS)
    form = CommitmentFilterForm(query.as_form(), has_team=bool(asked.actor.led_user_ids))
    rows = partial(commitments_as_file, asked.actor, commitment_filter(query, form), now=asked.now)
    columns = commitment_columns()
    return OpenedList(title=_("Commitments"), stem="commitments", query=query.encode(), columns=columns, rows=rows)


def commitment_filter(query: ListQuery, form: CommitmentFilterForm) -> CommitmentFilter:
    """What the list of commitments asks for."""
    values = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    return CommitmentFilter(organization=query.get("organization")[:40], **values)

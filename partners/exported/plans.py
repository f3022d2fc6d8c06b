"""Success plans as files: the list, the accounts behind their coverage, and what they have brought."""

from functools import partial

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.exportables import Asked, OpenedList
from accounts.rules.access import Actor
from common.export import ExportColumn
from common.listing import ListQuery
from partners.enablement_policy import plans_in_force
from partners.forms.plan_lists import ACCOUNT_KEYS, KEYS, AccountFilterForm, PlanFilterForm
from partners.selectors import plan_coverage, plan_lists, plan_value
from partners.selectors.plan_reviews import quarter_of

LAST = "last"


def success_plans(asked: Asked) -> OpenedList:
    """Plans."""
    query = ListQuery.parse(asked.query, KEYS)
    narrowed = plan_filter(plan_form(asked.actor, query.as_form()))
    rows = partial(plan_lists.plans_as_file, asked.actor, narrowed, now=asked.now)
    columns = _plan_columns()
    return OpenedList(title=_("Success plans"), stem="success-plans", query=query.encode(), columns=columns, rows=rows)


def plan_accounts(asked: Asked) -> OpenedList:
    """The accounts behind a number of the coverage."""
    query = ListQuery.parse(asked.query, ACCOUNT_KEYS)
    quarter = quarter_of(asked.now, back=int(query.get("quarter") == LAST))
    narrowed = account_filter(AccountFilterForm(query.as_form()))
    return OpenedList(
        title=_("Accounts by plan and review"),
        stem="plan-coverage",
        query=query.encode(),
        columns=_account_columns(),
        rows=partial(plan_coverage.accounts_as_file, asked.actor, plans_in_force(), quarter, narrowed),
    )


def value_realized(asked: Asked) -> OpenedList:
    """What objectives of the first year came to."""
    rows = partial(plan_value.value_as_file, asked.actor, now=asked.now)
    return OpenedList(title=_("Value realized"), stem="value-realized", query="", columns=_value_columns(), rows=rows)


def plan_form(actor: Actor, sent: QueryDict | None) -> PlanFilterForm:
    """The filters of the list; a link may narrow it to a colleague."""
    named = plan_lists.owner_named(actor, sent.get("owner", "") if sent else "")
    return PlanFilterForm(sent, has_team=bool(actor.led_user_ids), owner_named=named)


def plan_filter(form: PlanFilterForm) -> plan_lists.PlanFilter:
    """What the list of plans asks for."""
    values = form.cleaned_data if form.is_valid() else {}
    return plan_lists.PlanFilter(
        state=values.get("state") or plan_lists.OPEN,
        kind=values.get("kind", ""),
        owner=values.get("owner", ""),
        behind=bool(values.get("pace")),
        review_due=bool(values.get("review")),
    )


def account_filter(form: AccountFilterForm) -> plan_coverage.AccountFilter:
    """What the page of accounts asks for."""
    values = dict(form.cleaned_data) if form.is_valid() else {}
    values.pop("quarter", None)
    return plan_coverage.AccountFilter(is_expected=bool(values.pop("expected", "")), **values)


def _plan_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.plan.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Title"), value=lambda row: row.plan.title),
        ExportColumn(label=_("State"), value=lambda row: row.plan.state_label),
        ExportColumn(label=_("Pace"), value=lambda row: row.plan.pace_label if row.plan.is_active else ""),
        ExportColumn(label=_("From"), value=lambda row: row.plan.starts_on),
        ExportColumn(label=_("To"), value=lambda row: row.ends_on),
        ExportColumn(label=_("Owner"), value=lambda row: row.plan.owner),
        ExportColumn(label=_("Objectives"), value=lambda row: row.agreed),
        ExportColumn(label=_("Reached"), value=lambda row: row.reached),
        ExportColumn(label=_("Missed"), value=lambda row: row.missed),
        ExportColumn(label=_("Steps"), value=lambda row: row.plan.tasks),
        ExportColumn(label=_("Steps settled"), value=lambda row: row.plan.tasks_done),
    ]


def _account_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.name),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Stage"), value=lambda row: row.stage_label),
        ExportColumn(label=_("Segment or tier"), value=lambda row: row.group_label),
        ExportColumn(label=_("Active plan"), value=lambda row: row.has_plan),
        ExportColumn(label=_("Review held"), value=lambda row: row.has_review),
        ExportColumn(label=_("A plan is expected"), value=lambda row: row.is_expected),
    ]


def _value_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.name),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Launched"), value=lambda row: row.launched_on),
        ExportColumn(label=_("First year until"), value=lambda row: row.year_ends_on),
        ExportColumn(label=_("Objectives whose day has come"), value=lambda row: row.reached.total),
        ExportColumn(label=_("Reached within the year"), value=lambda row: row.reached.hits),
    ]

"""The lists of this app that can be had as files of any length, each as its page narrows it."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from accounts import exported_trail
from accounts.exportables import TABLES, Asked, Exportable, OpenedList, register
from common.listing import ListQuery
from common.templatetags.format import spell_day
from partners import lists
from partners.exported import capacity, growth, meetings, organization, plans, voices, work
from partners.list_files import file_of_list
from partners.scope import scope_of
from partners.selectors.past import AS_OF


def _organizations(asked: Asked) -> OpenedList:
    """Raises DomainError `query` for a past day that cannot be read."""
    file = file_of_list(asked.actor, ListQuery.parse(asked.query, (AS_OF, *lists.STATE_KEYS)), now=asked.now)
    title, stem = _("Organizations"), "organizations"
    if file.past is not None:
        title = _("Organizations as of %(day)s") % {"day": spell_day(file.past.day)}
        stem = f"organizations as of {file.past.day.isoformat()}"
    return OpenedList(title=title, stem=stem, query=file.query, columns=file.columns, rows=file.rows)


_LISTS: Mapping[str, Callable[[Asked], OpenedList]] = {
    "organizations": _organizations,
    "tasks": work.tasks,
    "launches": work.launches,
    "handoffs": work.handoffs,
    "commitments": work.commitments,
    "touchpoints": organization.touchpoints,
    "timeline": organization.timeline,
    "capacity": capacity.capacity,
    "reviews": meetings.reviews,
    "missing_reviews": meetings.missing_reviews,
    "quiet": meetings.quiet,
    "pipeline": growth.pipeline,
    "renewals": growth.renewals,
    "revenue": growth.revenue,
    "losses": growth.losses,
    "references": growth.references,
    "success_plans": plans.success_plans,
    "plan_coverage": plans.plan_accounts,
    "value_realized": plans.value_realized,
    "feedback": voices.feedback,
    # Of the floor below, which knows no scope of organizations.
    "audit": exported_trail.audit,
    "training": exported_trail.training,
}


def offer() -> None:
    """Called once, when the app is ready. Surveys are offered by tickets, since the desk reads some of them too."""
    for what, open_list in _LISTS.items():
        register(Exportable(what=what, formats=TABLES, open=open_list, scope=scope_of))

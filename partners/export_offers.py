"""The list of organizations as a file of any length."""

from django.utils.translation import gettext as _

from accounts.exportables import TABLES, Asked, Exportable, OpenedList, register
from common.listing import ListQuery
from common.templatetags.format import spell_day
from partners import lists
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


def offer() -> None:
    """Called once, when the app is ready."""
    register(Exportable(what="organizations", formats=TABLES, open=_organizations, scope=scope_of))

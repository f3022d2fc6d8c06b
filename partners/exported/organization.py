"""What belongs to one organization as files: its handoffs, meetings, promises and its story.

`Asked.subject` is its public id. Who does not see it gets the answer that a foreign one gives.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.exportables import Asked, OpenedList
from common.errors import Missing, NotAllowed
from common.export import ExportColumn
from common.listing import ListQuery
from common.pouring import BATCH
from partners.choices import EntryKind
from partners.forms.timeline import KEYS, TimelineFilterForm
from partners.selectors.commitments import commitment_rows
from partners.selectors.handoff_rows import all_of_organization
from partners.selectors.page import OrganizationPage, organization_page
from partners.selectors.story import GROUPS
from partners.selectors.timeline import TimelineFilter, TimelineLine, timeline_page
from partners.selectors.touchpoints import touchpoints_of
from partners.work_exports import commitment_columns, handoff_columns, touchpoint_columns


def handoffs_of(asked: Asked) -> OpenedList:
    """Handoffs, also for those who know the organization by its summary."""
    page = _page(asked)
    rows = partial(all_of_organization, page.actor, page.row.pk, now=page.now)
    return OpenedList(title=_("Handoffs"), stem="handoffs", columns=handoff_columns(), rows=rows, **_place(page))


def touchpoints(asked: Asked) -> OpenedList:
    """Meetings, those ahead and those that are over."""
    page = _open_page(asked)
    columns, rows = touchpoint_columns(), partial(touchpoints_of, page)
    return OpenedList(title=_("Touchpoints"), stem="touchpoints", columns=columns, rows=rows, **_place(page))


def commitments_of(asked: Asked) -> OpenedList:
    """The promises of both sides."""
    page = _open_page(asked)
    columns, rows = commitment_columns(), partial(commitment_rows, page)
    return OpenedList(title=_("Commitments"), stem="commitments", columns=columns, rows=rows, **_place(page))


def timeline(asked: Asked) -> OpenedList:
    """The story; what is closed to its reader is closed there, too."""
    page, query = _page(asked), ListQuery.parse(asked.query, KEYS)
    narrowed = TimelineFilter(**TimelineFilterForm(query.as_form()).values)
    rows = partial(_lines, page, kinds_asked(query), narrowed)
    place = _place(page) | {"query": query.encode()}
    return OpenedList(title=_("Timeline"), stem="timeline", columns=_timeline_columns(), rows=rows, **place)


def _lines(page: OrganizationPage, kinds: tuple[str, ...], narrowed: TimelineFilter) -> Iterator[TimelineLine]:
    """Page by page, to the last one."""
    shared: dict[str, Any] = {"kinds": kinds, "narrowed": narrowed, "subject": page.subject_with_grants, "limit": BATCH}
    cursor, is_over = "", False
    while not is_over:
        found = timeline_page(page.actor, page.organization, now=page.now, cursor=cursor, **shared)
        yield from found.lines
        cursor, is_over = found.next_cursor, not found.next_cursor


def kinds_asked(query: ListQuery) -> tuple[str, ...]:
    """Which kinds of entries the page of a story asks for."""
    asked = query.get("kind")
    return GROUPS.get(asked, (asked,) if asked in EntryKind.values else ())


def _place(page: OrganizationPage) -> dict[str, Any]:
    """Whose the rows are, for the record and for the worker."""
    key = str(page.row.public_id)
    return {"query": f"in={key}", "subject": key, "organization_id": page.row.pk}


def _page(asked: Asked) -> OrganizationPage:
    """Raises Missing for what there is not, or not for this reader."""
    try:
        page = organization_page(asked.actor, UUID(asked.subject), now=asked.now)
    except ValueError:
        page = None
    if page is None:
        raise Missing(_("There is no such organization."))
    return page


def _open_page(asked: Asked) -> OrganizationPage:
    """The same for what a summary does not hold."""
    page = _page(asked)
    if not page.is_open:
        raise NotAllowed(_("You know this organization by its summary; this part of it is closed to you."))
    return page


def _timeline_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("When"), value=lambda row: row.at),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Title"), value=lambda row: row.title),
        ExportColumn(label=_("Notes"), value=lambda row: row.body),
        ExportColumn(label=_("Closed to you"), value=lambda row: row.is_closed),
        ExportColumn(label=_("By"), value=lambda row: row.actor_name),
        ExportColumn(label=_("Stage"), value=lambda row: row.stage_label),
        ExportColumn(label=_("Shared"), value=lambda row: row.is_shared),
    ]

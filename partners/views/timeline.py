"""The story of an organization: narrowed, searched, a line by its own address, as a file."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import capability_required, staff_page
from accounts.views.list_files import list_file
from common.listing import ListQuery
from common.markup import markup
from common.templatetags.format import Clock
from partners.exported.organization import kinds_asked
from partners.forms.timeline import KEYS, TimelineFilterForm
from partners.selectors.page import OrganizationPage
from partners.selectors.story import story_page
from partners.selectors.timeline import TimelineFilter, cursor_before
from partners.services.mail_in import address_of
from partners.story_rows import Tools, story_rows
from partners.views.pages import frame, is_fragment, page_or_404
from partners.work_permissions import can_arrange


@require_safe
@staff_page
def organization_timeline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The story, newest first; further pages come as fragments. `entry` begins with that line."""
    page, form = page_or_404(request, public_id), TimelineFilterForm(request.GET or None)
    narrowed, query = TimelineFilter(**form.values), ListQuery.of(request.GET, KEYS)
    cursor = _place(request, page) or request.GET.get("cursor", "")
    shared: dict[str, Any] = {"kinds": kinds_asked(query), "narrowed": narrowed, "cursor": cursor}
    story = story_page(page, subject=page.subject_with_grants, **shared)
    url = reverse("partners:organization_timeline", args=[public_id])
    lines = story_rows(story.lines, Clock(page.now), _tools(request, page), timeline_url=url)
    if is_fragment(request):
        asked = {"organization": page.row, "query": query.encode()}
        return render(request, "partners/_timeline_lines.html", {"story": story, "lines": lines, **asked})
    context = frame(request, page, "timeline", story=story, lines=lines, form=form, query=query.encode())
    context |= {"kind": query.get("kind"), "groups": _groups().items(), "is_narrowed": bool(query.pairs)}
    context |= {"may_export": page.actor.has("export_data"), **_mail(page)}
    return render(request, "partners/organization_timeline.html", context)


def _mail(page: OrganizationPage) -> dict[str, Any]:
    """The address of the organization, for those who log; where the installation has a mailbox."""
    if not page.may_log or page.is_archived or not settings.TICKET_MAIL_ADDRESS:
        return {}
    may_arrange = can_arrange(page.actor, page.organization, subject=page.subject)
    return {"takes_mail": True, "mail_address": address_of(page.organization), "may_arrange": may_arrange}


@require_POST
@capability_required("export_data")
def timeline_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same as a file; what is closed to its reader is closed there, too."""
    return list_file(request, "timeline", subject=str(public_id), query=request.GET.urlencode())


def _place(request: HttpRequest, page: OrganizationPage) -> str:
    try:
        entry_id = UUID(request.GET.get("entry", ""))
    except ValueError:
        return ""
    return cursor_before(page.actor, page.organization, entry_id)


def _groups() -> dict[str, str]:
    words = {"talks": _("Conversations"), "work": _("Tasks and promises"), "journey": _("Journey")}
    return {**words, "desk": _("Tickets and incidents"), "who": _("People and profile"), "health": _("Health")}


def _tools(request: HttpRequest, page: OrganizationPage) -> Tools | None:
    if not page.may_log:
        return None
    token = markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
    return Tools(organization_id=page.row.public_id, token=token)

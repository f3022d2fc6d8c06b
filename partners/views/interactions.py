"""Mending what was logged, taking it back; pinning a line of the timeline."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import staff_page
from common.errors import Conflict
from partners.forms.interactions import InteractionForm
from partners.models import Contact, Interaction, TimelineEntry
from partners.permissions import can_edit_interaction
from partners.selectors.page import OrganizationPage
from partners.services import interactions
from partners.services.pins import set_pinned
from partners.views.pages import attempt, frame, open_page_or_404, page_or_404, refreshed, require, run

MAX_PEOPLE = 60


def page_with_right(request: HttpRequest, public_id: UUID) -> OrganizationPage:
    page = open_page_or_404(request, public_id)
    require(page.may_log, _("You may not log interactions with this organization."))
    return page


def _people(page: OrganizationPage) -> list[Contact]:
    found = Contact.objects.visible_to(page.actor).filter(organization_id=page.row.pk, archived_at__isnull=True)
    return list(found.only("pk", "public_id", "name", "is_primary", "organization_id")[:MAX_PEOPLE])


def _interaction_or_404(page: OrganizationPage, interaction_id: UUID) -> Interaction:
    rows = Interaction.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    found: Interaction = get_object_or_404(rows.select_related("organization"), public_id=interaction_id)
    return found


def timeline_of(page: OrganizationPage) -> str:
    return reverse("partners:organization_timeline", args=[page.row.public_id])


@staff_page
def interaction_edit(request: HttpRequest, public_id: UUID, interaction_id: UUID) -> HttpResponse:
    """Mend what one has logged oneself."""
    page = page_with_right(request, public_id)
    found = _interaction_or_404(page, interaction_id)
    require(can_edit_interaction(page.actor, found), _("Only its author and administrators change an interaction."))
    form = InteractionForm(request.POST or None, people=_people(page), instance=found)
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "contacts": form.people, "version": form.cleaned_data["version"] or 0}
        stored = _interaction_or_404(page, interaction_id)
        try:
            attempt(form, interactions.edit_interaction, by=page.actor, interaction=stored, now=page.now, **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(timeline_of(page))
    context = frame(request, page, "timeline", form=form, interaction=found)
    return render(request, "partners/interaction_form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def interaction_archive(request: HttpRequest, public_id: UUID, interaction_id: UUID) -> HttpResponse:
    """Take an interaction out of the story, with undo."""
    page = page_with_right(request, public_id)
    found = _interaction_or_404(page, interaction_id)
    undo = reverse("partners:interaction_restore", args=[public_id, interaction_id])
    arguments: dict[str, Any] = {"by": page.actor, "interaction": found, "now": page.now}
    run(request, interactions.archive_interaction, done=_("Taken out of the timeline."), undo=undo, **arguments)
    return refreshed(request, timeline_of(page))


@require_POST
@staff_page
def interaction_restore(request: HttpRequest, public_id: UUID, interaction_id: UUID) -> HttpResponse:
    """Bring an interaction back."""
    page = page_with_right(request, public_id)
    found = _interaction_or_404(page, interaction_id)
    arguments: dict[str, Any] = {"by": page.actor, "interaction": found, "now": page.now}
    run(request, interactions.restore_interaction, done=_("It is back."), **arguments)
    return refreshed(request, timeline_of(page))


@require_POST
@staff_page
def entry_pin(request: HttpRequest, public_id: UUID, entry_id: UUID) -> HttpResponse:
    """Keep a line on top, or let it go."""
    page = page_or_404(request, public_id)
    rows = TimelineEntry.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    entry = get_object_or_404(rows.select_related("organization"), public_id=entry_id)
    is_pinned = request.POST.get("pin") == "1"
    done = _("Pinned.") if is_pinned else _("Unpinned.")
    run(request, set_pinned, done=done, by=page.actor, entry=entry, is_pinned=is_pinned, now=page.now)
    return redirect(timeline_of(page))

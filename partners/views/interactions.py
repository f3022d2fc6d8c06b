"""Logging what happened in a minute, mending it, taking it back; pinning a line of the timeline."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.policies import staff_page
from common.errors import Conflict
from common.sent_once import once
from partners.forms.commitments import PromiseForm
from partners.forms.interactions import InteractionForm
from partners.models import Contact, Interaction, TimelineEntry
from partners.permissions import can_edit_interaction
from partners.selectors.page import OrganizationPage
from partners.services import commitments, interactions
from partners.services.pins import set_pinned
from partners.views.pages import attempt, back_url, frame, open_page_or_404, page_or_404, refreshed, require, run
from partners.work_permissions import can_arrange

MAX_PEOPLE = 60


def _page_with_right(request: HttpRequest, public_id: UUID) -> OrganizationPage:
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


def _timeline(page: OrganizationPage) -> str:
    return reverse("partners:organization_timeline", args=[page.row.public_id])


@staff_page
@once
def interaction_log(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The 60-second form."""
    page = _page_with_right(request, public_id)
    form = InteractionForm(request.POST or None, people=_people(page))
    promise = PromiseForm(request.POST or None, prefix="promise")
    if request.method == "POST" and form.is_valid() and promise.is_valid():
        made = _log(page, form, promise)
        if made is not None:
            undo = reverse("partners:interaction_archive", args=[public_id, made.public_id])
            messages.success(request, _("Logged: %(summary)s") % {"summary": made.summary}, extra_tags=f"undo:{undo}")
            return redirect(back_url(request, _timeline(page)))
    shown = {"promise": promise} if _may_promise(page) else {}
    context = frame(request, page, "timeline", form=form, **shown)
    return render(request, "partners/interaction_form.html", context, status=422 if _has_faults(form, promise) else 200)


def _may_promise(page: OrganizationPage) -> bool:
    return can_arrange(page.actor, page.organization, subject=page.subject)


def _has_faults(*forms: Any) -> bool:
    return any(form.errors for form in forms)


def _log(page: OrganizationPage, form: InteractionForm, promise: PromiseForm) -> Interaction | None:
    """Log it, and the promise that came up in it, both or neither; what is refused stands in its form."""
    shared: dict[str, Any] = {"by": page.actor, "organization": page.organization, "now": page.now}
    with transaction.atomic():
        made = attempt(form, interactions.log_interaction, values=form.values, contacts=form.people, **shared)
        values = promise.values if made is not None and _may_promise(page) else None
        if values is not None:
            owner = User.objects.get(pk=page.actor.user_id)
            attempt(promise, commitments.make, values={**values, "owner": owner}, source=made, **shared)
        if promise.errors:
            transaction.set_rollback(True)
    return None if promise.errors else made


@staff_page
def interaction_edit(request: HttpRequest, public_id: UUID, interaction_id: UUID) -> HttpResponse:
    """Mend what one has logged oneself."""
    page = _page_with_right(request, public_id)
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
            return redirect(_timeline(page))
    context = frame(request, page, "timeline", form=form, interaction=found)
    return render(request, "partners/interaction_form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def interaction_archive(request: HttpRequest, public_id: UUID, interaction_id: UUID) -> HttpResponse:
    """Take an interaction out of the story, with undo."""
    page = _page_with_right(request, public_id)
    found = _interaction_or_404(page, interaction_id)
    undo = reverse("partners:interaction_restore", args=[public_id, interaction_id])
    arguments: dict[str, Any] = {"by": page.actor, "interaction": found, "now": page.now}
    run(request, interactions.archive_interaction, done=_("Taken out of the timeline."), undo=undo, **arguments)
    return refreshed(request, _timeline(page))


@require_POST
@staff_page
def interaction_restore(request: HttpRequest, public_id: UUID, interaction_id: UUID) -> HttpResponse:
    """Bring an interaction back."""
    page = _page_with_right(request, public_id)
    found = _interaction_or_404(page, interaction_id)
    arguments: dict[str, Any] = {"by": page.actor, "interaction": found, "now": page.now}
    run(request, interactions.restore_interaction, done=_("It is back."), **arguments)
    return refreshed(request, _timeline(page))


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
    return redirect(_timeline(page))

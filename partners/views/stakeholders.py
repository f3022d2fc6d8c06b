"""People who count at an organization: what they mean to the relationship, and that they have left."""

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
from partners.forms.stakeholders import LeftForm, StakeholderForm
from partners.models import Contact, Stakeholder
from partners.selectors.gate_state import local_day
from partners.selectors.page import OrganizationPage
from partners.services import stakeholders
from partners.views.pages import attempt, frame, open_page_or_404, refreshed, require, run
from partners.work_permissions import can_arrange


def may_keep(page: OrganizationPage) -> bool:
    """Whether the reader of a page may say something of its people and its record."""
    return not page.is_archived and can_arrange(page.actor, page.organization, subject=page.subject)


def refuse_readers(page: OrganizationPage) -> None:
    """Raises PermissionDenied for those who open it and do not work here."""
    require(may_keep(page), _("This is kept by those who work on the organization in its present stage."))


def _tab(page: OrganizationPage) -> str:
    return reverse("partners:organization_record", args=[page.row.public_id]) + "#people"


def _people(page: OrganizationPage) -> Any:
    rows = Stakeholder.objects.all().visible_to(page.actor).filter(organization_id=page.row.pk)
    return rows.select_related("organization", "contact", "contact__organization", "reports_to")


@staff_page
def stakeholder_edit(request: HttpRequest, public_id: UUID, contact_id: UUID) -> HttpResponse:
    """Say what a contact means to the relationship."""
    page = open_page_or_404(request, public_id)
    refuse_readers(page)
    contacts = Contact.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    contact = get_object_or_404(contacts.select_related("organization"), public_id=contact_id)
    known = _people(page).filter(contact=contact).first()
    others = _people(page).exclude(contact=contact).filter(contact__archived_at__isnull=True, left_on__isnull=True)
    form = StakeholderForm(request.POST or None, others=others.order_by("contact__name_sort"), stakeholder=known)
    if request.method == "POST" and form.is_valid():
        sent = {"contact": contact, "values": form.values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, stakeholders.assess, by=page.actor, now=page.now, **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(_tab(page))
    left = LeftForm(initial={"left_on": local_day(page.organization, page.now)})
    context = frame(request, page, "record", form=form, contact=contact, known=known, left=left)
    return render(request, "partners/stakeholder_form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def stakeholder_left(request: HttpRequest, public_id: UUID, stakeholder_id: UUID) -> HttpResponse:
    """Somebody who counts is gone; their portal access is still to be ended by hand."""
    page = open_page_or_404(request, public_id)
    found, form = get_object_or_404(_people(page), public_id=stakeholder_id), LeftForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the day since which this person is gone."))
        return redirect(_tab(page))
    sent: dict[str, Any] = {**form.cleaned_data, "stakeholder": found, "by": page.actor, "now": page.now}
    undo = reverse("partners:stakeholder_back", args=[public_id, stakeholder_id])
    done = _("%(name)s is recorded as gone, and the owners are told.") % {"name": found.contact.name}
    if run(request, stakeholders.leave, done=done, undo=undo, **sent) and found.contact.user_id is not None:
        messages.warning(request, _("Portal access goes on until somebody ends it on the People tab."))
    return redirect(_tab(page))


@require_POST
@staff_page
def stakeholder_back(request: HttpRequest, public_id: UUID, stakeholder_id: UUID) -> HttpResponse:
    """Undo of the above."""
    page = open_page_or_404(request, public_id)
    found = get_object_or_404(_people(page), public_id=stakeholder_id)
    done = _("%(name)s is still there.") % {"name": found.contact.name}
    run(request, stakeholders.come_back, done=done, by=page.actor, stakeholder=found, now=page.now)
    return refreshed(request, _tab(page))

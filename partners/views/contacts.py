"""Contacts of an organization: add, edit, make primary, archive, invite to the portal."""

from collections.abc import Callable
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
from common.sent_once import once
from partners.forms.people import ContactForm
from partners.models import Contact
from partners.selectors.page import OrganizationPage
from partners.services import contacts
from partners.views.pages import attempt, frame, open_page_or_404, refreshed, require, run


def _contact_or_404(page: OrganizationPage, contact_id: UUID) -> Contact:
    rows = Contact.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    found: Contact = get_object_or_404(rows.select_related("organization"), public_id=contact_id)
    return found


def _page_with_right(request: HttpRequest, public_id: UUID) -> OrganizationPage:
    page = open_page_or_404(request, public_id)
    require(page.may_edit_contacts, _("You may open this organization but not change its contacts."))
    return page


def _back(page: OrganizationPage) -> str:
    return reverse("partners:organization_people", args=[page.row.public_id]) + "#contacts"


@staff_page
@once
def contact_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new person on their side; the first one becomes the primary contact."""
    page = _page_with_right(request, public_id)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        arguments: dict[str, Any] = {"organization": page.organization, "values": form.values}
        made = attempt(form, contacts.add_contact, by=page.actor, now=page.now, **arguments)
        if made is not None:
            messages.success(request, _("%(name)s is added.") % {"name": made.name})
            return redirect(_back(page))
    context = frame(request, page, "people", form=form)
    return render(request, "partners/contact_form.html", context, status=422 if form.errors else 200)


@staff_page
def contact_edit(request: HttpRequest, public_id: UUID, contact_id: UUID) -> HttpResponse:
    """Change a contact; somebody else's change in the meantime is shown and not overwritten."""
    page = _page_with_right(request, public_id)
    contact = _contact_or_404(page, contact_id)
    form = ContactForm(request.POST or None, instance=contact)
    status = 200
    if request.method == "POST" and form.is_valid():
        version, values = form.cleaned_data["version"] or 0, form.values
        contact = _contact_or_404(page, contact_id)
        use_case: Callable[..., Any] = contacts.edit_contact
        try:
            attempt(form, use_case, by=page.actor, contact=contact, values=values, version=version, now=page.now)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(_back(page))
        status = 422
    context = frame(request, page, "people", form=form, contact=contact)
    return render(request, "partners/contact_form.html", context, status=status)


@require_POST
@staff_page
def contact_primary(request: HttpRequest, public_id: UUID, contact_id: UUID) -> HttpResponse:
    """Make a contact the one we call first."""
    page = _page_with_right(request, public_id)
    contact = _contact_or_404(page, contact_id)
    done = _("%(name)s is the primary contact now.") % {"name": contact.name}
    run(request, contacts.make_primary, done=done, by=page.actor, contact=contact, now=page.now)
    return redirect(_back(page))


@require_POST
@staff_page
def contact_archive(request: HttpRequest, public_id: UUID, contact_id: UUID) -> HttpResponse:
    """Take a contact out of the lists and end portal access, with undo."""
    page = _page_with_right(request, public_id)
    contact = _contact_or_404(page, contact_id)
    done = _("%(name)s is archived.") % {"name": contact.name}
    undo = reverse("partners:contact_restore", args=[public_id, contact_id])
    run(request, contacts.archive_contact, done=done, undo=undo, by=page.actor, contact=contact, now=page.now)
    return redirect(_back(page))


@require_POST
@staff_page
def contact_restore(request: HttpRequest, public_id: UUID, contact_id: UUID) -> HttpResponse:
    """Bring a contact back."""
    page = _page_with_right(request, public_id)
    contact = _contact_or_404(page, contact_id)
    done = _("%(name)s is back.") % {"name": contact.name}
    run(request, contacts.restore_contact, done=done, by=page.actor, contact=contact, now=page.now)
    return refreshed(request, _back(page))


@require_POST
@staff_page
@once
def contact_invite(request: HttpRequest, public_id: UUID, contact_id: UUID) -> HttpResponse:
    """Send a contact a link to the portal."""
    page = open_page_or_404(request, public_id)
    contact = _contact_or_404(page, contact_id)
    done = _("%(name)s is invited to the portal.") % {"name": contact.name}
    run(request, contacts.invite_to_portal, done=done, by=page.actor, contact=contact, now=page.now)
    return redirect(_back(page))


@require_POST
@staff_page
def contact_portal_end(request: HttpRequest, public_id: UUID, contact_id: UUID) -> HttpResponse:
    """End a contact's access to the portal."""
    page = open_page_or_404(request, public_id)
    contact = _contact_or_404(page, contact_id)
    done = _("%(name)s can no longer open the portal.") % {"name": contact.name}
    run(request, contacts.end_portal_access, done=done, by=page.actor, contact=contact, now=page.now)
    return redirect(_back(page))

"""Owners and participants of one organization: assign, end, make primary. The last owner of a role asks first."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.labels import role_label
from accounts.policies import staff_page
from common.errors import DomainError
from common.sent_once import once
from partners.forms.people import AssignForm, EndAssignmentForm
from partners.models import Assignment
from partners.selectors.page import OrganizationPage
from partners.services import assignments
from partners.views.pages import attempt, frame, open_page_or_404, require, run


def _page_with_right(request: HttpRequest, public_id: UUID) -> OrganizationPage:
    page = open_page_or_404(request, public_id)
    require(page.may_assign, _("You may not assign owners here: its PAM or an administrator does."))
    return page


def _assignment_or_404(page: OrganizationPage, assignment_id: UUID) -> Assignment:
    rows = Assignment.objects.visible_to(page.actor).active().filter(organization_id=page.row.pk)
    found: Assignment = get_object_or_404(rows.select_related("user", "organization"), public_id=assignment_id)
    return found


def _back(page: OrganizationPage) -> str:
    return reverse("partners:organization_people", args=[page.row.public_id]) + "#owners"


@staff_page
@once
def assignment_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Assign a colleague in a role."""
    page = _page_with_right(request, public_id)
    initial = {"role": request.GET.get("role", "")}
    form = AssignForm(request.POST or None, actor=page.actor, kinds=(page.row.kind,), initial=initial)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {**form.cleaned_data, "is_primary": form.cleaned_data["is_primary"] or None}
        use_case = assignments.assign_owner
        made = attempt(form, use_case, by=page.actor, organization=page.organization, now=page.now, **sent)
        if made is not None:
            words = {"name": sent["user"].name, "role": role_label(sent["role"])}
            messages.success(request, _("%(name)s is assigned as %(role)s.") % words)
            return redirect(_back(page))
    context = frame(request, page, "people", form=form)
    return render(request, "partners/assignment_form.html", context, status=422 if form.errors else 200)


@staff_page
def assignment_end(request: HttpRequest, public_id: UUID, assignment_id: UUID) -> HttpResponse:
    """End an assignment; where it is the last of its role, the page asks once more."""
    page = _page_with_right(request, public_id)
    assignment = _assignment_or_404(page, assignment_id)
    form = EndAssignmentForm(request.POST or None)
    is_last = False
    if request.method == "POST" and form.is_valid():
        try:
            assignments.end_assignment(by=page.actor, assignment=assignment, now=page.now, **form.cleaned_data)
        except DomainError as error:
            is_last = error.code == "last_owner"
            form.add_error(None, error.message)
        else:
            words = {"name": assignment.user.name, "role": role_label(assignment.role)}
            messages.success(request, _("%(name)s is no longer %(role)s here.") % words)
            return redirect(_back(page))
    more = {"form": form, "assignment": assignment, "role": role_label(assignment.role), "is_last": is_last}
    context = frame(request, page, "people", **more)
    return render(request, "partners/assignment_end.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def assignment_primary(request: HttpRequest, public_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Make an owner the primary one of the role."""
    page = _page_with_right(request, public_id)
    assignment = _assignment_or_404(page, assignment_id)
    words = {"name": assignment.user.name, "role": role_label(assignment.role)}
    done = _("%(name)s is the primary %(role)s now.") % words
    run(request, assignments.make_primary, done=done, by=page.actor, assignment=assignment, now=page.now)
    return redirect(_back(page))

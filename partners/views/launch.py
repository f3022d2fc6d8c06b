"""The target launch, changed in place from the list or the page, with undo."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import staff_page
from common.errors import Conflict
from common.templatetags.format import Clock
from partners.columns import CellContext, Marks, launch_cell
from partners.forms.organizations import LaunchForm
from partners.selectors.page import OrganizationPage
from partners.services.organizations import edit_organization
from partners.views.pages import (
    attempt,
    back_url,
    frame,
    is_fragment,
    open_page_or_404,
    page_or_404,
    refreshed,
    require,
    run,
    toast,
)

_SIGNER = signing.Signer(salt="partners.launch.undo")


@staff_page
def organization_launch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The date with its form: a cell of the list for htmx, a page of its own without."""
    page = open_page_or_404(request, public_id)
    require(page.may_edit, _("You may open this organization but not edit it."))
    before, version = page.row.target_launch_on, page.organization.version
    if "cancel" in request.GET:
        return _cell(page)
    initial, ids = {"target_launch_on": before, "version": version}, f"launch-{public_id}-%s"
    form = LaunchForm(request.POST or None, initial=initial, auto_id=ids)
    if request.method == "POST" and form.is_valid() and _change(form, page):
        undo = _undo_url(page, before, form.cleaned_data["target_launch_on"])
        if is_fragment(request):
            return toast(_cell(page_or_404(request, public_id)), _("Saved."), undo=undo)
        messages.success(request, _("Saved."), extra_tags=f"undo:{undo}")
        return redirect(back_url(request, reverse("partners:organization", args=[public_id])))
    name = "partners/_launch_form.html" if is_fragment(request) else "partners/organization_launch.html"
    context = frame(request, page, "overview", form=form)
    return render(request, name, context, status=422 if form.errors else 200)


def _change(form: LaunchForm, page: OrganizationPage) -> Any:
    try:
        return attempt(
            form,
            edit_organization,
            by=page.actor,
            organization=page.organization,
            values={"target_launch_on": form.cleaned_data["target_launch_on"]},
            version=form.cleaned_data["version"],
            now=page.now,
        )
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return None


def _cell(page: OrganizationPage) -> HttpResponse:
    return HttpResponse(launch_cell(page.row, CellContext(clock=Clock(page.now), marks=Marks())))


def _undo_url(page: OrganizationPage, before: date | None, after: date | None) -> str:
    token = _SIGNER.sign_object([page.row.public_id, str(before or ""), str(after or "")])
    return reverse("partners:organization_launch_undo", args=[page.row.public_id, token])


@require_POST
@staff_page
def organization_launch_undo(request: HttpRequest, public_id: UUID, token: str) -> HttpResponse:
    """Bring the date back that was there before, unless somebody has changed it since."""
    page = open_page_or_404(request, public_id)
    try:
        marked, before, after = _SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError):
        marked, before, after = "", "", ""
    is_as_left = marked == page.row.public_id and str(page.row.target_launch_on or "") == after
    if is_as_left:
        values = {"target_launch_on": parse_date(before) if before else None}
        arguments: dict[str, Any] = {"by": page.actor, "organization": page.organization, "values": values}
        version = page.organization.version
        run(request, edit_organization, done=_("Undone."), version=version, now=page.now, **arguments)
    else:
        messages.warning(request, _("It has been changed since; nothing was undone."))
    return refreshed(request, reverse("partners:organization", args=[public_id]))

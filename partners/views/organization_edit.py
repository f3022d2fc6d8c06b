"""Making, editing and archiving organizations; two people at one form lose nothing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, capability_required, staff_page
from accounts.rules.access import FieldClass
from common.errors import Conflict, DomainError
from common.sent_once import once
from partners.forms.conflicts import Conflicts
from partners.forms.organizations import ArchiveForm, FirstOwnerForm, OrganizationForm, kinds_to_create
from partners.models import Organization
from partners.services import assignments, organizations
from partners.views.pages import attempt, frame, open_page_or_404, require, run


@capability_required("create_partner", "create_customer")
@once
def organization_create(request: HttpRequest) -> HttpResponse:
    """Add a partner or a customer account and name who carries it."""
    actor = actor_of(request)
    kinds = kinds_to_create(actor)
    kind = request.GET.get("kind", "")
    if kind not in kinds:
        if kind or len(kinds) != 1:
            require(not kind, _("Your roles do not include adding organizations of this kind."))
        kind = kinds[0]
    form = OrganizationForm(
        request.POST or None,
        actor=actor,
        kind=kind,
        shows_commercial=actor.may_read(FieldClass.COMMERCIAL),
        instance=Organization(kind=kind, timezone=str(timezone.get_current_timezone())),
    )
    owner_form = FirstOwnerForm(request.POST or None, actor=actor, kind=kind, prefix="first")
    if request.method == "POST" and form.is_valid() and owner_form.is_valid():
        made = _create(request, kind, form, owner_form)
        if made is not None:
            return redirect("partners:organization", made.public_id)
    context = {"form": form, "owner_form": owner_form, "kind": kind, "kinds": kinds}
    return render(request, "partners/organization_create.html", context, status=422 if form.is_bound else 200)


def _create(request: HttpRequest, kind: str, form: OrganizationForm, owner_form: FirstOwnerForm) -> Organization | None:
    """The organization with its first owner, or nothing at all."""
    actor, now, owner = actor_of(request), timezone.now(), owner_form.cleaned_data["owner"]
    with transaction.atomic():
        made: Organization | None = attempt(
            form, organizations.create_organization, by=actor, kind=kind, values=form.values, now=now
        )
        if made is None or owner is None:
            return made
        see_all = bool(actor.active_roles & actor.policy.see_all)
        name_owner: Any = assignments.assign_owner if see_all else assignments.name_first_owner
        try:
            with transaction.atomic():
                name_owner(by=actor, organization=made, user=owner, role=owner_form.role, now=now)
        except DomainError as error:
            owner_form.add_error("owner", error.message)
            transaction.set_rollback(True)
            return None
    return made


@staff_page
def organization_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Edit the facts of an organization. Whoever was slower sees both versions and settles field by field."""
    page = open_page_or_404(request, public_id)
    require(page.may_edit, _("You may open this organization but not edit it."))
    organization = page.organization
    form = OrganizationForm(
        request.POST or None,
        actor=page.actor,
        kind=organization.kind,
        shows_commercial=page.shows_commercial,
        instance=organization,
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, public_id, form, organization)
        except Conflict as conflict:
            conflicts = Conflicts.of(form, conflict)
            context = frame(request, page, "overview", conflicts=conflicts, form=form, version=conflict.version)
            return render(request, "partners/organization_conflict.html", context, status=409)
    context = frame(request, page, "overview", form=form, version=request.POST.get("version", organization.version))
    return render(request, "partners/organization_edit.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, public_id: UUID, form: OrganizationForm, organization: Organization) -> HttpResponse:
    sent = request.POST.get("version", "")
    values = Conflicts.settled(form.values, request.POST)
    try:
        saved = organizations.edit_organization(
            by=actor_of(request),
            organization=organization,
            values=values,
            version=int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0,
            now=timezone.now(),
        )
    except Conflict:
        raise
    except DomainError as error:
        if error.status == 403:
            raise PermissionDenied(error.message) from error
        messages.error(request, error.message)
        return redirect("partners:organization_edit", public_id)
    messages.success(request, _("Saved.") if saved.version != organization.version else _("Nothing was different."))
    return redirect("partners:organization", public_id)


@capability_required("delete_organization")
def organization_archive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take it out of all lists, with a reason; undo brings it back."""
    page = open_page_or_404(request, public_id)
    form = ArchiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        use_case, reason = organizations.archive_organization, form.cleaned_data["reason"]
        attempt(form, use_case, by=page.actor, organization=page.organization, reason=reason, now=page.now)
        if not form.errors:
            undo = reverse("partners:organization_restore", args=[public_id])
            messages.success(request, _("%(name)s is archived.") % {"name": page.row.name}, extra_tags=f"undo:{undo}")
            return redirect("partners:organization_list")
    context = frame(request, page, "overview", form=form)
    return render(request, "partners/organization_archive.html", context, status=422 if form.errors else 200)


@require_POST
@capability_required("delete_organization")
def organization_restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Bring an archived organization back."""
    page = open_page_or_404(request, public_id)
    done = _("%(name)s is back.") % {"name": page.row.name}
    run(
        request,
        organizations.restore_organization,
        done=done,
        by=page.actor,
        organization=page.organization,
        now=page.now,
    )
    return redirect("partners:organization", public_id)

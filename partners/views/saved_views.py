"""Saved views of the organization list: keep, change, share, make the usual one, delete."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.saved_views import SavedViewForm
from accounts.models import SavedView
from accounts.policies import actor_of, staff_page
from accounts.rules.access import Actor
from accounts.services import saved_views
from common import composed
from common.listing import ListQuery
from common.sent_once import once
from partners import lists
from partners.views.pages import attempt, run

PAGE = "organizations"


@dataclass(frozen=True, kw_only=True)
class KeptView:
    """A saved view as the list shows it."""

    public_id: UUID
    name: str
    query: str
    is_shared: bool
    is_default: bool
    user_id: int
    owner_name: str


def kept_views(actor: Actor) -> list[KeptView]:
    """The reader's own views and those that colleagues share, by name."""
    names = [field.name for field in fields(KeptView)]
    return [KeptView(**dict(zip(names, row, strict=True))) for row in composed.fetch(_kept, actor)]


def _kept(actor: Actor) -> "QuerySet[Any, Any]":
    found = SavedView.objects.visible_to(actor).filter(page=PAGE)
    return found.values_list("public_id", "name", "query", "is_shared", "is_default", "user_id", "user__name")


def chosen_view(views: Iterable[KeptView], query: ListQuery, user_id: int | None) -> KeptView | None:
    """The view that the address names, or the reader's usual one where the address says nothing at all."""
    if named := query.get(lists.VIEW):
        return next((view for view in views if str(view.public_id) == named), None)
    if query.pairs:
        return None
    return next((view for view in views if view.is_default and view.user_id == user_id), None)


def view_url(view: SavedView | KeptView) -> str:
    """The list as the view has it, with all of it in the address."""
    query = ListQuery.parse(view.query, lists.STATE_KEYS)
    return ListQuery((*query.pairs, (lists.VIEW, str(view.public_id)))).on(reverse("partners:organization_list"))


def _view_or_404(request: HttpRequest, public_id: UUID) -> SavedView:
    found: SavedView = get_object_or_404(
        SavedView.objects.visible_to(actor_of(request)).filter(page=PAGE), public_id=public_id
    )
    return found


@staff_page
@once
def view_new(request: HttpRequest) -> HttpResponse:
    """Keep the list of the address under a name."""
    sent = request.POST or request.GET
    query = ListQuery.parse(sent.get("query", ""), lists.STATE_KEYS)
    form = SavedViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        view = attempt(
            form,
            saved_views.save_view,
            by=actor_of(request),
            page=PAGE,
            query=query.encode(),
            now=timezone.now(),
            **form.cleaned_data,
        )
        if view is not None:
            messages.success(request, _("Kept as “%(name)s”.") % {"name": view.name})
            return redirect(view_url(view))
    return _form_page(request, form, query=query.encode())


@staff_page
def view_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Rename, share, make usual; or delete."""
    view = _view_or_404(request, public_id)
    initial = {"name": view.name, "is_shared": view.is_shared, "is_default": view.is_default}
    form = SavedViewForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if attempt(form, saved_views.change_view, by=actor_of(request), view=view, now=now, **form.cleaned_data):
            messages.success(request, _("Saved."))
            return redirect(view_url(view))
    return _form_page(request, form, view=view)


@require_POST
@staff_page
def view_update(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a view be what the list shows now."""
    view = _view_or_404(request, public_id)
    query = ListQuery.parse(request.POST.get("query", ""), lists.STATE_KEYS).encode()
    done = _("“%(name)s” is now this list.") % {"name": view.name}
    run(request, saved_views.change_view, done=done, by=actor_of(request), view=view, query=query, now=timezone.now())
    return redirect(view_url(_view_or_404(request, public_id)))


@require_POST
@staff_page
def view_delete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Forget a view."""
    view = _view_or_404(request, public_id)
    done = _("“%(name)s” is deleted.") % {"name": view.name}
    run(request, saved_views.delete_view, done=done, by=actor_of(request), view=view, now=timezone.now())
    return redirect(lists.EVERYTHING.on(reverse("partners:organization_list")))


def _form_page(request: HttpRequest, form: SavedViewForm, **more: Any) -> HttpResponse:
    context = {"form": form, "back_url": reverse("partners:organization_list"), **more}
    return render(request, "partners/saved_view_form.html", context, status=422 if form.errors else 200)

"""Saved views of lists: keep, change, share, make the usual one, delete. Each list remembers what its page names."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
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
from partners import lists, task_list
from partners.views.pages import attempt, back_url, run

ORGANIZATIONS, TASKS, ORGANIZATION_TASKS = "organizations", "tasks", "organization_tasks"


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """A list that is kept under names: what a view of it remembers, where it is, how its addresses begin.

    The tasks of an organization have a page at each organization: who keeps a view there says where to go back to.
    """

    keys: tuple[str, ...]
    url_name: str
    prefix: str = ""
    namespace: str = "partners"

    @property
    def path(self) -> str:
        return reverse(f"{self.namespace}:{self.url_name}")

    def url(self, action: str, *args: Any) -> str:
        return reverse(f"{self.namespace}:{self.prefix}view_{action}", args=args)


# The floors above add the lists of theirs.
PAGES: dict[str, ListPage] = {
    ORGANIZATIONS: ListPage(keys=lists.STATE_KEYS, url_name="organization_list"),
    TASKS: ListPage(keys=task_list.STATE_KEYS, url_name="tasks", prefix="task_"),
    ORGANIZATION_TASKS: ListPage(keys=task_list.STATE_KEYS, url_name="tasks", prefix="organization_task_"),
}


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


@dataclass(frozen=True, kw_only=True)
class OpenedList:
    """A list as the address and the reader's views say: `query` holds what the view asks for."""

    page: ListPage
    query: ListQuery
    views: list[KeptView]
    view: KeptView | None

    def context(self, shown: ListQuery, *, path: str, user_id: int | None) -> dict[str, Any]:
        """What `_view_tabs.html` and `_view_menu.html` read. `shown` is the query as the list on `path` took it."""
        state = ListQuery(tuple(pair for pair in shown.pairs if pair[0] in self.page.keys))
        view, back = self.view, urlencode({"next": path})
        own = view is not None and view.user_id == user_id
        return {
            "view": view,
            "is_own_view": own,
            "is_changed": own and view is not None and ListQuery.parse(view.query, self.page.keys) != state,
            "view_tabs": [(one, view_url(self.page, one, path), one == view) for one in self.views],
            "all_url": lists.EVERYTHING.on(path),
            "query_text": state.encode(),
            "view_new_url": f"{self.page.url('new')}?{back}&{urlencode({'query': state.encode()})}",
            "view_edit_url": f"{self.page.url('edit', view.public_id)}?{back}" if view and own else "",
            "view_update_url": f"{self.page.url('update', view.public_id)}?{back}" if view and own else "",
        }


def opened(request: HttpRequest, name: str, *, keys: Iterable[str]) -> OpenedList:
    """The list `name` that the address asks for, or the reader's usual view of it. One statement."""
    actor, page = actor_of(request), PAGES[name]
    views, query = kept_views(actor, name), ListQuery.of(request.GET, keys)
    view = chosen_view(views, query, actor.user_id)
    if view is not None and not any(key in page.keys for key, _value in query.pairs):
        query = ListQuery((*ListQuery.parse(view.query, page.keys).pairs, *query.pairs))
    return OpenedList(page=page, query=query, views=views, view=view)


def kept_views(actor: Actor, name: str = ORGANIZATIONS) -> list[KeptView]:
    """The reader's own views of a list and those that colleagues share, by name."""
    names = [field.name for field in fields(KeptView)]
    return [KeptView(**dict(zip(names, row, strict=True))) for row in composed.fetch(_kept, actor, name)]


def _kept(actor: Actor, name: str) -> "QuerySet[Any, Any]":
    found = SavedView.objects.visible_to(actor).filter(page=name)
    return found.values_list("public_id", "name", "query", "is_shared", "is_default", "user_id", "user__name")


def chosen_view(views: Iterable[KeptView], query: ListQuery, user_id: int | None) -> KeptView | None:
    """The view that the address names, or the reader's usual one where the address says nothing at all."""
    if named := query.get(lists.VIEW):
        return next((view for view in views if str(view.public_id) == named), None)
    if query.pairs:
        return None
    return next((view for view in views if view.is_default and view.user_id == user_id), None)


def view_url(page: ListPage, view: SavedView | KeptView, path: str) -> str:
    """The list on `path` as the view has it, with all of it in the address."""
    query = ListQuery.parse(view.query, page.keys)
    return ListQuery((*query.pairs, (lists.VIEW, str(view.public_id)))).on(path)


def _path(request: HttpRequest, page: ListPage) -> str:
    """The list that one came from, on its first page and without its filters."""
    return back_url(request, page.path).partition("?")[0]


def _view_or_404(request: HttpRequest, public_id: UUID, name: str) -> SavedView:
    found: SavedView = get_object_or_404(
        SavedView.objects.visible_to(actor_of(request)).filter(page=name), public_id=public_id
    )
    return found


@staff_page
@once
def view_new(request: HttpRequest, page: str) -> HttpResponse:
    """Keep the list of the address under a name."""
    sent, kept = request.POST or request.GET, PAGES[page]
    query = ListQuery.parse(sent.get("query", ""), kept.keys)
    form = SavedViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        view = attempt(
            form,
            saved_views.save_view,
            by=actor_of(request),
            page=page,
            query=query.encode(),
            now=timezone.now(),
            **form.cleaned_data,
        )
        if view is not None:
            messages.success(request, _("Kept as “%(name)s”.") % {"name": view.name})
            return redirect(view_url(kept, view, _path(request, kept)))
    return _form_page(request, form, kept, query=query.encode())


@staff_page
def view_edit(request: HttpRequest, page: str, public_id: UUID) -> HttpResponse:
    """Rename, share, make usual; or delete."""
    view, kept = _view_or_404(request, public_id, page), PAGES[page]
    initial = {"name": view.name, "is_shared": view.is_shared, "is_default": view.is_default}
    form = SavedViewForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if attempt(form, saved_views.change_view, by=actor_of(request), view=view, now=now, **form.cleaned_data):
            messages.success(request, _("Saved."))
            return redirect(view_url(kept, view, _path(request, kept)))
    delete = f"{kept.url('delete', public_id)}?{urlencode({'next': _path(request, kept)})}"
    return _form_page(request, form, kept, view=view, delete_url=delete)


@require_POST
@staff_page
def view_update(request: HttpRequest, page: str, public_id: UUID) -> HttpResponse:
    """Let a view be what the list shows now."""
    view, kept = _view_or_404(request, public_id, page), PAGES[page]
    query = ListQuery.parse(request.POST.get("query", ""), kept.keys).encode()
    done = _("“%(name)s” is now this list.") % {"name": view.name}
    run(request, saved_views.change_view, done=done, by=actor_of(request), view=view, query=query, now=timezone.now())
    return redirect(view_url(kept, _view_or_404(request, public_id, page), _path(request, kept)))


@require_POST
@staff_page
def view_delete(request: HttpRequest, page: str, public_id: UUID) -> HttpResponse:
    """Forget a view."""
    view, kept = _view_or_404(request, public_id, page), PAGES[page]
    done = _("“%(name)s” is deleted.") % {"name": view.name}
    run(request, saved_views.delete_view, done=done, by=actor_of(request), view=view, now=timezone.now())
    return redirect(lists.EVERYTHING.on(_path(request, kept)))


def _form_page(request: HttpRequest, form: SavedViewForm, page: ListPage, **more: Any) -> HttpResponse:
    context = {"form": form, "back_url": _path(request, page), **more}
    return render(request, "partners/saved_view_form.html", context, status=422 if form.errors else 200)


def view_urls(name: str) -> list[URLPattern]:
    """The addresses of the saved views of one list."""
    prefix, own = PAGES[name].prefix, {"page": name}
    return [
        path("new/", view_new, own, name=f"{prefix}view_new"),
        path("<uuid:public_id>/", view_edit, own, name=f"{prefix}view_edit"),
        path("<uuid:public_id>/update/", view_update, own, name=f"{prefix}view_update"),
        path("<uuid:public_id>/delete/", view_delete, own, name=f"{prefix}view_delete"),
    ]

"""Lists of tasks: own ones, a team's, all that one sees; as a list, as a board, as a file, many at once."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from common.errors import DomainError, NotAllowed
from common.export import MAX_ROWS
from common.listing import ListQuery, hidden_pairs
from partners import task_list
from partners.forms.tasks import BulkTaskForm
from partners.lists import ALL as PLAIN
from partners.lists import EVERYTHING, VIEW
from partners.models import Task
from partners.selectors.task_rows import FIELDS, task_rows
from partners.services import task_bulk
from partners.services.exports import export_list
from partners.task_cells import task_lines
from partners.views.pages import back_url, refreshed, run
from partners.views.saved_views import TASKS, OpenedList, opened

_UNDO = "task_undo"


def _context(shown: task_list.TaskList) -> dict[str, Any]:
    state = ListQuery(tuple(pair for pair in shown.query.pairs if pair[0] in task_list.STATE_KEYS))
    return {
        "shown": shown,
        "filters": shown.filters(),
        "whose": shown.whose_choices(),
        "narrowed_to": shown.organization_name(),
        "everywhere_url": state.without(task_list.ORGANIZATION).on(shown.path),
        "clear_url": EVERYTHING.on(shown.path),
        "hidden": hidden_pairs(state),
    }


def around_list(shown: task_list.TaskList, asked: OpenedList) -> dict[str, Any]:
    """The filters and the saved views of a list of tasks, and what its export takes along."""
    views = asked.context(shown.query, path=shown.path, user_id=shown.actor.user_id)
    return {**_context(shown), **views, "file_text": shown.as_file, "may_export": shown.actor.has("export_data")}


def list_context(shown: task_list.TaskList, asked: OpenedList) -> dict[str, Any]:
    """The same with the table of the tasks and the form that changes many."""
    lines = shown.lines()
    return {
        **around_list(shown, asked),
        "rows": task_lines(lines, with_check=True, with_organization=shown.place is None),
        "has_rows": bool(lines),
        "bulk": BulkTaskForm(actor=shown.actor, auto_id="bulk-%s"),
    }


@require_safe
@staff_page
def tasks(request: HttpRequest) -> HttpResponse:
    """My tasks: what is to be done, first what is due first."""
    asked = opened(request, TASKS, keys=task_list.KEYS)
    path, now = reverse("partners:tasks"), timezone.now()
    shown = task_list.open_tasks(actor_of(request), asked.query, path=path, now=now)
    board = shown.query.without(task_list.STATE, task_list.GROUP, task_list.SORT, VIEW, PLAIN)
    context = list_context(shown, asked) | {"board_url": board.on(reverse("partners:task_board"))}
    return render(request, "partners/task_list.html", context)


@require_safe
@staff_page
def task_board(request: HttpRequest) -> HttpResponse:
    """The same tasks as cards, a column for each state."""
    query = ListQuery.of(request.GET, task_list.KEYS)
    query = query.without(task_list.STATE, task_list.GROUP, task_list.SORT, VIEW, PLAIN)
    shown = task_list.open_tasks(actor_of(request), query, path=reverse("partners:task_board"), now=timezone.now())
    list_path = reverse("partners:tasks")
    columns = shown.columns(list_path)
    context = _context(shown) | {
        "filters": shown.filters(with_state=False),
        "columns": columns,
        "has_rows": any(column.rows for column in columns),
        "clear_url": shown.path,
        "list_url": (query if query.pairs else EVERYTHING).on(list_path),
    }
    return render(request, "partners/task_board.html", context)


@require_POST
@capability_required("export_data")
def task_export(request: HttpRequest) -> HttpResponse:
    """What the list shows, whole, as CSV; who took what is recorded."""
    actor, now = actor_of(request), timezone.now()
    query = ListQuery.parse(request.POST.get("query", ""), task_list.STATE_KEYS)
    shown = task_list.open_tasks(actor, query, path="", now=now)
    found = shown.rows.order_by(*shown.order.ordering())[: MAX_ROWS + 1].values(*FIELDS)
    rows = task_rows(found.iterator(chunk_size=1_000), actor=actor, now=now)
    columns = task_list.export_columns()
    try:
        file = export_list(by=actor, what="tasks", columns=columns, rows=rows, query=query.encode(), now=now)
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    return file.response()


@require_POST
@staff_page
def task_bulk_edit(request: HttpRequest) -> HttpResponse:
    """Change the ticked tasks; those that refuse are listed with their reasons."""
    actor, now, back = actor_of(request), timezone.now(), back_url(request, reverse("partners:tasks"))
    found, form = _chosen(request), BulkTaskForm(request.POST, actor=actor)
    if not found or not form.is_valid():
        refusal = next((str(error) for errors in form.errors.values() for error in errors), "")
        messages.error(request, refusal or _("Tick some tasks first."))
        return redirect(back)
    changes: dict[str, Any] = {"values": form.values, "state": form.cleaned_data["state"]}
    try:
        result = task_bulk.edit_many(by=actor, found=found, now=now, **changes)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(back)
    undo = _remember(request, result)
    if not result.refusals:
        text = ngettext("%(count)s task is changed.", "%(count)s tasks are changed.", len(result.changed))
        messages.success(request, text % {"count": len(result.changed)}, extra_tags=f"undo:{undo}" if undo else "")
        return redirect(back)
    return render(request, "partners/task_bulk.html", {"result": result, "undo_url": undo, "back": back})


def _chosen(request: HttpRequest) -> list[Task]:
    """The ticked tasks that the reader sees; ids of others are passed over as if they did not exist."""
    wanted = []
    for text in request.POST.getlist("chosen")[: task_bulk.MAX_ROWS]:
        try:
            wanted.append(UUID(text))
        except ValueError:
            continue
    return list(
        Task.objects.visible_to(actor_of(request)).current().filter(public_id__in=wanted).select_related("organization")
    )


def _remember(request: HttpRequest, result: task_bulk.BulkEdit) -> str:
    """Keep what the last bulk edit changed with the session; the address that takes it back, if there is anything."""
    if not result.changed:
        return ""
    token = uuid4().hex
    rows = [[row.task_id, row.version, dict(row.before)] for row in result.changed]
    request.session[_UNDO] = {"token": token, "rows": rows}
    return reverse("partners:task_bulk_undo", args=[token])


@require_POST
@staff_page
def task_bulk_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Take the last bulk edit back, where nobody has touched the tasks since."""
    back, kept = reverse("partners:tasks"), request.session.get(_UNDO) or {}
    if kept.get("token") != token:
        messages.error(request, _("This can no longer be undone."))
        return refreshed(request, back)
    del request.session[_UNDO]
    rows = [task_bulk.Changed(task_id=pk, version=version, before=before) for pk, version, before in kept["rows"]]
    arguments: dict[str, Any] = {"by": actor_of(request), "rows": rows, "now": timezone.now()}
    run(request, task_bulk.undo_many, done=_("Undone."), **arguments)
    return refreshed(request, back)

"""Lists of tasks: own ones, a team's, all that one sees; as a list, as a board, as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.rules.access import Actor
from accounts.views.list_files import list_file
from common.listing import ListQuery, hidden_pairs
from partners import task_list
from partners.forms.tasks import BulkTaskForm
from partners.lists import ALL as PLAIN
from partners.lists import EVERYTHING, VIEW
from partners.task_cells import task_lines
from partners.views.saved_views import TASKS, OpenedList, opened


def _context(shown: task_list.TaskList) -> dict[str, Any]:
    state = ListQuery(tuple(pair for pair in shown.query.pairs if pair[0] in task_list.STATE_KEYS))
    return {
        "shown": shown,
        "filters": shown.filters(),
        "whose": shown.whose_choices(),
        "narrowed_to": shown.organization_name(),
        "everywhere_url": state.without(task_list.ORGANIZATION).on(shown.path),
        "clear_url": EVERYTHING.on(shown.path),
        "hidden": hidden_pairs(state, task_list.TEXT),
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
        "bulk_bar": bulk_bar(shown.actor),
    }


_bars: dict[str, SafeString] = {}


def bulk_bar(actor: Actor) -> SafeString:
    """The form under a list of tasks, empty as each list begins: the same for everybody, drawn once in a language."""
    language = get_language() or "en"
    if language not in _bars:
        form = BulkTaskForm(actor=actor, auto_id="bulk-%s")
        _bars[language] = render_to_string("partners/_task_bulk_bar.html", {"bulk": form})
    return _bars[language]


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
    return list_file(request, "tasks", query=request.POST.get("query", ""))

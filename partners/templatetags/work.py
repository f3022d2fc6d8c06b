"""Tasks, the filters of their lists, and decided gates in templates, drawn as in lists."""

from collections.abc import Iterable

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from common.markup import escaped, markup
from common.templatetags.ui import icon, icon_mark
from partners.journey_cells import decision_of
from partners.selectors.gate_history import GateSummary
from partners.selectors.task_rows import TaskRow
from partners.task_cells import marks_of
from partners.task_cells import task_items as drawn_items
from partners.task_list import Filter

register = template.Library()


@register.simple_tag
def task_marks(row: TaskRow) -> SafeString:
    """What is special about a task: overdue, blocked and by what, for the gate, in the portal."""
    return marks_of(row)


@register.simple_tag(takes_context=True)
def task_items(context: Context, rows: Iterable[TaskRow], with_check: bool = False) -> SafeString:
    """The items of a list of tasks, each with the button that marks it done."""
    token = markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', context["csrf_token"])
    return drawn_items(rows, token=token, back=context["request"].get_full_path(), with_check=with_check)


@register.simple_tag
def filter_menus(filters: Iterable[Filter]) -> SafeString:
    """The filters of a list as menus of links, which open without scripts."""
    down, check = icon_mark("chevron-down"), icon("check")
    active = f' aria-current="true">{check}'
    parts = []
    for one in filters:
        links = "".join(
            [
                f'<a class="menu-item" href="{escaped(choice.url)}"{active if choice.is_active else ">"}'
                f"<span>{escaped(choice.label)}</span></a>"
                for choice in one.choices
            ]
        )
        parts.append(
            f'<details class="menu menu-start"><summary class="btn btn-sm">{escaped(one.label)}: '
            f"<strong>{escaped(one.chosen)}</strong>{down}</summary>"
            f'<div class="menu-list">{links}</div></details>'
        )
    return SafeString(" ".join(parts))


@register.simple_tag
def gate_decision(gate: GateSummary) -> SafeString:
    """How a gate was decided, by whom and why, and what was let pass."""
    return decision_of(gate)

"""Marks of tasks in templates, drawn as in lists."""

from django import template
from django.utils.safestring import SafeString

from partners.selectors.task_rows import TaskRow
from partners.task_cells import marks_of

register = template.Library()


@register.simple_tag
def task_marks(row: TaskRow) -> SafeString:
    """What is special about a task: overdue, blocked and by what, for the gate, in the portal."""
    return marks_of(row)

"""What lists and boards show of an organization's tasks, kept up beside its row; one statement for any number."""

from collections.abc import Iterable

from django.db import connection

# Of the present stage, without what was skipped. What an earlier stage left over presses nobody for a day; plays and
# tasks added by hand do, whatever the stage in which they began.
_REFRESH = """
UPDATE partners_organizationfacts f
SET tasks_total = c.total, tasks_done = c.done, next_task_due_on = c.next_on
FROM (
    SELECT o.id,
        count(t.id) FILTER (WHERE t.stage = o.stage AND t.state <> 'skipped') AS total,
        count(t.id) FILTER (WHERE t.stage = o.stage AND t.state = 'done') AS done,
        min(t.due_on) FILTER (
            WHERE t.state IN ('open', 'started') AND (t.stage = o.stage OR t.source <> 'checklist')
        ) AS next_on
    FROM partners_organization o
    LEFT JOIN partners_task t ON t.organization_id = o.id AND t.archived_at IS NULL
    WHERE o.id = ANY (%s)
    GROUP BY o.id
) c
WHERE f.organization_id = c.id
    AND (f.tasks_total, f.tasks_done, f.next_task_due_on) IS DISTINCT FROM (c.total, c.done, c.next_on)
"""


def refresh(organization_ids: Iterable[int]) -> None:
    """Count the tasks of these organizations anew, in the caller's transaction."""
    ids = sorted(set(organization_ids))
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_REFRESH, [ids])

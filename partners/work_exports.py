"""What files of tasks, handoffs, touchpoints and commitments hold, column by column."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.labels import stage_label
from common.export import ExportColumn


def handoff_columns() -> Sequence[ExportColumn]:
    """Of rows of `selectors.handoff_rows`."""
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization_name),
        ExportColumn(label=_("Handoff"), value=lambda row: row.kind_label),
        ExportColumn(label=_("From"), value=lambda row: row.giver),
        ExportColumn(label=_("In the role"), value=lambda row: row.from_role),
        ExportColumn(label=_("To"), value=lambda row: row.receiver),
        ExportColumn(label=_("For the role"), value=lambda row: row.to_role),
        ExportColumn(label=_("State"), value=lambda row: row.state_label),
        ExportColumn(label=_("Answer due"), value=lambda row: row.due_at),
        ExportColumn(label=_("Late"), value=lambda row: row.is_late),
        ExportColumn(label=_("Begun"), value=lambda row: row.created_at),
    ]


def touchpoint_columns() -> Sequence[ExportColumn]:
    """Of rows of `selectors.touchpoints`."""
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization_name),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Day"), value=lambda row: row.planned_on),
        ExportColumn(label=_("Topic"), value=lambda row: row.topic),
        ExportColumn(label=_("Owner"), value=lambda row: row.owner),
        ExportColumn(label=_("Role"), value=lambda row: row.owner_role),
        ExportColumn(label=_("State"), value=lambda row: row.state_label),
        ExportColumn(label=_("Overdue"), value=lambda row: row.is_overdue),
        ExportColumn(label=_("Arranged by hand"), value=lambda row: row.is_arranged),
        ExportColumn(label=_("What was said"), value=lambda row: row.said),
    ]


def commitment_columns() -> Sequence[ExportColumn]:
    """Of rows of `selectors.commitments`; `moves` are how often another day was agreed."""
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization_name),
        ExportColumn(label=_("Promise"), value=lambda row: row.title),
        ExportColumn(label=_("Description"), value=lambda row: row.description),
        ExportColumn(label=_("By whom"), value=lambda row: row.side_label),
        ExportColumn(label=_("Who keeps it"), value=lambda row: row.who),
        ExportColumn(label=_("Due"), value=lambda row: row.due_on),
        ExportColumn(label=_("Days overdue"), value=lambda row: row.days_overdue or None),
        ExportColumn(label=_("State"), value=lambda row: row.state_label),
        ExportColumn(label=_("Settled on"), value=lambda row: row.closed_on),
        ExportColumn(label=_("How it went"), value=lambda row: row.outcome_note),
        ExportColumn(label=_("Moved"), value=lambda row: len(row.moves) or None),
    ]


def task_columns() -> Sequence[ExportColumn]:
    """Of rows of `selectors.task_rows`."""
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Task"), value=lambda row: row.title),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization_name),
        ExportColumn(label=_("Stage"), value=lambda row: stage_label(row.stage) if row.stage else ""),
        ExportColumn(label=_("Phase"), value=lambda row: row.phase),
        ExportColumn(label=_("Owner"), value=lambda row: row.owner_name),
        ExportColumn(label=_("Role"), value=lambda row: row.owner_role_label),
        ExportColumn(label=_("Whose move"), value=lambda row: row.court_label),
        ExportColumn(label=_("Due"), value=lambda row: row.due_on),
        ExportColumn(label=_("Days overdue"), value=lambda row: row.days_overdue or None),
        ExportColumn(label=_("State"), value=lambda row: row.state_label),
        ExportColumn(label=_("Blocked by"), value=lambda row: row.blocked_reason or ", ".join(row.waits_for)),
        ExportColumn(label=_("The gate waits for it"), value=lambda row: row.is_required),
    ]

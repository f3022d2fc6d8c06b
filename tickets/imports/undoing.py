"""An import taken back: its tickets go with all that came with them, unless somebody has worked on them since.

Tickets are never deleted elsewhere, and their events are only added to: the database does it itself, for a run that is
being undone and for nothing else (tickets_take_back).
"""

from datetime import datetime
from typing import Any

from django.db import connection

from common.models import ImportChange, ImportRun
from partners.models import Assignment, Organization
from tickets.models import Category, Queue, Ticket


def take_back(run: ImportRun, *, now: datetime) -> tuple[int, int]:
    """How many tickets were taken back, and how many stay."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT taken, kept FROM tickets_take_back(%s)", [run.pk])
        taken, kept = cursor.fetchone()
    _archive(run, now)
    return taken, kept


def _archive(run: ImportRun, now: datetime) -> None:
    """What was made for the names of the file is put away where nothing hangs on it; people stay, without leave."""
    organizations = Organization.objects.filter(pk__in=_made(run, Organization), version=1, archived_at__isnull=True)
    used = Assignment.objects.active().values("organization_id")
    _unused(organizations, "organization_id").exclude(pk__in=used).update(archived_at=now)
    _unused(Queue.objects.filter(pk__in=_made(run, Queue), served_by__isnull=True), "queue_id").update(archived_at=now)
    _unused(Category.objects.filter(pk__in=_made(run, Category)), "category_id").update(archived_at=now)


def _made(run: ImportRun, model: Any) -> Any:
    return ImportChange.objects.filter(run=run, target_type=model._meta.model_name).values("target_id")


def _unused(rows: Any, field: str) -> Any:
    return rows.exclude(pk__in=Ticket.objects.filter(**{f"{field}__isnull": False}).values(field))

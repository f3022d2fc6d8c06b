"""What tasks, commitments and plays offer to the floor above: targets of notices, finds of the palette."""

from typing import Any

from django.db.models import QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from common import composed
from common.palette import PaletteItem, register_finder
from common.targets import register_target
from partners.models import Commitment, PlayRun, Task


def offer() -> None:
    """Called once, when the app is ready."""
    register_target("task", _task)
    register_target("commitment", _commitment)
    register_target("playrun", _run)
    register_finder("tasks", gettext_lazy("My tasks"), _own_tasks)


def _task(actor: Actor, pk: int) -> str | None:
    found = Task.objects.visible_to(actor).current().filter(pk=pk).values_list("public_id", flat=True).first()
    page = "partners:portal_task" if actor.is_contact else "partners:task"
    return reverse(page, args=[found]) if found else None


def _commitment(actor: Actor, pk: int) -> str | None:
    found = Commitment.objects.visible_to(actor).filter(pk=pk)
    organization_id = found.values_list("organization__public_id", flat=True).first()
    if organization_id is None:
        return None
    if actor.is_contact:
        return reverse("partners:portal_commitments")
    return reverse("partners:organization_commitments", args=[organization_id])


def _run(actor: Actor, pk: int) -> str | None:
    found = PlayRun.objects.visible_to(actor).filter(pk=pk).values_list("public_id", flat=True).first()
    return reverse("partners:play_run", args=[found]) if found else None


def _own_tasks(actor: Actor, text: str, limit: int) -> list[PaletteItem]:
    """Own unfinished tasks by words of their titles, the most urgent first."""
    if actor.user_id is None or not actor.is_staff:
        return []
    words = text.replace("\0", "").split()[:5]
    rows = composed.fetch(_titled, actor, limit, gaps=tuple(words))
    return [
        PaletteItem(label=title, url=reverse("partners:task", args=[public_id]), icon="checklist", hint=name)
        for public_id, title, name in rows
    ]


def _titled(actor: Actor, limit: int, *words: str) -> "QuerySet[Any, Any]":
    own = Task.objects.visible_to(actor).unfinished().owned_by(actor.user_id or 0)
    for word in words:
        # As a value of its own, so that the statement has it as it is: a gap.
        own = own.filter(title__icontains=Value(word))
    return own.order_by("due_on", "pk").values_list("public_id", "title", "organization__name")[:limit]

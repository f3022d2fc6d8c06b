"""What is written and said about tasks: audit trail, a line of the story, notices to the people concerned."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from partners import notices
from partners.choices import EntryKind
from partners.models import Task
from partners.services import timeline


def record(
    by: Actor | None, verb: str, task: Task, now: datetime, changes: Mapping[str, Any] | None = None, reason: str = ""
) -> None:
    """Add to the trail. It is never changed, so it holds no words of a task: those stand in the history of its row."""
    activity.record(
        actor_id=by.user_id if by else None,
        actor_name=by.name if by else "",
        verb=f"task.{verb}",
        target=task,
        target_name=_("Task of %(name)s") % {"name": task.organization.name},
        changes={name: ["*", "*"] if name in _WORDS else _plain(pair) for name, pair in (changes or {}).items()},
        reason=reason,
        now=now,
    )


_WORDS = frozenset({"title", "description", "blocked_reason", "skip_reason"})


def _plain(pair: Iterable[Any]) -> list[Any]:
    return [getattr(value, "pk", value) for value in pair]


def say(sentence: str, task: Task, by: Actor | None, now: datetime, *, body: str = "") -> None:
    """Add a line to the organization's story."""
    timeline.push(
        organization=task.organization,
        kind=EntryKind.TASK,
        title=sentence % {"title": task.title},
        body=body,
        at=now,
        by=by,
        data={"stage": task.stage, "source": task.source},
        target=task,
    )


def tell(user_ids: Iterable[int | None], title: str, task: Task, by: Actor | None, now: datetime) -> None:
    """Tell colleagues, except who did it. Without the organization's id: whom a notice is for, the caller has checked.

    `title` says what happened with %(title)s in it.
    """
    own = by.user_id if by else None
    wanted = {user_id for user_id in user_ids if user_id is not None} - {own}
    notify(
        user_ids=wanted,
        kind=notices.TASKS,
        title=title % {"title": task.title},
        body=task.organization.name,
        key=f"task:{task.pk}:{task.version}",
        now=now,
        target_type="task",
        target_id=task.pk,
        organization_id=task.organization_id,
    )

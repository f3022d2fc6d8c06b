"""Plays as pages show them: what may be started here, what runs, and how a run stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import get_language

from accounts.labels import role_short_label
from accounts.rules.access import Actor
from partners.models import PlayRun, Task
from partners.rules.classification import label_in
from partners.rules.plays import Play
from partners.selectors.task_rows import TaskRow, read_rows
from partners.work_choices import TaskState

MOST = 100


@dataclass(frozen=True, kw_only=True)
class OfferedPlay:
    """A play that the reader may start here."""

    id: str
    label: str
    when: str
    steps: tuple[str, ...]
    days: int
    is_running: bool


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """A run in a list. `outcome_label` is empty while it runs."""

    public_id: str
    title: str
    reason: str
    started_at: datetime
    starter: str
    ended_at: datetime | None
    outcome: str
    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """A run with its steps."""

    run: Any
    when: str
    starters: str
    outcomes: tuple[tuple[str, str], ...]
    outcome_label: str
    steps: tuple[TaskRow, ...]
    done: int
    total: int


def _said(label: Any) -> str:
    return label_in(label, get_language() or "en") if label else ""


def offered(plays: Iterable[Play], running: Iterable[str]) -> list[OfferedPlay]:
    """Plays in the reader's language, with those that run already marked."""
    held = set(running)
    return [
        OfferedPlay(
            id=play.id,
            label=_said(play.label),
            when=_said(play.when),
            steps=tuple(_said(step.label) for step in play.steps),
            days=max((step.due_day for step in play.steps), default=0),
            is_running=play.id in held,
        )
        for play in plays
    ]


def runs_of(actor: Actor, organization_id: int) -> list[RunRow]:
    """The runs on an organization, running ones first: one statement."""
    steps = Q(tasks__archived_at__isnull=True) & ~Q(tasks__state=TaskState.SKIPPED)
    rows = (
        PlayRun.objects.visible_to(actor)
        .filter(organization_id=organization_id)
        .select_related("started_by")
        .annotate(total=Count("tasks", filter=steps), done=Count("tasks", filter=Q(tasks__state=TaskState.DONE)))
        .order_by("ended_at", "-started_at")
    )
    found = [
        RunRow(
            public_id=str(row.public_id),
            title=row.title,
            reason=row.reason,
            started_at=row.started_at,
            starter=row.started_by.name if row.started_by else "",
            ended_at=row.ended_at,
            outcome=row.outcome,
            done=row.done,
            total=row.total,
        )
        for row in rows[:MOST]
    ]
    return sorted(found, key=lambda row: row.ended_at is not None)


def run_of(actor: Actor, public_id: UUID) -> PlayRun | None:
    """The run, if its organization is open in full to `actor`."""
    rows = PlayRun.objects.visible_to(actor).select_related("organization", "started_by", "ended_by")
    found: PlayRun | None = rows.filter(public_id=public_id).first()
    return found


def run_page(actor: Actor, run: PlayRun, play: Play | None, *, now: datetime) -> RunPage:
    """A run as its page shows it: one statement."""
    seen = Task.objects.visible_to(actor).current().filter(play_run=run)
    steps = read_rows(seen, actor=actor, now=now, limit=MOST)
    counted = [step for step in steps if step.state != TaskState.SKIPPED]
    outcome = play.outcome(run.outcome) if play and run.outcome else None
    return RunPage(
        run=run,
        when=_said(play.when) if play else "",
        starters=", ".join(role_short_label(role) for role in play.starters) if play else "",
        outcomes=tuple((one.id, _said(one.label)) for one in play.outcomes) if play else (),
        outcome_label=_said(outcome.label) if outcome else run.outcome,
        steps=tuple(steps),
        done=sum(step.state == TaskState.DONE for step in counted),
        total=len(counted),
    )

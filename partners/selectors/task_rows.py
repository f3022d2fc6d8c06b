"""Rows of tasks as lists, boards, panels and files show them: one statement for any number of rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, DateField, DateTimeField, ExpressionWrapper, F, Func, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.labels import role_short_label, stage_label
from accounts.rules.access import Actor, Right, visibility_terms
from partners.models import TaskDependency
from partners.models.tasks import WITHOUT_A_DAY
from partners.querysets import opened_by
from partners.work_choices import OPEN_TASKS, Court, TaskSource, TaskState
from partners.work_querysets import TaskQuerySet

# The very expression that the indexes of tasks are on.
DUE_SORT = Coalesce("due_on", Value(WITHOUT_A_DAY))
SHOWN_WAITS = 3
STATE_TONES = {"open": "neutral", "started": "info", "done": "success", "skipped": "neutral"}
_UNFINISHED = frozenset(state.value for state in OPEN_TASKS)


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """One task in the hands of its reader. Days are those of its organization; `waits_for` are titles."""

    pk: int
    public_id: str
    title: str
    state: str
    court: str
    due_on: date | None
    days_overdue: int
    phase: str
    stage: str
    source: str
    is_required: bool
    is_shared: bool
    needs_evidence: bool
    is_left_over: bool
    blocked_reason: str
    waits_for: tuple[str, ...]
    owner_id: int | None
    owner_name: str
    owner_role: str
    contact_name: str
    organization_id: str
    organization_name: str
    may_arrange: bool
    may_do: bool
    version: int
    done_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in _UNFINISHED

    @property
    def may_tick(self) -> bool:
        """Whether its reader may select it, to do it together with others."""
        return self.is_open and self.may_do

    @property
    def is_overdue(self) -> bool:
        return self.days_overdue > 0

    @property
    def is_blocked(self) -> bool:
        return self.is_open and bool(self.blocked_reason or self.waits_for)

    @property
    def state_label(self) -> str:
        return str(TaskState(self.state).label)

    @property
    def state_tone(self) -> str:
        return STATE_TONES[self.state]

    @property
    def court_label(self) -> str:
        return str(Court(self.court).label)

    @property
    def stage_label(self) -> str:
        return stage_label(self.stage)

    @property
    def owner_role_label(self) -> str:
        return role_short_label(self.owner_role) if self.owner_role else ""


FIELDS = (
    "pk",
    "public_id",
    "title",
    "state",
    "court",
    "due_on",
    "phase",
    "stage",
    "source",
    "is_required",
    "is_shared",
    "needs_evidence",
    "blocked_reason",
    "owner_id",
    "owner__name",
    "owner_role",
    "contact__name",
    "organization__public_id",
    "organization__name",
    "organization__timezone",
    "organization__stage",
    "version",
    "done_at",
    "may_arrange",
    "is_open",
    "waits",
)


def with_row_facts(found: TaskQuerySet, actor: Actor) -> TaskQuerySet:
    """With the titles of unfinished tasks that each waits for, and what the reader may do and read there."""
    before = TaskDependency.objects.filter(
        task=OuterRef("pk"), needed__state__in=OPEN_TASKS, needed__archived_at__isnull=True
    ).order_by("needed_id")
    waits = ArraySubquery(before.values("needed__title")[:SHOWN_WAITS])
    return found.annotate(may_arrange=_within(actor, Right.WORK), is_open=_within(actor, Right.SEE), waits=waits)


def _within(actor: Actor, right: Right) -> Any:
    """Whether the task's organization lies within what `right` opens in full, as a column."""
    terms = visibility_terms(actor, right)
    if terms.everything or terms.is_empty or actor.is_contact:
        return Value(terms.everything and not actor.is_contact, output_field=BooleanField())
    reach = Q(organization_id__in=opened_by(terms, with_summary=False))
    return ExpressionWrapper(reach, output_field=BooleanField())


def overdue(found: TaskQuerySet, now: datetime) -> TaskQuerySet:
    """Unfinished tasks whose day is over where their organization is."""
    here = Func(F("organization__timezone"), Value(now), function="timezone", output_field=DateTimeField())
    # The furthest zone bounds what an index has to read.
    latest = timezone.localdate(now, ZoneInfo("Pacific/Kiritimati"))
    return found.unfinished().filter(due_on__lt=latest).filter(due_on__lt=Cast(here, DateField()))


def task_rows(rows: Iterable[Mapping[str, Any]], *, actor: Actor, now: datetime) -> list[TaskRow]:
    """Rows from the values of FIELDS."""
    days: dict[str, date] = {}
    return [_row(values, actor, days, now) for values in rows]


def _row(values: Mapping[str, Any], actor: Actor, days: dict[str, date], now: datetime) -> TaskRow:
    zone = values["organization__timezone"]
    if zone not in days:
        days[zone] = timezone.localdate(now, ZoneInfo(zone))
    due_on, is_open = values["due_on"], values["state"] in _UNFINISHED
    late = (days[zone] - due_on).days if is_open and due_on else 0
    has_left = values["stage"] not in ("", values["organization__stage"])
    return TaskRow(
        pk=values["pk"],
        public_id=str(values["public_id"]),
        title=values["title"],
        state=values["state"],
        court=values["court"],
        due_on=due_on,
        days_overdue=max(late, 0),
        phase=values["phase"],
        stage=values["stage"],
        source=values["source"],
        is_required=values["is_required"],
        is_shared=values["is_shared"],
        needs_evidence=values["needs_evidence"],
        is_left_over=is_open and has_left and values["source"] == TaskSource.CHECKLIST,
        blocked_reason=values["blocked_reason"],
        waits_for=_waits(values) if is_open else (),
        owner_id=values["owner_id"],
        owner_name=values["owner__name"] or "",
        owner_role=values["owner_role"],
        contact_name=values["contact__name"] or "",
        organization_id=str(values["organization__public_id"]),
        organization_name=values["organization__name"],
        may_arrange=values["may_arrange"],
        may_do=values["may_arrange"] or (values["owner_id"] is not None and values["owner_id"] == actor.user_id),
        version=values["version"],
        done_at=values["done_at"],
    )


def _waits(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Titles; who knows the organization by its summary learns only that there is something."""
    titles = tuple(values["waits"] or ())
    return titles if values["is_open"] or not titles else (_("other tasks"),)


def read_rows(found: TaskQuerySet, *, actor: Actor, now: datetime, limit: int) -> list[TaskRow]:
    """The first rows of `found` in the order of their days: one statement."""
    ordered = with_row_facts(found, actor).annotate(due_sort=DUE_SORT).order_by("due_sort", "pk")
    return task_rows(ordered.values(*FIELDS)[:limit], actor=actor, now=now)

"""Tasks of a journey with their order, and the evidence that people put beside tasks and answers."""

from datetime import date
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, StoredFile, Timestamped
from partners.models.gates import Draft, GateReview
from partners.models.organizations import Organization
from partners.models.people import Contact
from partners.models.plans import SuccessPlan
from partners.models.plays import PlayRun
from partners.querysets import ScopedQuerySet
from partners.work_choices import OPEN_TASKS, Court, EvidenceKind, TaskSource, TaskState
from partners.work_querysets import EvidenceQuerySet, TaskQuerySet

# Where tasks without a day stand in the order of days.
WITHOUT_A_DAY = date(9999, 12, 31)


@pghistory.track(exclude=["updated_at"])
class Task(PublicModel, Timestamped):
    """Something to do for an organization. `due_on` is a day of the organization's time zone.

    `source_key` names the checklist item or step that it was made from; made once for each review or run.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="tasks")
    review = models.ForeignKey(GateReview, null=True, on_delete=models.PROTECT, related_name="tasks")
    play_run = models.ForeignKey(PlayRun, null=True, on_delete=models.PROTECT, related_name="tasks")
    plan = models.ForeignKey(SuccessPlan, null=True, on_delete=models.PROTECT, related_name="tasks")
    stage = models.CharField(max_length=20, blank=True)
    phase = models.CharField(max_length=12, blank=True)
    source = models.CharField(max_length=10, choices=TaskSource.choices, default=TaskSource.MANUAL)
    source_key = models.CharField(max_length=80, blank=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("owner")
    )
    owner_role = models.CharField(max_length=24, blank=True, help_text="The role whose primary owner takes it.")
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("their contact")
    )
    court = models.CharField(_("whose court"), max_length=12, choices=Court.choices, default=Court.US)
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=TaskState.choices, default=TaskState.OPEN)
    is_required = models.BooleanField(_("the gate waits for it"), default=False)
    is_shared = models.BooleanField(_("shown in the portal"), default=False)
    needs_evidence = models.BooleanField(_("needs evidence"), default=False)
    blocked_reason = models.CharField(_("blocked by"), max_length=300, blank=True)
    skip_reason = models.CharField(_("skipped because"), max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    needs = models.ManyToManyField(
        "self", through="TaskDependency", through_fields=("task", "needed"), symmetrical=False, related_name="enables"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=TaskState.values), name="task_state_known"),
            models.CheckConstraint(condition=models.Q(court__in=Court.values), name="task_court_known"),
            models.CheckConstraint(condition=models.Q(source__in=TaskSource.values), name="task_source_known"),
            models.CheckConstraint(
                condition=~models.Q(state="skipped") | ~models.Q(skip_reason=""), name="task_skipped_says_why"
            ),
            models.CheckConstraint(
                condition=models.Q(state="done", done_at__isnull=False)
                | (~models.Q(state="done") & models.Q(done_at__isnull=True)),
                name="task_done_has_moment",
            ),
            models.UniqueConstraint(
                fields=["review", "source_key"],
                condition=models.Q(source="checklist"),
                name="task_once_a_review",
            ),
            models.UniqueConstraint(
                fields=["play_run", "source_key"], condition=models.Q(source="play"), name="task_once_a_run"
            ),
            models.UniqueConstraint(
                fields=["plan", "source_key"],
                condition=models.Q(source="plan") & ~models.Q(source_key=""),
                name="task_once_a_plan",
            ),
        ]
        indexes: ClassVar = [
            # In the order of lists, tasks without a day last: one range of the index, however deep the page is.
            models.Index(
                models.F("owner"),
                Coalesce("due_on", models.Value(WITHOUT_A_DAY)),
                models.F("id"),
                condition=models.Q(state__in=[s.value for s in OPEN_TASKS], archived_at__isnull=True),
                name="task_open_of_owner",
            ),
            models.Index(
                Coalesce("due_on", models.Value(WITHOUT_A_DAY)),
                models.F("id"),
                condition=models.Q(state__in=[s.value for s in OPEN_TASKS], archived_at__isnull=True),
                name="task_open_by_day",
            ),
            models.Index(fields=["organization", "stage", "due_on", "id"], name="task_of_organization"),
        ]

    def __str__(self) -> str:
        return self.title


class TaskDependency(models.Model):
    """`task` waits until `needed` is done or skipped. Circles are refused by the service."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="dependencies")
    needed = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="dependents")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "task dependencies"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "needed"], name="task_dependency_once"),
            models.CheckConstraint(condition=~models.Q(task=models.F("needed")), name="task_needs_another"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} needs {self.needed_id}"


class Evidence(PublicModel):
    """A file, link or note beside a task or an answer; taken away it is kept with `removed_at`."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="evidence")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="evidence")
    field = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=4, choices=EvidenceKind.choices)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    url = models.URLField(max_length=500, blank=True)
    note = models.TextField(blank=True)
    added_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "evidence"
        ordering: ClassVar = ["added_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(task__isnull=False, draft__isnull=True)
                | models.Q(task__isnull=True, draft__isnull=False),
                name="evidence_of_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="file", file__isnull=False)
                | (models.Q(kind="link") & ~models.Q(url=""))
                | (models.Q(kind="note") & ~models.Q(note="")),
                name="evidence_has_content",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

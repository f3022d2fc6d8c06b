"""Clocks as they were at the last event of their ticket, and the instants at which something is to be said of them.

Both are written from a replay of the events (tickets.rules.sla); neither decides anything (sla.md R15).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from common.models import PublicModel
from partners.models import Organization
from tickets.choices import ClockState, Metric, TimerKind
from tickets.models.tickets import Ticket
from tickets.querysets import SharedPartQuerySet, TicketPartQuerySet


class SlaClock(PublicModel):
    """One cycle of one metric. `due_at` and `breach_at` are empty while it is paused; durations are seconds.

    `terms` are those in force: origin, budget and calendar. A running clock is breached once `breach_at` lies behind,
    whether or not the sweep has said so.
    """

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=15, choices=Metric.choices)
    cycle = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=ClockState.choices)
    due_at = models.DateTimeField(null=True)
    breach_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    elapsed_seconds = models.FloatField(default=0, help_text="Until the last event.")
    budget_seconds = models.FloatField(default=0)
    terms = models.JSONField(default=dict)

    objects = SharedPartQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["ticket", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "metric", "cycle"], name="clock_once"),
            models.CheckConstraint(condition=Q(metric__in=Metric.values), name="clock_metric_known"),
            models.CheckConstraint(condition=Q(state__in=ClockState.values), name="clock_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["breach_at", "id"], condition=Q(state="running"), name="clock_running"),
            models.Index(fields=["breached_at"], condition=Q(breached_at__isnull=False), name="clock_breached"),
            models.Index(fields=["stopped_at"], condition=Q(state="met"), name="clock_met"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.metric} {self.cycle}"


class SlaTimer(models.Model):
    """Something to be said of a clock at an instant: a warning, the breach, a step of its escalation.

    Written anew with each event of the ticket; what has fired stays. `step` counts the steps of the snapshot that the
    clock took when it started.
    """

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    clock = models.ForeignKey(SlaClock, on_delete=models.CASCADE, related_name="timers")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="timers")
    kind = models.CharField(max_length=10, choices=TimerKind.choices)
    step = models.PositiveSmallIntegerField(default=0)
    fire_at = models.DateTimeField(null=True, help_text="Empty while the clock is paused.")
    fired_at = models.DateTimeField(null=True)
    data = models.JSONField(default=dict, help_text="The step as it was when the clock started; who was told.")

    objects = TicketPartQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clock", "kind", "step"], name="timer_once"),
            models.CheckConstraint(condition=Q(kind__in=TimerKind.values), name="timer_kind_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["fire_at", "id"],
                condition=Q(fired_at__isnull=True, fire_at__isnull=False),
                name="timer_to_fire",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.step} of {self.clock_id}"

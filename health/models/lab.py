"""The scorecard lab: replays of the past by a scorecard that is being written, and shadow runs beside the real one.

Of no organization: whoever manages policies reads them, and the names in them by what that person may see.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from common.models import PublicModel
from health.lab_choices import Knowledge, ReplayState, ShadowEnd


class LabReplay(PublicModel):
    """A scorecard as it was written by then, against the version in force, over weekly days of the past.

    `body` is that of the working copy at its `copy_version`. `done` of `total` days are computed, the earliest first.
    `courses` by organization: the letters of its bands so far, [in force, tried]; `states`: what the next day builds
    on. `moves`: who has another band on the last day. `result`: the judgment, as the rules write it.
    """

    card = models.CharField(max_length=60)
    body = models.JSONField()
    copy_version = models.PositiveIntegerField()
    base_version = models.PositiveIntegerField()
    knowledge = models.CharField(max_length=4, choices=Knowledge.choices, default=Knowledge.THEN)
    until = models.DateField()
    state = models.CharField(max_length=7, choices=ReplayState.choices, default=ReplayState.RUNNING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    courses = models.JSONField(default=dict)
    states = models.JSONField(default=dict)
    moves = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    failure = models.CharField(max_length=300, blank=True)
    started_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="When the last day was computed; one that rests is taken up again.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-started_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["card"], condition=Q(state="running"), name="lab_replay_one_running"),
            models.CheckConstraint(condition=Q(state__in=ReplayState.values), name="lab_replay_state_known"),
            models.CheckConstraint(condition=Q(knowledge__in=Knowledge.values), name="lab_replay_knowledge_known"),
            models.CheckConstraint(condition=Q(done__lte=models.F("total")), name="lab_replay_done_of_total"),
        ]
        indexes: ClassVar = [models.Index(fields=["card", "-started_at"], name="lab_replay_of_card")]

    def __str__(self) -> str:
        return f"{self.card} {self.started_at:%Y-%m-%d}"


class LabShadow(PublicModel):
    """A scorecard that is computed every day beside the one in force, until it is published or ended."""

    card = models.CharField(max_length=60)
    body = models.JSONField()
    copy_version = models.PositiveIntegerField()
    base_version = models.PositiveIntegerField()
    last_day = models.DateField(null=True, help_text="Up to which day all organizations are computed.")
    started_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=9, choices=ShadowEnd.choices, blank=True)

    class Meta:
        ordering: ClassVar = ["-started_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["card"], condition=Q(ended_at__isnull=True), name="lab_shadow_one_open"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | Q(ended_at__isnull=False, end__in=ShadowEnd.values),
                name="lab_shadow_end_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.started_at:%Y-%m-%d}"

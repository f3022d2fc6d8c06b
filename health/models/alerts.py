"""Alerts: episodes of an organization, the signals that make them, their history, and how rules stand."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from health.alert_choices import OPEN_EPISODES, EpisodeEntryKind, EpisodeOutcome, EpisodeState, HeldBack, Route
from health.alert_querysets import EpisodeQuerySet
from partners.models import Organization, PlayRun
from partners.querysets import ScopedQuerySet


class AlertWatch(models.Model):
    """What the rules of alerts last heard of an organization, and what they have told and not yet seen recover.

    `facts` is what the next hearing is compared with; `told` holds by rule what was told (rules/alerting.py).
    """

    organization = models.OneToOneField(Organization, primary_key=True, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    facts = models.JSONField(default=dict)
    told = models.JSONField(default=dict)
    heard_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.organization_id} {self.day}"


class Episode(PublicModel, Timestamped):
    """Signals of one organization with one cause: somebody answers for it until it is closed with an outcome.

    `due_at` is when the answer is due, by the working hours of who owned it when it was told; nothing moves it later.
    `answered_at` is the first time that somebody acknowledged it, acted or closed it.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="episodes")
    cause = models.SlugField(max_length=60)
    rule = models.SlugField(max_length=60, help_text="The one whose signal weighs most.")
    policy_version = models.PositiveIntegerField()
    severity = models.PositiveSmallIntegerField()
    urgency = models.PositiveSmallIntegerField()
    weight = models.PositiveIntegerField(default=0, help_text="Value times urgency, when it was told.")
    state = models.CharField(_("state"), max_length=12, choices=EpisodeState.choices, default=EpisodeState.OPEN)
    outcome = models.CharField(_("how it turned out"), max_length=5, choices=EpisodeOutcome.choices, blank=True)
    outcome_note = models.TextField(blank=True)
    route = models.CharField(max_length=7, choices=Route.choices, default=Route.WAITING)
    held_back = models.CharField(max_length=7, choices=HeldBack.choices, blank=True)
    owner = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    owner_role = models.CharField(max_length=24, blank=True)
    opened_at = models.DateTimeField()
    opened_on = models.DateField(help_text="In the reporting zone of the installation.")
    signaled_at = models.DateTimeField(help_text="When the last signal came.")
    routed_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    recovered_at = models.DateTimeField(null=True, help_text="Since when nothing of it holds any longer.")
    snoozed_until = models.DateTimeField(null=True)
    snooze_reason = models.CharField(max_length=300, blank=True)
    play_run = models.ForeignKey(PlayRun, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "cause"], condition=~Q(state="closed"), name="episode_one_open_of_a_cause"
            ),
            models.CheckConstraint(condition=Q(state__in=EpisodeState.values), name="episode_state_known"),
            models.CheckConstraint(condition=Q(route__in=Route.values), name="episode_route_known"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, outcome__in=EpisodeOutcome.values)
                | (~Q(state="closed") & Q(closed_at__isnull=True, outcome="")),
                name="episode_closed_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True) | ~Q(snooze_reason=""), name="episode_snooze_says_why"
            ),
            models.CheckConstraint(condition=Q(state="open") | Q(answered_at__isnull=False), name="episode_answered"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "due_at"], condition=~Q(state="closed"), name="episode_open_of_owner"),
            models.Index(fields=["organization", "-opened_at"], name="episode_of_organization"),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="episode_to_answer"),
            models.Index(fields=["id"], condition=Q(route="waiting"), name="episode_to_route"),
            models.Index(fields=["snoozed_until"], condition=~Q(state="closed"), name="episode_asleep"),
            models.Index(fields=["opened_on", "owner"], name="episode_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.organization_id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_EPISODES


class EpisodeSignal(PublicModel):
    """One rule that held on one day. `card`, `day` and `occasion` name the snapshot whose receipt shows it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="signals")
    rule = models.SlugField(max_length=60)
    kind = models.CharField(max_length=20)
    policy_version = models.PositiveIntegerField()
    severity = models.PositiveSmallIntegerField()
    day = models.DateField()
    at = models.DateTimeField()
    card = models.CharField(max_length=60, blank=True)
    occasion = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(default=dict)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "rule", "day"], name="episode_signal_once_a_day"),
        ]
        indexes: ClassVar = [models.Index(fields=["rule", "day"], name="episode_signal_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule} {self.day}"


class EpisodeEntry(PublicModel):
    """A line of an episode's history; added, never changed. Without `by` the hub did it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=12, choices=EpisodeEntryKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(blank=True)
    facts = models.JSONField(default=dict)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "episode entries"
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=EpisodeEntryKind.values), name="episode_entry_kind_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["episode", "-at"], name="episode_entry_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class PlayEffect(models.Model):
    """How health stood when a play began from an episode, when it ended, and `review_on`, so many days later."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="effects")
    run = models.OneToOneField(PlayRun, on_delete=models.PROTECT, related_name="health_effect")
    play = models.CharField(max_length=60)
    began_at = models.DateTimeField()
    began_score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    began_band = models.CharField(max_length=6, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    ended_band = models.CharField(max_length=6, blank=True)
    review_on = models.DateField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    reviewed_band = models.CharField(max_length=6, blank=True)
    has_recovered = models.BooleanField(null=True, help_text="Unknown until it was reviewed.")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-began_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["review_on"], condition=Q(reviewed_at__isnull=True), name="play_effect_to_review"),
        ]

    def __str__(self) -> str:
        return f"{self.play} {self.organization_id}"


class RuleStanding(PublicModel):
    """A rule that was false too often and tells in the digest by itself, until an administrator lets it speak again.

    Its precision is counted from `counted_from` on, so that one that was let speak again gets its chance.
    """

    rule = models.SlugField(max_length=60, unique=True)
    is_demoted = models.BooleanField(default=False)
    demoted_at = models.DateTimeField(null=True)
    hits = models.PositiveIntegerField(default=0, help_text="True alarms, when it was demoted.")
    total = models.PositiveIntegerField(default=0, help_text="True and false alarms, when it was demoted.")
    counted_from = models.DateTimeField(null=True)
    promoted_at = models.DateTimeField(null=True)
    promoted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["rule"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(hits__lte=models.F("total")), name="rule_standing_hits_of_total"),
        ]

    def __str__(self) -> str:
        return self.rule

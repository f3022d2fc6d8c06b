"""What is computed of an organization: snapshots with their receipts, the latest state, and the work to be done."""

from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from health.choices import Band, PulseValue, RunState
from health.querysets import OverrideQuerySet, SnapshotQuerySet, StateQuerySet
from partners.models import Organization
from partners.querysets import ScopedQuerySet

DAILY = "daily"
# Red first, then yellow, grey, green; within a band the lowest score first.
_PLACE = Case(
    When(band="red", then=Value(0)),
    When(band="yellow", then=Value(100_000)),
    When(band="grey", then=Value(200_000)),
    default=Value(300_000),
) + Coalesce(Cast(F("score") * 100, models.IntegerField()), Value(0))


class Snapshot(models.Model):
    """The health of an organization by a scorecard on a day, never changed; partitioned by month (ADR 0008, 0027).

    `day` is of the installation's reporting zone. `occasion` is "daily", or what gave reason to compute within a day;
    one of each a day. `band` is what is shown, `computed_band` what it is without an override, `raw_band` without
    hysteresis too. The receipt holds all that it was computed from: it can be replayed to the same digit.
    """

    pk = models.CompositePrimaryKey("organization_id", "card", "day", "occasion")
    organization = models.ForeignKey(
        Organization, db_constraint=False, db_index=False, on_delete=models.PROTECT, related_name="+"
    )
    card = models.CharField(max_length=60, help_text="The scorecard's name.")
    day = models.DateField()
    occasion = models.CharField(max_length=80)
    card_version = models.PositiveIntegerField()
    is_main = models.BooleanField(help_text="By the scorecard that makes the band of the organization.")
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    coverage = models.DecimalField(max_digits=5, decimal_places=2)
    band = models.CharField(max_length=6, choices=Band.choices)
    computed_band = models.CharField(max_length=6, choices=Band.choices)
    raw_band = models.CharField(max_length=6, choices=Band.choices)
    inputs_hash = models.CharField(max_length=64)
    receipt = models.JSONField()
    computed_at = models.DateTimeField()

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-day", "-computed_at"]

    def __str__(self) -> str:
        return f"{self.card} {self.day} {self.band}"


class HealthState(models.Model):
    """The latest health of an organization by a scorecard: what lists and homes read, and what the next one builds on.

    `daily` is the state of the band after the last daily snapshot (`daily_on`), as the rules write it; `reason` says
    in a code and its figures why the band is what it is; `moved` how the score moved since the snapshot before.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="health_states")
    card = models.CharField(max_length=60)
    is_main = models.BooleanField()
    card_version = models.PositiveIntegerField()
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    coverage = models.DecimalField(max_digits=5, decimal_places=2)
    band = models.CharField(max_length=6, choices=Band.choices)
    computed_band = models.CharField(max_length=6, choices=Band.choices)
    band_since = models.DateField(help_text="The day since which the band shown is what it is.")
    moved = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    reason = models.JSONField(default=dict)
    groups = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="How each group of the card stands, as rules/groups.py writes it.",
    )
    place = models.GeneratedField(expression=_PLACE, output_field=models.IntegerField(), db_persist=True)
    inputs_hash = models.CharField(max_length=64)
    day = models.DateField(help_text="Of the latest snapshot.")
    occasion = models.CharField(max_length=80)
    computed_at = models.DateTimeField()
    daily = models.JSONField(default=dict)
    daily_on = models.DateField(null=True)

    objects = StateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organization_id", "card"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "card"], name="health_state_once"),
            models.UniqueConstraint(fields=["organization"], condition=Q(is_main=True), name="health_state_one_main"),
            models.CheckConstraint(condition=Q(band__in=Band.values), name="health_state_band_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["band", "score", "organization"], condition=Q(is_main=True), name="health_state_by_band"
            ),
            models.Index(
                fields=["band_since", "organization"], condition=Q(is_main=True), name="health_state_moved_lately"
            ),
            models.Index(fields=["place", "organization"], condition=Q(is_main=True), name="health_state_worst_first"),
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.band}"


class HealthRun(PublicModel):
    """One computation over all organizations for a day: how far it is. Chunks commit with it, so it can be resumed."""

    day = models.DateField()
    occasion = models.CharField(max_length=80)
    state = models.CharField(max_length=7, choices=RunState.choices, default=RunState.RUNNING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    last_id = models.BigIntegerField(default=0, help_text="Organizations up to this key have been computed.")
    started_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="When the last chunk was written; a run that rests is taken up again.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-started_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "occasion"], name="health_run_once"),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="health_run_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.occasion} {self.day}"


class RecomputeMark(models.Model):
    """An organization whose inputs have changed since `since`; taken away by the computation that has seen them."""

    organization = models.OneToOneField(Organization, primary_key=True, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    reason = models.CharField(max_length=40)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["since"]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.reason}"


class Pulse(PublicModel):
    """What an owner thinks of an organization, with the reason. The last one counts, as a sample of its metric."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="pulses")
    value = models.CharField(_("pulse"), max_length=6, choices=PulseValue.choices)
    note = models.TextField(_("why"), blank=True)
    given_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-given_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(value__in=PulseValue.values), name="pulse_known"),
            models.CheckConstraint(condition=Q(value="green") | ~Q(note=""), name="pulse_says_why"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-given_at"], name="pulse_of_organization")]

    def __str__(self) -> str:
        return f"{self.value} {self.given_at:%Y-%m-%d}"


class BandOverride(PublicModel):
    """A band set by hand for at most 30 days, with a reason; the computed one stays visible beside it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="band_overrides")
    band = models.CharField(_("band"), max_length=6, choices=Band.choices)
    reason = models.TextField(_("reason"))
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-started_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(ended_at__isnull=True), name="band_override_one_open"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="band_override_says_why"),
            models.CheckConstraint(condition=Q(band__in=["green", "yellow", "red"]), name="band_override_band_known"),
            models.CheckConstraint(condition=Q(until__gt=models.F("started_at")), name="band_override_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.band} {self.organization_id}"

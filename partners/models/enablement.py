"""What helps an organization on: training, recommendations, technical integrations, services delivered, wins."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.enablement_choices import (
    Consent,
    IntegrationStage,
    IntegrationState,
    RecommendationKind,
    RecommendationState,
    ReferenceState,
    TrainingResult,
    TrainingState,
    WinAudience,
)
from partners.models.organizations import Organization
from partners.models.people import Contact
from partners.querysets import ScopedQuerySet


@pghistory.track(exclude=["updated_at"])
class Training(PublicModel, Timestamped):
    """A need for training, then its session. `held_on` is a day of the organization's time zone."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="trainings")
    title = models.CharField(_("topic"), max_length=200)
    need = models.TextField(_("why it is needed"), blank=True)
    held_on = models.DateField(_("on"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    trainer = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=9, choices=TrainingState.choices, default=TrainingState.NEEDED)
    outcome_note = models.CharField(_("how it went"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-held_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=TrainingState.values), name="partner_training_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["planned", "held"]) | Q(held_on__isnull=False), name="training_held_has_day"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-held_on"], name="training_of_organization")]

    def __str__(self) -> str:
        return self.title


class TrainingAttendee(models.Model):
    """Somebody who was to learn: one of theirs or one of ours, never both."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="attendees")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=8, choices=TrainingResult.choices, default=TrainingResult.EXPECTED)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["training", "contact"], name="training_contact_once"),
            models.UniqueConstraint(fields=["training", "user"], name="training_user_once"),
            models.CheckConstraint(
                condition=Q(contact__isnull=True, user__isnull=False) | Q(contact__isnull=False, user__isnull=True),
                name="training_attendee_is_one",
            ),
            models.CheckConstraint(condition=Q(result__in=TrainingResult.values), name="partner_training_result_known"),
        ]

    def __str__(self) -> str:
        return self.result


@pghistory.track(exclude=["updated_at"])
class Recommendation(PublicModel, Timestamped):
    """Something that we advise. `practice` names a best practice of the pack "practices"; empty for one of its own."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="recommendations")
    kind = models.CharField(
        _("kind"), max_length=13, choices=RecommendationKind.choices, default=RecommendationKind.OPTIMIZATION
    )
    practice = models.CharField(max_length=40, blank=True)
    title = models.CharField(_("title"), max_length=200)
    why = models.TextField(_("why"), blank=True)
    owner = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=8, choices=RecommendationState.choices, default=RecommendationState.PROPOSED
    )
    proposed_on = models.DateField(_("proposed on"))
    due_on = models.DateField(_("agreed for"), null=True, blank=True)
    closed_on = models.DateField(_("done on"), null=True)
    effect = models.CharField(_("effect"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-proposed_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "practice"], condition=~Q(practice=""), name="recommendation_practice_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=RecommendationState.values), name="recommendation_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=RecommendationKind.values), name="recommendation_kind_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-proposed_on"], name="recommendation_of_org")]

    def __str__(self) -> str:
        return self.title


@pghistory.track(exclude=["updated_at"])
class TechnicalIntegration(PublicModel, Timestamped):
    """A technical integration, done in the six steps of `IntegrationStage`."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="integrations")
    name = models.CharField(_("name"), max_length=200)
    purpose = models.TextField(_("what for"), blank=True)
    owner = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=7, choices=IntegrationState.choices, default=IntegrationState.OPEN)
    calls_per_day = models.PositiveIntegerField(_("API calls a day"), null=True, blank=True)
    is_documented = models.BooleanField(_("documented"), default=False)
    documentation_url = models.URLField(_("documentation"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organization", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=IntegrationState.values), name="integration_state_known")
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["updated_at"])
class IntegrationStep(PublicModel, Timestamped):
    """One step with its planned and its actual day (local); on time is done by the day first planned."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    integration = models.ForeignKey(TechnicalIntegration, on_delete=models.CASCADE, related_name="steps")
    stage = models.CharField(max_length=12, choices=IntegrationStage.choices)
    first_planned_on = models.DateField(null=True)
    planned_on = models.DateField(_("planned"), null=True, blank=True)
    done_on = models.DateField(_("done"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["integration", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["integration", "stage"], name="integration_step_once"),
            models.CheckConstraint(condition=Q(stage__in=IntegrationStage.values), name="integration_stage_known"),
        ]

    def __str__(self) -> str:
        return self.stage


class ServiceDelivery(PublicModel):
    """Days of a service that the gemstone promises, as delivered. `service` is its id in the pack "gemstones"."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="service_deliveries")
    service = models.CharField(_("service"), max_length=40)
    delivered_on = models.DateField(_("on"))
    days = models.DecimalField(_("days"), max_digits=5, decimal_places=2)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-delivered_on", "-id"]
        verbose_name_plural = "service deliveries"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(days__gt=0), name="service_delivery_positive"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "service"], name="service_of_organization")]

    def __str__(self) -> str:
        return f"{self.service} {self.days}"


@pghistory.track(exclude=["updated_at"])
class Win(PublicModel, Timestamped):
    """Something that went well. It may be told to `audience` only while consent is given and has not run out."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="wins")
    title = models.CharField(_("title"), max_length=200)
    story = models.TextField(_("story"), blank=True)
    achieved_on = models.DateField(_("achieved on"))
    is_reference = models.BooleanField(_("may serve as a reference"), default=False)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("who consents")
    )
    consent = models.CharField(_("consent"), max_length=9, choices=Consent.choices, default=Consent.NOT_ASKED)
    consent_until = models.DateField(_("consent until"), null=True, blank=True)
    audience = models.CharField(
        _("may be told to"), max_length=9, choices=WinAudience.choices, default=WinAudience.INTERNAL
    )
    added_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-achieved_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(consent__in=Consent.values), name="win_consent_known"),
            models.CheckConstraint(condition=Q(audience__in=WinAudience.values), name="win_audience_known"),
            models.CheckConstraint(condition=Q(audience="internal") | Q(consent="given"), name="win_told_with_consent"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-achieved_on"], name="win_of_organization")]

    def __str__(self) -> str:
        return self.title


@pghistory.track(exclude=["updated_at"])
class ReferenceRequest(PublicModel, Timestamped):
    """Somebody is to hear of a win from those who had it. Days are local; too many requests wear people out."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="reference_requests")
    win = models.ForeignKey(Win, on_delete=models.PROTECT, related_name="requests")
    wanted_for = models.CharField(_("for whom"), max_length=200)
    wanted_until = models.DateField(_("until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=ReferenceState.choices, default=ReferenceState.ASKED)
    asked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField(_("asked on"))
    closed_on = models.DateField(_("settled on"), null=True, blank=True)
    closing_note = models.CharField(_("what came of it"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ReferenceState.values), name="reference_request_state_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-asked_on"], name="reference_of_organization")]

    def __str__(self) -> str:
        return self.wanted_for

"""Surveys: who was asked about what, and what they answered. Upper floors say what gives reason to ask."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.models.organizations import Organization
from partners.models.people import Contact
from partners.querysets import ScopedQuerySet
from partners.survey_choices import SurveyChannel, SurveyKind, SurveyState
from partners.survey_querysets import SurveyQuerySet, SurveyResponseQuerySet


class SurveyRequest(PublicModel, Timestamped):
    """One person asked about one thing. `occasion` names what gave reason to ask, so that it happens once.

    `subject_key` is what people call the subject, such as the number of a ticket. Agent, team and topics (what was
    shown to the person, such as addresses of articles) are as they were then; `reason` says why nobody was asked.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=SurveyKind.choices, default=SurveyKind.CSAT)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_key = models.CharField(max_length=40, blank=True)
    occasion = models.CharField(max_length=80)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    topics = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=SurveyState.choices, default=SurveyState.WAITING)
    reason = models.CharField(_("why not"), max_length=20, blank=True)
    occurred_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(_("asked"), null=True)
    expires_at = models.DateTimeField(_("can be answered until"), null=True)
    followed_up_at = models.DateTimeField(null=True, help_text="When people were told of a low score; once.")

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-occurred_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "occasion"], name="survey_occasion_once"),
            models.CheckConstraint(condition=Q(kind__in=SurveyKind.values), name="survey_kind_known"),
            models.CheckConstraint(condition=Q(state__in=SurveyState.values), name="survey_state_known"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False, expires_at__isnull=False),
                name="survey_sent_has_moment",
            ),
            models.CheckConstraint(condition=~Q(state="skipped") | ~Q(reason=""), name="survey_skipped_has_reason"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="survey_due"),
            models.Index(fields=["subject_type", "subject_id"], name="survey_of_subject"),
            models.Index(fields=["contact", "-sent_at"], condition=Q(state="sent"), name="survey_of_contact"),
            models.Index(fields=["organization", "-sent_at"], condition=Q(state="sent"), name="survey_of_organization"),
            models.Index(fields=["-sent_at", "-id"], condition=Q(state="sent"), name="survey_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_key}"


class SurveyResponse(PublicModel):
    """The answer to a request; said anew until it expires. `score` is on the scale of its kind, never a stand-in."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    request = models.OneToOneField(SurveyRequest, on_delete=models.CASCADE, related_name="response")
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True)
    channel = models.CharField(max_length=6, choices=SurveyChannel.choices)
    answered_at = models.DateTimeField(_("answered"))
    changed_at = models.DateTimeField()
    changes = models.PositiveSmallIntegerField(default=0)

    objects = SurveyResponseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-answered_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=10), name="survey_score_on_scale"),
            models.CheckConstraint(condition=Q(channel__in=SurveyChannel.values), name="survey_channel_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["-answered_at", "-id"], name="survey_answer_newest")]

    def __str__(self) -> str:
        return str(self.score)


class SurveyRefusal(models.Model):
    """A contact that does not want to be asked any more."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="survey_refusal")
    refused_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-refused_at"]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.refused_at}"

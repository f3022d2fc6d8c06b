"""What happened with an organization: one timeline, and the interactions that people log."""

from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.choices import EntryAudience, EntryFieldClass, InteractionKind
from partners.models.organizations import Organization
from partners.models.people import Contact
from partners.querysets import ScopedQuerySet, TimelineQuerySet


@pghistory.track(exclude=["updated_at"])
class Interaction(PublicModel, Timestamped):
    """A call, meeting, mail or note, written in a minute. `is_two_way`: somebody on their side answered."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="interactions")
    kind = models.CharField(_("kind"), max_length=10, choices=InteractionKind.choices, default=InteractionKind.CALL)
    happened_at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    summary = models.CharField(_("summary"), max_length=200)
    body = models.TextField(_("notes"), blank=True)
    template = models.CharField(max_length=40, blank=True, help_text='Of the pack "interactions"; empty for none.')
    source_key = models.CharField(max_length=200, blank=True, help_text="The message id of a mail that was sent in.")
    is_two_way = models.BooleanField(_("we spoke with each other"), default=True)
    contacts = models.ManyToManyField(Contact, blank=True, related_name="interactions", through="InteractionContact")
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="interactions")
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-happened_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=InteractionKind.values), name="interaction_kind_known"),
            models.UniqueConstraint(
                fields=["organization", "source_key"], condition=~models.Q(source_key=""), name="interaction_mail_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-happened_at", "-id"], name="interaction_newest")]

    def __str__(self) -> str:
        return self.summary


class InteractionContact(models.Model):
    """Who on their side took part."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["interaction", "contact"], name="interaction_contact_once")
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.interaction_id}"


class TimelineEntry(PublicModel):
    """One line of an organization's story; `field_class` says who may read its body. Upper floors push kinds too."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="timeline")
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=250)
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    audience = models.CharField(max_length=8, choices=EntryAudience.choices, default=EntryAudience.INTERNAL)
    field_class = models.CharField(max_length=10, choices=EntryFieldClass.choices, default=EntryFieldClass.GENERAL)
    stage = models.CharField(max_length=20, blank=True, help_text="The stage the organization was in at that moment.")
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    target_type = models.CharField(max_length=40, blank=True)
    target_id = models.BigIntegerField(null=True)
    pinned_at = models.DateTimeField(null=True)

    objects = TimelineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        verbose_name_plural = "timeline entries"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(audience__in=EntryAudience.values), name="entry_audience_known"),
            models.CheckConstraint(
                condition=models.Q(field_class__in=EntryFieldClass.values), name="entry_field_class_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-at", "-id"], name="timeline_newest"),
            models.Index(fields=["-at", "-id"], name="timeline_everywhere"),
            models.Index(fields=["target_type", "target_id"], name="timeline_target"),
        ]

    def __str__(self) -> str:
        return self.title

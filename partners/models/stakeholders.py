"""The people who count at an organization, and what is recorded of it: facts with source, author and age."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.models.organizations import Organization
from partners.models.people import Contact
from partners.querysets import ScopedQuerySet
from partners.stakeholder_choices import Influence, Profile, Sentiment


@pghistory.track(exclude=["updated_at", "last_two_way_at"])
class Stakeholder(PublicModel, Timestamped):
    """What a contact means to the relationship; its role is the contact's. `left_on`: the local day they were gone."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="stakeholders")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="stakeholder")
    influence = models.CharField(_("influence"), max_length=7, choices=Influence.choices, default=Influence.UNKNOWN)
    sentiment = models.CharField(_("sentiment"), max_length=8, choices=Sentiment.choices, default=Sentiment.UNKNOWN)
    is_sponsor = models.BooleanField(_("sponsor"), default=False)
    reports_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reports", verbose_name=_("reports to")
    )
    cares_about = models.TextField(_("cares about"), blank=True)
    last_two_way_at = models.DateTimeField(_("last two-way contact"), null=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organization", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(influence__in=Influence.values), name="stakeholder_influence_known"),
            models.CheckConstraint(condition=Q(sentiment__in=Sentiment.values), name="stakeholder_sentiment_known"),
            models.CheckConstraint(
                condition=Q(reports_to__isnull=True) | ~Q(reports_to=models.F("id")), name="stakeholder_not_own_boss"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "last_two_way_at"], name="stakeholder_of_organization"),
        ]

    def __str__(self) -> str:
        return f"stakeholder {self.contact_id}"


@pghistory.track(exclude=["updated_at"])
class RecordFact(PublicModel, Timestamped):
    """One fact of the customer record; `key` is of the pack "customer_record", which says how long it stays fresh."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="record_facts")
    profile = models.CharField(max_length=9, choices=Profile.choices)
    key = models.CharField(max_length=40)
    value = models.TextField(_("what we know"))
    source = models.CharField(_("where it is from"), max_length=200, blank=True)
    as_of = models.DateField(_("as of"))
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["profile", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "key"], name="record_fact_once"),
            models.CheckConstraint(condition=Q(profile__in=Profile.values), name="record_profile_known"),
        ]

    def __str__(self) -> str:
        return self.key

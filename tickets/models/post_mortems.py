"""Post-mortems: what was learned from an incident, written in versions, and what is done so that it stays away."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from partners.models import Commitment, Contact, Organization
from partners.work_choices import Side
from tickets.incident_choices import PostMortemState
from tickets.incident_querysets import ActionQuerySet, PostMortemQuerySet, VersionQuerySet
from tickets.models.incidents import Incident


class PostMortem(PublicModel, Timestamped):
    """One an incident. `number` is its newest version, `published_number` the one that colleagues read.

    `due_at` is the end of the last business day for it by the calendar of the incident's queue. `shared_sections` are
    the parts of the version `shared_number` that affected organizations read, the first time from `shared_at` on.
    `version` guards edits.
    """

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="post_mortem")
    state = models.CharField(_("state"), max_length=9, choices=PostMortemState.choices, default=PostMortemState.DRAFT)
    is_required = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    number = models.PositiveIntegerField(default=0)
    published_number = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    shared_at = models.DateTimeField(null=True)
    shared_number = models.PositiveIntegerField(default=0)
    shared_sections = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PostMortemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=PostMortemState.values), name="post_mortem_state_known"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False, published_number__gt=0),
                name="post_mortem_published_has_text",
            ),
            models.CheckConstraint(
                condition=Q(shared_at__isnull=True) | Q(published_at__isnull=False),
                name="post_mortem_shared_is_published",
            ),
            models.CheckConstraint(
                condition=Q(shared_at__isnull=True, shared_number=0)
                | Q(shared_at__isnull=False, shared_number__gt=0, shared_number__lte=F("published_number")),
                name="post_mortem_shared_version",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(published_at__isnull=True), name="post_mortem_due")
        ]

    def __str__(self) -> str:
        return f"post-mortem {self.incident_id}"


class PostMortemVersion(PublicModel):
    """The text of a post-mortem as somebody saved it; each part is Markdown, at most 32 KiB."""

    post_mortem = models.ForeignKey(PostMortem, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    summary = models.TextField(_("summary"), blank=True)
    timeline = models.TextField(_("timeline"), blank=True)
    impact = models.TextField(_("impact"), blank=True)
    root_cause = models.TextField(_("root cause"), blank=True)
    factors = models.TextField(_("contributing factors"), blank=True)
    went_well = models.TextField(_("what went well"), blank=True)
    prevention = models.TextField(_("prevention"), blank=True)
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post_mortem", "number"], name="post_mortem_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.post_mortem_id} {self.number}"


class PreventionAction(PublicModel):
    """What is done so that it does not happen again, promised to an organization; a commitment once published."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    post_mortem = models.ForeignKey(PostMortem, on_delete=models.CASCADE, related_name="actions")
    side = models.CharField(_("who promises"), max_length=4, choices=Side.choices, default=Side.US)
    title = models.CharField(_("what"), max_length=200)
    owner = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("due"))
    commitment = models.ForeignKey(Commitment, null=True, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="prevention_action_side_known")
        ]
        indexes: ClassVar = [models.Index(fields=["post_mortem", "due_on"], name="prevention_action_of")]

    def __str__(self) -> str:
        return self.title

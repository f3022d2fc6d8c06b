"""Queues: where tickets wait, which teams serve them, and what the people in these teams can do."""

from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.querysets import StaffReadableQuerySet
from common.models import PublicModel, Timestamped


@pghistory.track(exclude=["updated_at"])
class Queue(PublicModel, Timestamped):
    """A stack of tickets that teams work off. Rules of policy packs name it by its `key`."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    purpose = models.CharField(_("what belongs here"), max_length=300, blank=True)
    address = models.EmailField(_("mail address"), blank=True, help_text=_("Mail to this address lands here."))
    calendar = models.ForeignKey("accounts.WorkCalendar", null=True, blank=True, on_delete=models.PROTECT)
    is_default = models.BooleanField(_("takes what no rule routes"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True, archived_at__isnull=True),
                name="queue_one_default",
            ),
            models.UniqueConstraint(
                fields=["address"],
                condition=models.Q(archived_at__isnull=True) & ~models.Q(address=""),
                name="queue_address_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QueueTeam(models.Model):
    """A team that serves a queue: its people see the tickets there and are given them."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="served_by")
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="queues")

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["queue", "team"], name="queue_team_once")]
        indexes: ClassVar = [models.Index(fields=["team", "queue"], name="queue_of_team")]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.team_id}"


@pghistory.track()
class Agent(models.Model):
    """How routing sees a colleague: there or not, how many open tickets at a time, what they know."""

    user = models.OneToOneField("accounts.User", primary_key=True, on_delete=models.PROTECT, related_name="agent")
    is_available = models.BooleanField(_("takes tickets"), default=True)
    most_open = models.PositiveSmallIntegerField(_("open tickets at a time"), default=20)
    skills = models.JSONField(_("skills"), default=list, blank=True, help_text=_("Keys of categories and products."))

    objects = StaffReadableQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.user_id)


@pghistory.track(exclude=["updated_at"])
class Category(PublicModel, Timestamped):
    """What a ticket is about; the portal's form, routing and reports go by it."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    in_portal = models.BooleanField(_("offered in the portal"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["updated_at"])
class Macro(PublicModel, Timestamped):
    """A text with changes to a ticket that is applied with one click. Of one person, or of everybody."""

    name = models.CharField(_("name"), max_length=120)
    body = models.TextField(_("text"), blank=True)
    is_note = models.BooleanField(_("as an internal note"), default=False)
    changes = models.JSONField(_("changes"), default=dict, blank=True, help_text=_("Field to value: status, tags, ..."))
    owner = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    used = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

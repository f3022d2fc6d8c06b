"""Training of our own people: modules that are due each month, and who has done them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import USER_ROLES
from accounts.models.people import User
from accounts.training_choices import TrainingResult
from accounts.training_querysets import TrainingModuleQuerySet, TrainingRecordQuerySet
from common.models import PublicModel, Timestamped


class TrainingModule(PublicModel, Timestamped):
    """Something to learn. A required one is due each month from `since` on for everybody who holds one of `roles`."""

    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("what it is about"), max_length=500, blank=True)
    link = models.URLField(_("where it is"), blank=True)
    roles = ArrayField(
        models.CharField(max_length=24, choices=[(role, role) for role in sorted(USER_ROLES)]),
        verbose_name=_("for these roles"),
    )
    is_required = models.BooleanField(_("required each month"), default=True)
    since = models.DateField(_("from this month on"))
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TrainingModuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(archived_at__isnull=True), name="training_module_name_once"
            ),
            models.CheckConstraint(condition=Q(since__day=1), name="training_module_since_a_month"),
        ]

    def __str__(self) -> str:
        return self.name


class TrainingRecord(PublicModel, Timestamped):
    """A person did a module for a month (its first day). Failed ones are kept and count as not done."""

    module = models.ForeignKey(TrainingModule, on_delete=models.PROTECT, related_name="records")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="training")
    month = models.DateField(_("month"))
    completed_at = models.DateTimeField(_("done"))
    result = models.CharField(
        _("result"), max_length=8, choices=TrainingResult.choices, default=TrainingResult.ATTENDED
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    certificate = models.URLField(_("link to the certificate"), blank=True)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TrainingRecordQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-month", "user", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["module", "user", "month"], name="training_record_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="training_record_of_a_month"),
            models.CheckConstraint(condition=Q(result__in=TrainingResult.values), name="training_result_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["month", "user"], name="training_by_month"),
            models.Index(fields=["user", "-month"], name="training_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.module_id} {self.month}"
